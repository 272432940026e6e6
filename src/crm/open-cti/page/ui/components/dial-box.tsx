import { useEffect, useRef, useState } from "react";
import { isRunning, whyNotDial } from "../actions.ts";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { NoticeAt } from "./notice.tsx";
import { NumberField } from "./number-field.tsx";
import { KeyPad } from "./tone-pad.tsx";

/** A number to call: typed, pasted, pressed or found by name. */
export function DialBox() {
  const { phone, state } = usePhone();
  const [text, setText] = useState("");
  const [pad, setPad] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const dialling = isRunning(state, "dial");
  const dialled = useRef(false);
  const { dial: notice } = state.notices;
  useEffect(() => {
    // What could not be dialled stays, to be put right.
    if (dialled.current && !dialling && notice?.tone !== "error") setText("");
    dialled.current = dialling;
  }, [dialling, notice]);
  return (
    <section className="dial" aria-label={words.dial.label}>
      <NumberField
        id="dial"
        field={field}
        text={text}
        onText={setText}
        label={words.dial.label}
        action={words.dial.call}
        why={whyNotDial(state)}
        onNumber={(number) => {
          phone.command("dial", { verb: "dial", number });
        }}
      >
        <button type="button" className="link" aria-expanded={pad} onClick={() => setPad(!pad)}>
          <Icon name={pad ? "up" : "down"} />
          {words.dial.pad}
        </button>
      </NumberField>
      <NoticeAt place="dial" />
      <NoticeAt place="phone-book" />
      {pad && <KeyPad disabled={false} onKey={(key) => setText((before) => before + key)} />}
    </section>
  );
}
