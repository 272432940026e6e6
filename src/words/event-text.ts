import type { DeliveryBrief } from "../model/delivery.ts";
import type { CtiEvent } from "../model/events.ts";
import { agentName } from "../model/agent.ts";
import { type Paint, printable } from "../platform/terminal.ts";
import { lookOf } from "./states.ts";
import { durationInWords, secondsInWords, timeOfDay, timerSince } from "./time.ts";

/** One event on one line: time, agent, name, what a person wants to know of it. */
export function eventText(event: CtiEvent, paint: Paint): string {
  const columns = [
    paint("dim", timeOfDay(event.at)),
    (event.agent ?? "-").padEnd(5),
    paint("cyan", event.type.padEnd(22)),
    summary(event, paint),
  ];
  return columns.join("  ").trimEnd();
}

function state(value: string, paint: Paint): string {
  return paint(lookOf(value).style, printable(value));
}

function summary(event: CtiEvent, paint: Paint): string {
  switch (event.type) {
    case "session.connecting":
      return `${event.node}${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}`;
    case "session.connected":
      return `${event.node} by ${event.transport}`;
    case "session.disconnected":
      return printable(
        `${event.node}: ${event.error.message}${event.retryAt === undefined ? ", no further attempt" : ""}`,
      );
    case "session.conflict":
      return `signed in elsewhere (${event.node})`;
    case "session.shared":
      return printable(`also signed in: ${event.resources.join(", ")}`);
    case "session.failed-over":
      return `${event.from} → ${event.to}`;
    case "session.unattended":
      return `nobody there for ${secondsInWords(event.after)}: ${event.then}`;
    case "session.signed-out":
      return `by ${event.by}`;
    case "session.gap":
      return `nobody watched for ${timerSince(event.from, Date.parse(event.to))}, from ${timeOfDay(event.from)} on: calls that began and ended then are unknown`;
    case "service.in-service":
      return event.node;
    case "service.out-of-service":
      return printable(`${event.node}${event.why === undefined ? "" : `: ${event.why}`}`);
    case "agent.changed": {
      const { reason, pendingState } = event.state;
      const from = event.previous === undefined ? "" : `${printable(event.previous)} → `;
      const why = reason === undefined ? "" : ` (${printable(reason.label)})`;
      const then = pendingState === undefined ? "" : `, then ${printable(pendingState)}`;
      return `${from}${state(event.state.state, paint)}${why}${then}  ${paint("dim", printable(agentName(event.state)))}`;
    }
    case "call.started":
    case "call.changed":
    case "call.released":
    case "call.ended": {
      const { call } = event;
      const queue = call.queue?.name === undefined ? "" : `, ${call.queue.name}`;
      const cause = call.cause === undefined ? "" : `, ${call.cause}`;
      const estimated = event.type === "call.ended" && event.estimated === true ? ", end not seen" : "";
      return `${state(call.state, paint)} ${arrow(call.direction)} ${printable(`${call.party}${queue}${cause}`)}${estimated}  ${paint("dim", `call ${call.id}`)}`;
    }
    case "command.failed":
      return printable(
        `${event.verb ?? "command"}: ${event.refusal.type}${event.refusal.words === undefined ? "" : `: ${event.refusal.words}`}`,
      );
    case "message.received":
      return printable(`${event.from === undefined ? "" : `${event.from}: `}${event.text}`);
    case "delivery.sent": {
      const note = event.note === undefined ? "" : ` (${event.note})`;
      return deliveryText(event.delivery, `sent in ${elapsedText(event.elapsed)}${note}`, paint);
    }
    case "delivery.delayed": {
      const again = durationInWords(
        Math.ceil((Date.parse(event.retryAt) - Date.parse(event.at)) / 1000) * 1000,
      );
      return deliveryText(event.delivery, `delayed: ${event.why}, again in ${again}`, paint);
    }
    case "delivery.expired":
      return deliveryText(event.delivery, `given up: ${event.why}`, paint);
    case "delivery.failed":
      return deliveryText(event.delivery, `refused: ${event.why}`, paint);
    case "adapter.up":
      return event.adapter;
    case "adapter.down":
      return printable(`${event.adapter}: ${event.error.message}`);
    default:
      // A newer connector may tell of things this program has no words for.
      return "";
  }
}

function deliveryText({ kind, text, adapter, id }: DeliveryBrief, became: string, paint: Paint): string {
  return `${printable(`${kind} ${text} ${became}`)}  ${paint("dim", printable(`${adapter} ${id}`))}`;
}

function elapsedText(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : durationInWords(milliseconds);
}

export function arrow(direction: string): string {
  return direction === "in" ? "←" : direction === "out" ? "→" : "↔";
}
