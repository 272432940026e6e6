import { useEffect, useRef, useState } from "react";
import type { Call } from "../../../../../model/call.ts";
import { whyNotCall } from "../actions.ts";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
const letters = ["", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ", "", "+", ""] as const;

/** Twelve keys as on a phone. */
export function KeyPad({ onKey, disabled }: { onKey: (key: string) => void; disabled: boolean }) {
  return (
    <div className="keys" dir="ltr">
      {keys.map((key, at) => (
        <button
          key={key}
          type="button"
          aria-disabled={disabled ? true : undefined}
          onClick={() => !disabled && onKey(key)}
        >
          {key}
          <small aria-hidden="true">{letters[at]}</small>
        </button>
      ))}
    </div>
  );
}

/** Tones into a call: pressed here or typed, each is sent at once. */
export function TonePad({ call, onClose }: { call: Call; onClose: () => void }) {
  const { phone, state } = usePhone();
  const [sent, setSent] = useState("");
  const pad = useRef<HTMLDivElement>(null);
  useEffect(() => pad.current?.focus(), []);
  // Tones typed fast overtake each other's answers; only Finesse's own no counts.
  const why = whyNotCall("tones", call, { ...state, running: {} });
  const send = (digits: string): void => {
    if (why !== undefined) return;
    setSent((before) => (before + digits).slice(-24));
    phone.command(`tones:${call.id}`, { verb: "dtmf", digits, call: call.id });
  };
  return (
    <div
      className="panel"
      role="group"
      aria-label={words.tones.title}
      tabIndex={-1}
      ref={pad}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (/^[0-9*#]$/.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey)
          send(event.key);
      }}
      onPaste={({ clipboardData }) => {
        const digits = clipboardData.getData("text").replaceAll(/[^0-9*#]/g, "");
        if (digits !== "") send(digits);
      }}
    >
      <p className="title">
        <span>
          {words.tones.title}: <bdi aria-live="polite">{sent === "" ? words.tones.nothing : sent}</bdi>
        </span>
        <button type="button" className="bare" aria-label={words.close} title={words.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </p>
      <KeyPad onKey={send} disabled={why !== undefined} />
    </div>
  );
}
