import { useEffect, useState } from "react";
import { lookOf } from "../../../../../words/states.ts";
import { isReleased } from "../../../../../model/call.ts";
import { type CallView, isRinging, whoIs } from "../calls.ts";
import { callStateWord, words } from "../words.ts";
import { CallActions, type Panel } from "./call-actions.tsx";
import { CallData } from "./call-data.tsx";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { Matches } from "./matches.tsx";
import { Notes } from "./notes.tsx";
import { NoticeAt } from "./notice.tsx";
import { Timer } from "./timer.tsx";
import { WrapUp } from "./wrap-up.tsx";

interface CallCardProps {
  view: CallView;
  /** The call that matters now: it is shown whole. */
  isMain: boolean;
  panel: Panel | undefined;
  setPanel: (panel: Panel | undefined) => void;
}

/** One call: who, how it stands, what can be done, what is known and written of it. */
export function CallCard({ view, isMain, panel, setPanel }: CallCardProps) {
  const { state, phone } = usePhone();
  const [open, setOpen] = useState(false);
  const { call, name, number, queue, isConsult, callObject } = view;
  const { symbol, style } = lookOf(call.state);
  const rings = isRinging(call);
  const who = whoIs(view);
  const fields =
    phone.layout?.[call.direction === "in" ? "Inbound" : call.direction === "out" ? "Outbound" : "Internal"];
  const shows = (field: string): boolean => fields === undefined || fields.includes(field);
  const dialed = call.dialedNumber !== number && shows("DNIS") ? (call.dialedNumber ?? "") : "";
  const facts = [view.record?.type ?? "", name === "" ? "" : number, shows("QUEUE") ? queue : ""].filter(
    (fact) => fact !== "",
  );
  // Beside the call that matters now the customer's is small; what one writes of him stays within reach.
  const folds = !isMain && !rings && view.log !== undefined;
  const asked = panel === "notes" || panel === "wrap-up";
  const shown = isMain || (folds && (open || asked || state.notices[`wrap-up:${call.id}`] !== undefined));
  useEffect(() => {
    if (folds && asked) setOpen(true);
    if (panel === "notes") document.getElementById(`notes-${call.id}`)?.focus();
  }, [folds, asked, panel, call.id]);
  return (
    <article
      className={`card ${style}${rings ? " rings" : ""}${isConsult ? " consult" : ""}`}
      aria-label={words.call.with(who)}
      data-call={call.id}
      data-state={call.state}
    >
      <p className="how">
        <span>
          <span aria-hidden="true">{symbol}</span> {callStateWord(call.state, call.cause)}
        </span>
        {isConsult && <span className="tag">{words.call.consult}</span>}
        <Timer
          since={call.stateSince ?? call.startedAt}
          ahead={state.ahead}
          label={callStateWord(call.state)}
        />
      </p>
      <h2 title={who}>
        <span role="img" className="arrow" aria-label={words.directions[call.direction]}>
          {words.arrows[call.direction]}
        </span>
        <span className="cut" dir="auto">
          {who}
        </span>
      </h2>
      <p className="facts cut" title={facts.join(" · ")}>
        {facts.map((fact) => (
          <bdi key={fact}>{fact}</bdi>
        ))}
      </p>
      {!isReleased(call) && <CallActions view={view} panel={panel} setPanel={setPanel} />}
      <Matches view={view} />
      <NoticeAt place={`call:${call.id}`} />
      <NoticeAt place={`tones:${call.id}`} />
      {folds && (
        <button
          type="button"
          className="link"
          aria-expanded={shown}
          onClick={() => {
            setOpen(!shown);
            if (asked) setPanel(undefined);
          }}
        >
          <Icon name={shown ? "up" : "down"} />
          {words.call.written}
        </button>
      )}
      {shown && (
        <div
          className="written"
          // Whoever writes goes on writing when another call becomes the one that matters.
          onFocus={({ target }) => {
            if (target instanceof HTMLTextAreaElement) setOpen(true);
          }}
          onBlur={() => {
            if (isMain) setOpen(false);
          }}
        >
          <CallData call={call} dialed={dialed} />
          {!rings && !isConsult && (
            <WrapUp
              call={call}
              open={panel === "wrap-up"}
              setOpen={(wanted) => setPanel(wanted ? "wrap-up" : undefined)}
            />
          )}
          {!rings && view.log !== undefined && (
            <Notes
              callObject={callObject}
              saved={view.log.notes ?? ""}
              id={`notes-${call.id}`}
              label={words.notes.label}
            />
          )}
        </div>
      )}
    </article>
  );
}
