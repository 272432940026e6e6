import { useRef, useState } from "react";
import { whyNotDial } from "../actions.ts";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";
import { NoticeAt } from "./notice.tsx";
import { NumberField } from "./number-field.tsx";
import { KeyPad } from "./tone-pad.tsx";

/** A number to call: typed, pasted, pressed or found by name. */
export function DialBox() {
  const { phone, state } = usePhone();
  const [text, setText] = useState("");
  const [pad, setPad] = useState(false);
  const field = useRef<HTMLInputElement>(null);
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
          setText("");
          phone.command("dial", { verb: "dial", number });
        }}
      />
      <NoticeAt place="dial" />
      <button type="button" className="link" aria-expanded={pad} onClick={() => setPad(!pad)}>
        <span aria-hidden="true">{pad ? "▴" : "▾"}</span> {words.dial.pad}
      </button>
      {pad && <KeyPad disabled={false} onKey={(key) => setText((before) => before + key)} />}
    </section>
  );
}
