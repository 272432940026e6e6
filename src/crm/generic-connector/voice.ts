import type { Agent } from "../../model/agent.ts";
import { isReleased } from "../../model/call.ts";
import { maskValues } from "../../platform/redact.ts";
import type { CtiPort } from "../adapter.ts";
import type { GcBus } from "./contract.ts";
import type { GcError } from "./errors.ts";
import { eventJson } from "./event-json.ts";
import { eventText } from "./event-text.ts";
import type { GcEvent } from "./events.ts";
import type { Roster, RosterEntry } from "./roster.ts";

/** What the adapter counts, by the names people see. */
export interface GcCounts {
  requests: number;
  events: number;
  errors: number;
  stale: number;
  repeated: number;
  refused: number;
}

export interface VoiceOptions {
  bus: GcBus;
  port: Pick<CtiPort, "status" | "clock" | "trace">;
  roster: Roster;
}

/** Says events to clients: in each one's flavour, to the destinations of whomever they are about. */
export class Voice {
  readonly #options: VoiceOptions;
  readonly #cause: string | undefined;
  readonly counts: GcCounts;

  constructor(
    options: VoiceOptions,
    counts: GcCounts = { requests: 0, events: 0, errors: 0, stale: 0, repeated: 0, refused: 0 },
    cause?: string,
  ) {
    this.#options = options;
    this.counts = counts;
    this.#cause = cause;
  }

  /** The same voice, saying what a request or an event led to. */
  because(cause: string | undefined): Voice {
    return cause === this.#cause ? this : new Voice(this.#options, this.counts, cause);
  }

  to(destination: string, event: GcEvent): void {
    const { bus, roster, port } = this.#options;
    const now = port.clock.now();
    const json = roster.flavour(destination) === "json";
    const write = (said: GcEvent): string => (json ? eventJson(said, now) : eventText(said));
    const text = write(event);
    this.counts.events++;
    const taken = bus.publish(destination, text);
    // Answers to greetings and beats would push out of the trace what it is kept for.
    if (event.agent === undefined) return;
    port.trace({
      channel: "openwire",
      direction: "out",
      peer: destination,
      agent: port.status(event.agent)?.agent ?? event.agent,
      cause: this.#cause,
      summary: `${event.event}#${event.agent}${taken ? "" : ", thrown away: no broker takes it"}`,
      text,
      ...("call" in event && { masked: () => write(withoutValues(event)) }),
    });
  }

  toAll(destinations: Iterable<string>, event: GcEvent): void {
    for (const destination of destinations) this.to(destination, event);
  }

  /** To everybody who works the agent. */
  toClients(entry: RosterEntry, event: GcEvent): void {
    this.toAll(entry.destinations, event);
  }

  error(destinations: Iterable<string>, agent: string, command: string, error: GcError): void {
    this.counts.errors++;
    this.toAll(destinations, { event: "Error", agent, command, ...error });
  }

  /** The agent's state as the session has it; of one without a session: signed out. */
  state(entry: RosterEntry, destinations: Iterable<string> = entry.destinations): void {
    const state = this.#stateOf(entry);
    if (state === undefined) return;
    entry.states++;
    entry.toldState = state.state;
    this.toAll(destinations, {
      event: "State",
      agent: entry.agent,
      state,
      extension: this.#options.port.status(entry.agent)?.extension ?? entry.extension,
    });
  }

  agentInfo(entry: RosterEntry): void {
    const state = this.#stateOf(entry);
    if (state !== undefined) this.toClients(entry, { event: "AgentInfo", agent: entry.agent, state });
  }

  /** All calls that are up; `told`: dialogs that need no telling. */
  calls(entry: RosterEntry, told: ReadonlySet<string> = new Set()): void {
    const { calls = [], extension = entry.extension } = this.#options.port.status(entry.agent) ?? {};
    for (const call of calls) {
      if (isReleased(call) || told.has(call.id)) continue;
      for (const event of entry.calls.whole(call, extension, calls)) this.toClients(entry, event);
    }
  }

  /** One call; that it is not there, when it is not. */
  call(entry: RosterEntry, dialogId: string): void {
    const { calls = [], extension = entry.extension } = this.#options.port.status(entry.agent) ?? {};
    const call = calls.find(({ id }) => id === dialogId);
    const events: GcEvent[] =
      call === undefined
        ? [{ event: "NoCall", agent: entry.agent, dialogId }]
        : entry.calls.whole(call, extension, calls);
    for (const event of events) this.toClients(entry, event);
  }

  #stateOf(entry: RosterEntry): Agent | undefined {
    const status = this.#options.port.status(entry.agent);
    if (status?.state !== undefined) {
      entry.last = status.state;
      entry.extension = status.extension;
      return status.state;
    }
    // Signed out, or taken up and not read yet: what was seen last is not true any more.
    return entry.last === undefined
      ? undefined
      : {
          ...entry.last,
          state: "LOGOUT",
          pendingState: undefined,
          reason: undefined,
          reasonCodeId: undefined,
        };
  }
}

function withoutValues(event: Extract<GcEvent, { call: unknown }>): GcEvent {
  return { ...event, call: { ...event.call, variables: maskValues(event.call.variables) } };
}
