import { useState } from "react";
import type { Call } from "../../../../../model/call.ts";
import { lookOf } from "../../../../../words/states.ts";
import { callStateWord, words } from "../words.ts";
import { Icon } from "./icon.tsx";
import { Timer } from "./timer.tsx";

/** Call variables that are seen without opening anything. */
const seen = 4;

interface CallDataProps {
  call: Call;
  /** What the customer dialled; empty where that says nothing. */
  dialed: string;
  ahead: number;
  extension: string;
}

/** What the call brought along, and who is in it. */
export function CallData({ call, dialed, ahead, extension }: CallDataProps) {
  const [open, setOpen] = useState(false);
  const variables = Object.entries(call.variables).filter(([, value]) => value.trim() !== "");
  const data = dialed === "" ? variables : [[words.call.dialed, dialed] as const, ...variables];
  const others = call.participants.length;
  const hidden = Math.max(0, data.length - seen);
  if (data.length === 0 && others === 0) return null;
  return (
    <div className="data">
      {data.length > 0 && (
        <dl aria-label={words.call.data}>
          {data.slice(0, open ? undefined : seen).map(([name, value]) => (
            <div key={name}>
              <dt className="cut" title={name}>
                {name}
              </dt>
              <dd className="cut" dir="auto" title={value}>
                {value}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {open && others > 0 && (
        <ul className="participants" aria-label={words.call.participants}>
          {call.participants.map(({ mediaAddress, state, stateCause, stateChangeTime }) => (
            <li key={`${mediaAddress} ${stateChangeTime ?? ""}`}>
              <bdi className="cut">{mediaAddress}</bdi>
              {mediaAddress === extension && <small>({words.call.you})</small>}
              <span className="cut">
                <span aria-hidden="true">{lookOf(state).symbol}</span> {callStateWord(state, stateCause)}
              </span>
              <Timer since={stateChangeTime} ahead={ahead} label={mediaAddress} />
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "up" : "down"} />
        {words.call.detailsCount(hidden + others)}
      </button>
    </div>
  );
}
