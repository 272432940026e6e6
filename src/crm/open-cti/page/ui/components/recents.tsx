import { useState } from "react";
import { whyNotDial } from "../actions.ts";
import { type RecentCall, recentCalls } from "../calls.ts";
import { words } from "../words.ts";
import { AbleButton } from "./able-button.tsx";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { Notes } from "./notes.tsx";
import { useNow } from "./timer.tsx";

const mostShown = 25;

/** Calls that are over, to call back or to write of. */
export function Recents() {
  const { state } = usePhone();
  const calls = recentCalls(state.page, state.contacts).slice(0, mostShown);
  return (
    <section className="recents" aria-labelledby="recents">
      <h2 id="recents">{words.recent.title}</h2>
      {calls.length === 0 ? (
        <p className="quiet">{words.recent.none}</p>
      ) : (
        <ul>
          {calls.map((call) => (
            <Recent key={call.callObject} call={call} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Recent({ call: { callObject, log, name, missed } }: { call: RecentCall }) {
  const { phone, state } = usePhone();
  const [open, setOpen] = useState(false);
  const now = useNow() + state.ahead;
  const who = name !== "" ? name : log.number !== "" ? log.number : words.unknownNumber;
  const direction = log.callType === "Inbound" ? "in" : log.callType === "Outbound" ? "out" : "internal";
  const facts = [
    missed ? words.recent.missed : "",
    words.recent.ago(now - Date.parse(log.endedAt ?? log.startedAt)),
    log.disposition ?? log.queue ?? "",
  ];
  return (
    <li>
      <button
        type="button"
        className={missed ? "entry missed" : "entry"}
        aria-expanded={open}
        title={[who, log.number].join(" · ")}
        onClick={() => setOpen(!open)}
      >
        <span role="img" className="arrow" aria-label={words.directions[direction]}>
          {missed ? "↙" : words.arrows[direction]}
        </span>
        <bdi className="cut">{who}</bdi>
        <small className="cut">{facts.filter((fact) => fact !== "").join(" · ")}</small>
      </button>
      <AbleButton
        className="call-back"
        why={log.number === "" ? words.unknownNumber : whyNotDial(state)}
        label={words.recent.callBack(who)}
        onPress={() => phone.command("dial", { verb: "dial", number: log.number })}
      >
        <Icon name="handset" />
      </AbleButton>
      {open && <Notes callObject={callObject} saved={log.notes ?? ""} label={words.notes.label} />}
    </li>
  );
}
