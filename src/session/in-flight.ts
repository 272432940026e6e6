import type { Update } from "../finesse/contract.ts";
import type { Refusal } from "../model/commands.ts";
import type { SessionState } from "./state.ts";
import type { Step, Verdict } from "./plan.ts";
import { refusalFor } from "./plan.ts";

interface Waiting {
  step: Step;
  requestId: string;
  /** When it was sent, milliseconds since the epoch by the server's clock, where that is known. */
  since: number | undefined;
  settled(verdict: Exclude<Verdict, undefined>): void;
}

/** The requests whose outcome is awaited, and the causes of those lately sent, so that late news still finds its command. */
export class InFlight {
  readonly #waiting = new Set<Waiting>();
  /** requestId → cause, newest last. */
  readonly #causes = new Map<string, string>();

  /** Registers a request before it is sent: its event may overtake the HTTP answer. */
  add(waiting: Waiting, cause: string): () => void {
    this.#waiting.add(waiting);
    this.#causes.set(waiting.requestId, cause);
    for (const oldest of this.#causes.keys()) {
      if (this.#causes.size <= 200) break;
      this.#causes.delete(oldest);
    }
    return () => this.#waiting.delete(waiting);
  }

  causeOf(requestId: string | undefined): string | undefined {
    return requestId === undefined ? undefined : this.#causes.get(requestId);
  }

  /** Judges every waiting request after a change of state. */
  judge(state: SessionState, requestId: string | undefined): void {
    for (const waiting of [...this.#waiting]) {
      const { step, since } = waiting;
      const echoed = requestId !== undefined && requestId === waiting.requestId;
      const verdict = step.settle(state, { echoed, read: false, since });
      if (verdict !== undefined) waiting.settled(verdict);
    }
  }

  /** Gives a late error to the request it belongs to. Returns false when nobody waits for it. */
  refuse(update: Update): boolean {
    for (const waiting of [...this.#waiting]) {
      const refusal = refusalFor(waiting.step, waiting.requestId, update);
      if (refusal === undefined) continue;
      waiting.settled({ outcome: "refused", message: refusalMessage(refusal), refusal });
      return true;
    }
    return false;
  }
}

/** A refusal's name for one sentence; Finesse's words stand beside it. */
export function refusalMessage(refusal: Refusal): string {
  return refusal.code === undefined || refusal.code === ""
    ? refusal.type
    : `${refusal.type} (${refusal.code})`;
}
