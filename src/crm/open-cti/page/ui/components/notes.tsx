import { useEffect, useId } from "react";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";

/** Milliseconds without a key after which what was typed is saved. */
const pause = 800;

/** What the agent writes of a call: saved while it is written; it says how that stands. */
export function Notes({
  callObject,
  saved,
  id,
  label,
}: {
  callObject: string;
  saved: string;
  id?: string;
  label: string;
}) {
  const { phone, state } = usePhone();
  const made = useId();
  const own = id ?? made;
  const draft = state.drafts[callObject];
  const text = draft ?? saved;
  useEffect(() => {
    if (draft === undefined) return;
    const waiting = setTimeout(() => phone.saveNote(callObject), pause);
    return () => clearTimeout(waiting);
  }, [draft, phone, callObject]);
  const { notes } = words;
  const how =
    draft === undefined
      ? saved === ""
        ? ""
        : notes.saved
      : state.socket.phase === "open"
        ? notes.saving
        : notes.waiting;
  return (
    <div className="notes">
      <label htmlFor={own}>{label}</label>
      <span className="kept" role="status">
        {how}
      </span>
      <textarea
        id={own}
        rows={2}
        dir="auto"
        maxLength={30_000}
        placeholder={notes.placeholder}
        value={text}
        onChange={({ currentTarget }) => phone.typed(callObject, currentTarget.value)}
        onBlur={() => phone.saveNote(callObject)}
      />
    </div>
  );
}
