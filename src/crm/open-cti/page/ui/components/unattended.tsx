import { useId, useState } from "react";
import type { PageState } from "../../protocol.ts";
import { words } from "../words.ts";

/** What becomes of the agent when he has gone: a few words, all of them for whoever asks. */
export function Unattended({ policy }: { policy: PageState["unattended"] }) {
  const [open, setOpen] = useState(false);
  const whole = useId();
  if (policy === undefined) return null;
  const { short, long } = words.unattended[policy.then](policy.after);
  return (
    <div className="unattended">
      <button
        type="button"
        className="link"
        title={long}
        aria-expanded={open}
        aria-describedby={whole}
        onClick={() => setOpen(!open)}
      >
        {short}
      </button>
      <p id={whole} className={open ? "quiet" : "hidden"}>
        {long}
      </p>
    </div>
  );
}
