import type { AgentStatus } from "../control/contract.ts";
import { CtiError } from "../model/errors.ts";
import { type CtiEvent, eventTypes } from "../model/events.ts";
import { nearest } from "../platform/nearest.ts";

/** What `cti wait` waits for. */
export type Awaited =
  /** An event of one of these types. */
  | { kind: "event"; types: string[] }
  /** The agent's own state. */
  | { kind: "agent-state"; state: string }
  /** The agent's leg of a call. */
  | { kind: "call-state"; state: string };

const agentWords: Readonly<Record<string, string>> = {
  ready: "READY",
  "not-ready": "NOT_READY",
  reserved: "RESERVED",
  talking: "TALKING",
  hold: "HOLD",
  work: "WORK",
  "work-ready": "WORK_READY",
  logout: "LOGOUT",
  "signed-out": "LOGOUT",
};

const callWords: Readonly<Record<string, string>> = {
  ringing: "ALERTING",
  alerting: "ALERTING",
  initiated: "INITIATED",
  active: "ACTIVE",
  held: "HELD",
  "wrap-up": "WRAP_UP",
  dropped: "DROPPED",
  failed: "FAILED",
};

/** Every word `cti wait` knows, for completion and help. */
export const waitWords: readonly string[] = [
  ...Object.keys(agentWords),
  ...Object.keys(callWords),
  ...eventTypes,
];

/** The event types that a name, a family (`call`, `call.*`) or a list of them stands for. Throws `usage`. */
export function eventTypesFrom(text: string): string[] {
  return text.split(",").flatMap((part) => {
    const name = part.trim();
    const family = name.replace(/\.\*$/, "");
    const members = eventTypes.filter((type) => type === name || type.startsWith(`${family}.`));
    if (members.length > 0) return members;
    const families = new Set(eventTypes.map((type) => type.split(".")[0] ?? type));
    const near = nearest(name, [...eventTypes, ...families]);
    throw new CtiError({
      code: "usage",
      message: `there is no event "${name}"`,
      hint: near === undefined ? "see: cti help events" : `did you mean "${near}"?`,
    });
  });
}

/**
 * What a word stands for. Words for states may be written as spoken or as Finesse writes them; a state in capitals that nobody
 * knows is taken as the agent's, since the set is open. Throws `usage`.
 */
export function awaitedFrom(word: string): Awaited {
  const spoken = word.toLowerCase().replaceAll("_", "-");
  const agentState = agentWords[spoken];
  if (agentState !== undefined) return { kind: "agent-state", state: agentState };
  const callState = callWords[spoken];
  if (callState !== undefined) return { kind: "call-state", state: callState };
  if (/^[A-Z][A-Z_]+$/.test(word)) return { kind: "agent-state", state: word };
  try {
    return { kind: "event", types: eventTypesFrom(word) };
  } catch (error) {
    if (!(error instanceof CtiError)) throw error;
    const near = nearest(spoken, waitWords);
    throw new CtiError({
      code: "usage",
      message: `"${word}" is neither an event nor a state`,
      hint: near === undefined ? "see: cti help events" : `did you mean "${near}"?`,
    });
  }
}

/** The event types worth streaming for it. */
export function typesFor(awaited: Awaited): string[] {
  switch (awaited.kind) {
    case "event":
      return awaited.types;
    case "agent-state":
      return ["agent.changed"];
    case "call-state":
      return ["call.started", "call.changed", "call.released", "call.ended"];
  }
}

/** `from` is a number, in which `*` stands for any digits; only call events have one. */
export function eventMatches(event: CtiEvent, awaited: Awaited, from?: string): boolean {
  const call = "call" in event ? event.call : undefined;
  if (from !== undefined && (call === undefined || !numberMatches(call.from ?? call.party, from)))
    return false;
  switch (awaited.kind) {
    case "event":
      return awaited.types.includes(event.type);
    case "agent-state":
      return event.type === "agent.changed" && event.state.state === awaited.state;
    case "call-state":
      return call?.state === awaited.state;
  }
}

/** States last, unlike events: one that is reached already needs no waiting. */
export function alreadyTrue(status: AgentStatus, awaited: Awaited, from?: string): boolean {
  switch (awaited.kind) {
    case "event":
      return false;
    case "agent-state":
      return from === undefined && status.state?.state === awaited.state;
    case "call-state":
      return status.calls.some(
        (call) =>
          call.state === awaited.state &&
          (from === undefined || numberMatches(call.from ?? call.party, from)),
      );
  }
}

function numberMatches(number: string, pattern: string): boolean {
  const parts = pattern.split(/\*|…/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(number);
}
