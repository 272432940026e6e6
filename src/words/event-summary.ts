import { agentName } from "../model/agent.ts";
import type { DeliveryBrief } from "../model/delivery.ts";
import type { CtiEvent } from "../model/events.ts";
import { printable, type Style } from "../platform/terminal.ts";
import { lookOf } from "./states.ts";
import { durationInWords, secondsInWords, timeOfDay, timerSince } from "./time.ts";

/** A piece of a text with its style: whoever shows it colours it in its own way. */
export interface Part {
  text: string;
  style?: Style;
}

/** What a person wants to know of an event, besides when, whose and what it is called. Empty for events that a newer connector has. */
export function eventSummary(event: CtiEvent): Part[] {
  switch (event.type) {
    case "agent.changed": {
      const { reason, pendingState } = event.state;
      const from = event.previous === undefined ? "" : `${printable(event.previous)} → `;
      const why = reason === undefined ? "" : ` (${printable(reason.label)})`;
      const then = pendingState === undefined ? "" : `, then ${printable(pendingState)}`;
      return [
        { text: from },
        state(event.state.state),
        { text: `${why}${then}  ` },
        { text: printable(agentName(event.state)), style: "dim" },
      ];
    }
    case "call.started":
    case "call.changed":
    case "call.released":
    case "call.ended": {
      const { call } = event;
      const queue = call.queue?.name === undefined ? "" : `, ${call.queue.name}`;
      const cause = call.cause === undefined ? "" : `, ${call.cause}`;
      const estimated = event.type === "call.ended" && event.estimated === true ? ", end not seen" : "";
      return [
        state(call.state),
        { text: ` ${arrow(call.direction)} ${printable(`${call.party}${queue}${cause}`)}${estimated}  ` },
        { text: `call ${call.id}`, style: "dim" },
      ];
    }
    case "delivery.sent": {
      const note = event.note === undefined ? "" : ` (${event.note})`;
      return delivery(event.delivery, `sent in ${elapsedText(event.elapsed)}${note}`);
    }
    case "delivery.delayed": {
      const again = durationInWords(
        Math.ceil((Date.parse(event.retryAt) - Date.parse(event.at)) / 1000) * 1000,
      );
      return delivery(event.delivery, `delayed: ${event.why}, again in ${again}`);
    }
    case "delivery.expired":
      return delivery(event.delivery, `given up: ${event.why}`);
    case "delivery.failed":
      return delivery(event.delivery, `refused: ${event.why}`);
    default:
      return [{ text: sentence(event) }];
  }
}

export function arrow(direction: string): string {
  return direction === "in" ? "←" : direction === "out" ? "→" : "↔";
}

/** The events that need no colour. */
function sentence(event: CtiEvent): string {
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
    case "command.failed":
      return printable(
        `${event.verb ?? "command"}: ${event.refusal.type}${event.refusal.words === undefined ? "" : `: ${event.refusal.words}`}`,
      );
    case "message.received":
      return printable(`${event.from === undefined ? "" : `${event.from}: `}${event.text}`);
    case "adapter.up":
      return event.adapter;
    case "adapter.down":
      return printable(`${event.adapter}: ${event.error.message}`);
    default:
      // A newer connector may tell of things this program has no words for.
      return "";
  }
}

function state(value: string): Part {
  return { text: printable(value), style: lookOf(value).style };
}

function delivery({ kind, text, adapter, id }: DeliveryBrief, became: string): Part[] {
  return [
    { text: `${printable(`${kind} ${text} ${became}`)}  ` },
    { text: printable(`${adapter} ${id}`), style: "dim" },
  ];
}

function elapsedText(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : durationInWords(milliseconds);
}
