import { useRef, useState } from "react";
import type { Call } from "../../../../../model/call.ts";
import { isTalking } from "../../../../../model/call-role.ts";
import { whyNotWrapUp } from "../actions.ts";
import { shortcutOf } from "../shortcuts.ts";
import { words } from "../words.ts";
import { AbleButton } from "./able-button.tsx";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { NoticeAt } from "./notice.tsx";
import { Picker } from "./picker.tsx";

/** What the call was about, from Finesse's list. One replaces the other; Unified CCX alone takes several. */
export function WrapUp({
  call,
  open,
  setOpen,
}: {
  call: Call;
  open: boolean;
  setOpen: (open: boolean) => void;
}) {
  const { phone, state } = usePhone();
  const [adding, setAdding] = useState(false);
  const line = useRef<HTMLDivElement>(null);
  const reasons = state.reasons?.wrapUp ?? [];
  const offered = isTalking(call) || call.state === "WRAP_UP";
  if (!offered || (reasons.length === 0 && call.wrapUpReasons.length === 0)) return null;
  const why = whyNotWrapUp(call, state);
  const given = call.wrapUpReasons;
  const takesSeveral = state.page?.session?.deployment?.toUpperCase() === "UCCX";
  const close = (): void => {
    setOpen(false);
    line.current?.querySelector("button")?.focus();
  };
  const choose = (label: string): void => {
    close();
    phone.command(`wrap-up:${call.id}`, {
      verb: "wrap-up",
      reasons: adding ? [...given, label] : [label],
      call: call.id,
    });
  };
  const begin = (more: boolean): void => {
    setAdding(more);
    setOpen(!open);
  };
  return (
    <section className="wrap-up" aria-label={words.wrapUp.title}>
      <div className="line" ref={line}>
        <AbleButton
          className="field"
          why={why}
          expanded={open}
          shortcut={shortcutOf("wrap-up")}
          onPress={() => begin(false)}
        >
          <small>{words.wrapUp.title}</small>
          <span className="cut" dir="auto" title={given.join("; ")}>
            {given.length === 0 ? words.wrapUp.pick : given.join("; ")}
          </span>
        </AbleButton>
        {given.length > 0 && takesSeveral && (
          <AbleButton className="bare" why={why} label={words.wrapUp.another} onPress={() => begin(true)}>
            <Icon name="plus" />
          </AbleButton>
        )}
      </div>
      {open && (
        <div className="panel">
          <Picker
            label={words.wrapUp.find}
            choices={reasons
              .filter(({ label }) => !given.includes(label))
              .map(({ id, label }) => ({ id: label, label, group: words.wrapUp.title, key: id }))}
            empty={words.wrapUp.none}
            onChoose={choose}
            onClose={close}
          />
        </div>
      )}
      <NoticeAt place={`wrap-up:${call.id}`} />
    </section>
  );
}
