import { useEffect, useRef, useState } from "react";
import { words } from "../words.ts";
import { Icon } from "./icon.tsx";
import { NumberField } from "./number-field.tsx";

interface TargetFieldProps {
  purpose: "consult" | "transfer";
  why: string | undefined;
  onNumber: (number: string) => void;
  onClose: () => void;
}

/** Whom to ask, or to hand over to: a number or somebody of the phone books. */
export function TargetField({ purpose, why, onNumber, onClose }: TargetFieldProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const title = words.target[purpose];
  return (
    <div
      className="panel"
      role="group"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <p className="title">
        {title}
        <button
          type="button"
          className="bare"
          aria-label={words.target.cancel}
          title={words.target.cancel}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </p>
      <NumberField
        field={field}
        text={text}
        onText={setText}
        label={words.target.find}
        action={purpose === "consult" ? words.target.consultDo : words.target.transferDo}
        why={why}
        onNumber={onNumber}
      />
    </div>
  );
}
