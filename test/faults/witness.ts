import type { RestRequest } from "../../src/finesse/rest.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { SimAgentState, SimCallState } from "../../src/simulator/engine/control.ts";
import type { Engine } from "../../src/simulator/engine/create-engine.ts";

/** One agent's leg of a call as the simulator has it. */
export interface Leg {
  state: string;
  dialogState: string;
  callType: string;
  from: string;
  to: string;
  actions: string[];
  variables: Record<string, string>;
  wrapUpReason: string | undefined;
  dtmf: string;
}

/** What was true of an agent from `at` on. */
export interface Glimpse {
  at: number;
  state: string;
  pending: string;
  reason: string | undefined;
  extension: string;
  legs: Record<string, Leg>;
}

/** A request that reached the simulator. */
export interface Asked {
  agent: string;
  requestId: string;
  at: number;
  method: string;
  path: string;
  body: string;
  status: number;
}

/** Sees everything that becomes true in the simulator, and what each request led to, before any fault touches it. */
export class Witness {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #history = new Map<string, { seen: string; glimpses: Glimpse[] }>();
  readonly requests: Asked[] = [];
  /** Request ids that an event answered. */
  readonly echoed = new Set<string>();
  /** Request ids that a late refusal answered. */
  readonly refusedLate = new Set<string>();
  #stale = true;

  constructor(engine: Engine, clock: Clock, agents: readonly string[]) {
    this.#engine = engine;
    this.#clock = clock;
    for (const agent of agents) this.#history.set(agent, { seen: "", glimpses: [] });
    engine.onPublish(({ xml }) => {
      const requestId = /<requestId>([^<]+)<\/requestId>/.exec(xml)?.[1];
      if (requestId !== undefined)
        (xml.includes("<apiErrors>") ? this.refusedLate : this.echoed).add(requestId);
    });
  }

  asked(agent: string, request: RestRequest, status: number): void {
    this.touched();
    const requestId = request.context?.requestId;
    if (request.method === "GET" || requestId === undefined) return;
    const { method, path, body = "" } = request;
    this.requests.push({ agent, requestId, at: this.#clock.now(), method, path, body, status });
  }

  /** Something may have changed: look before the next thing happens. */
  touched(): void {
    this.#stale = true;
  }

  look(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const { agents, calls } = this.#engine.state();
    for (const agent of agents) {
      const history = this.#history.get(agent.id);
      if (history === undefined) continue;
      const now: Omit<Glimpse, "at"> = {
        state: agent.state,
        pending: agent.pendingState,
        reason: agent.reasonCodeId,
        extension: agent.extension,
        legs: legsOf(calls, agent),
      };
      const seen = JSON.stringify(now);
      if (seen === history.seen) continue;
      history.seen = seen;
      history.glimpses.push({ at: this.#clock.now(), ...now });
    }
  }

  now(agent: string): Glimpse {
    this.look();
    const latest = this.#history.get(agent)?.glimpses.at(-1);
    if (latest === undefined) throw new Error(`nobody watches ${agent}`);
    return latest;
  }

  /** All that was true at some moment of this span of time. */
  between(agent: string, from: number, to: number): Glimpse[] {
    const glimpses = this.#history.get(agent)?.glimpses ?? [];
    const first = glimpses.findLastIndex((glimpse) => glimpse.at < from);
    return glimpses.slice(Math.max(0, first)).filter((glimpse) => glimpse.at <= to);
  }
}

/** The legs that an agent's Finesse shows, by dialog id. */
export function legsOf(calls: readonly SimCallState[], agent: SimAgentState): Record<string, Leg> {
  const legs: Record<string, Leg> = {};
  for (const call of calls) {
    if (!agent.dialogs.includes(call.id)) continue;
    const own = call.participants.find((party) => party.address === agent.extension);
    if (own === undefined) continue;
    legs[call.id] = {
      state: own.state,
      dialogState: call.state,
      callType: call.callType,
      from: call.from,
      to: call.to,
      actions: own.actions,
      variables: call.variables,
      wrapUpReason: call.wrapUpReason,
      dtmf: call.dtmf,
    };
  }
  return legs;
}
