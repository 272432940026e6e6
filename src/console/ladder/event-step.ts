import type { CtiEvent } from "../../model/events.ts";
import type { LadderKind } from "./contract.ts";
import { ladderWords } from "./ladder-words.ts";
import { shown } from "./messages.ts";

/** An event of the journal as an arrow: what it says, and its way where no recorded message shows it. */
export interface EventStep {
  from: string;
  to: string;
  kind: LadderKind;
  label: string;
  failed: boolean;
}

export function eventStep(event: CtiEvent): EventStep {
  const told = (label: string, failed = false): EventStep => ({
    from: "finesse",
    to: "connector",
    kind: "event",
    label: shown(label),
    failed,
  });
  const noticed = (label: string, failed = true): EventStep => ({
    ...told(label, failed),
    from: "connector",
  });
  const owed = (label: string, failed = true): EventStep => ({
    ...told(label, failed),
    from: "connector",
    to: "crm",
  });
  switch (event.type) {
    case "call.started":
    case "call.changed":
    case "call.released":
    case "call.ended": {
      const { call } = event;
      const what = call.parent === undefined ? ladderWords.mainCall : ladderWords.consult;
      if (event.type !== "call.ended")
        return told(ladderWords.call(what, call.state), call.state === "FAILED");
      return told(
        ladderWords.call(what, event.estimated === true ? ladderWords.estimated : ladderWords.ended),
      );
    }
    case "agent.changed": {
      const { state, pendingState } = event.state;
      const then = pendingState === undefined || pendingState === "" ? "" : ladderWords.pending(pendingState);
      return told(`${ladderWords.agent(state)}${then}`);
    }
    case "command.failed": {
      const { type, words } = event.refusal;
      return told(ladderWords.refused(event.verb ?? ladderWords.command, words ?? type), true);
    }
    case "delivery.sent":
      return owed(ladderWords.taken(event.delivery.kind, Math.round(event.elapsed), event.note), false);
    case "delivery.delayed":
      return owed(ladderWords.delayed(event.delivery.kind, event.why));
    case "delivery.expired":
      return owed(ladderWords.expired(event.delivery.kind, event.why));
    case "delivery.failed":
      return owed(ladderWords.rejected(event.delivery.kind, event.why));
    case "session.disconnected":
      return noticed(ladderWords.linkLost(event.error.message));
    case "session.connected":
      return noticed(ladderWords.linkBack(event.node), false);
    case "session.failed-over":
      return noticed(ladderWords.failedOver(event.to));
    case "session.conflict":
      return told(ladderWords.conflict, true);
    case "session.gap":
      return noticed(ladderWords.gap);
    case "service.out-of-service":
      return told(ladderWords.outOfService, true);
    case "service.in-service":
      return told(ladderWords.inService);
    default:
      // What else happens to a session, and what a newer connector tells.
      return noticed(event.type, false);
  }
}
