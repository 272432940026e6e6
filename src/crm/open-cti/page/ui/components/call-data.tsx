import { useState } from "react";
import type { Call } from "../../../../../model/call.ts";
import { contentOf, type Datum } from "../call-data.ts";
import { isRinging } from "../calls.ts";
import { contactName } from "../contact-name.ts";
import { lookOf } from "../../../../../words/states.ts";
import { callStateWord, words } from "../words.ts";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { Timer } from "./timer.tsx";

/** Call variables that are seen without opening anything. */
const seen = 4;

interface CallDataProps {
  call: Call;
  /** What the customer dialled; empty where that says nothing. */
  dialed: string;
}

/** What the call brought along, and who is in it. */
export function CallData({ call, dialed }: CallDataProps) {
  const { state: ui } = usePhone();
  const [open, setOpen] = useState(false);
  const { header, data, others } = contentOf(call, ui.layouts, isRinging(call));
  const number = { label: words.call.dialed, value: dialed, variable: words.call.dialed };
  const first = [...(header === undefined ? [] : [header]), ...(dialed === "" ? [] : [number]), ...data];
  const people = call.participants.length;
  const hidden = Math.max(0, first.length - seen) + others.length + people;
  if (hidden === 0 && first.length === 0) return null;
  return (
    <div className="data">
      {(first.length > 0 || open) && (
        <dl aria-label={words.call.data}>
          {(open ? [...first, ...others] : first.slice(0, seen)).map((datum) => (
            <Row key={datum.variable} datum={datum} whole={open} />
          ))}
        </dl>
      )}
      {open && people > 0 && (
        <ul className="participants" aria-label={words.call.participants}>
          {call.participants.map(({ mediaAddress, state, stateCause, stateChangeTime }) => (
            <li key={`${mediaAddress} ${stateChangeTime ?? ""}`}>
              <bdi className="cut" title={mediaAddress}>
                {contactName(ui.contacts, mediaAddress) || mediaAddress}
              </bdi>
              {mediaAddress === ui.page?.session?.extension && <small>({words.call.you})</small>}
              <span className="cut">
                <span aria-hidden="true">{lookOf(state).symbol}</span> {callStateWord(state, stateCause)}
              </span>
              <Timer since={stateChangeTime} ahead={ui.ahead} label={mediaAddress} />
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "up" : "down"} />
        {words.call.detailsCount(hidden)}
      </button>
    </div>
  );
}

/** `whole`: nothing of it is cut, and what Finesse calls it is told too. */
function Row({ datum: { label, value, variable }, whole }: { datum: Datum; whole: boolean }) {
  const cut = whole ? "whole" : "cut";
  return (
    <div>
      <dt className={cut} dir="auto" title={label === variable ? label : `${label} (${variable})`}>
        {label}
        {whole && label !== variable && <small dir="ltr">{variable}</small>}
      </dt>
      <dd className={cut} dir="auto" title={value}>
        {value}
      </dd>
    </div>
  );
}
