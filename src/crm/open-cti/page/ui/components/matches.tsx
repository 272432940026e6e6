import { useState } from "react";
import type { CallView } from "../calls.ts";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";

/** The records that match: one is the call's, of several the agent chooses. */
export function Matches({ view: { matches, record, callObject, log } }: { view: CallView }) {
  const { phone } = usePhone();
  const [again, setAgain] = useState(false);
  if (log === undefined || matches.length === 0) return null;
  if (record !== undefined && !again) {
    if (!phone.inSalesforce && matches.length === 1) return null;
    return (
      <p className="record">
        {phone.inSalesforce && (
          <button type="button" className="link cut" onClick={() => phone.openRecord(record)}>
            {words.matches.open(record.type)}
          </button>
        )}
        {matches.length > 1 && (
          <button type="button" className="link" onClick={() => setAgain(true)}>
            {words.matches.change}
          </button>
        )}
      </p>
    );
  }
  return (
    <div className="panel matches" role="group" aria-label={words.matches.title(matches.length)}>
      <p className="title">{words.matches.title(matches.length)}</p>
      <ul>
        {matches.map((match) => (
          <li key={match.id}>
            <button
              type="button"
              className="option"
              title={`${match.name} · ${match.type}`}
              aria-current={match.id === record?.id ? true : undefined}
              onClick={() => {
                setAgain(false);
                phone.choose(callObject, match);
              }}
            >
              <span className="cut" dir="auto">
                {match.name}
              </span>
              <small>{match.type}</small>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
