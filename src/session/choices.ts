import type { Contact, Reasons } from "../model/agent.ts";
import type { CallLayout } from "../model/call-layout.ts";
import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Connection } from "./connection.ts";

/** Milliseconds for which what was read is believed. */
const kept = 300_000;

/** What the agent may choose from and how calls are to be shown, as configured in Finesse. */
export class Choices {
  readonly #connected: () => Promise<Connection>;
  readonly #reasons: Kept<Reasons>;
  readonly #callLayouts: Kept<CallLayout[]>;

  /** `connected`: resolves with the connection once it is up. */
  constructor(clock: Clock, connected: () => Promise<Connection>) {
    this.#connected = connected;
    this.#reasons = new Kept(clock, () => this.#fetchReasons());
    this.#callLayouts = new Kept(clock, async () => {
      const { rest, userId } = await connected();
      return orNone(rest.callLayouts(userId));
    });
  }

  reasons(): Promise<Reasons> {
    return this.#reasons.read();
  }

  callLayouts(): Promise<CallLayout[]> {
    return this.#callLayouts.read();
  }

  async phoneBook(): Promise<Contact[]> {
    const { rest, userId } = await this.#connected();
    return orNone(rest.phoneBooks(userId));
  }

  async #fetchReasons(): Promise<Reasons> {
    const { rest, userId } = await this.#connected();
    const [notReady, logout, wrapUp] = await Promise.all([
      orNone(rest.reasonCodes(userId, "NOT_READY")),
      orNone(rest.reasonCodes(userId, "LOGOUT")),
      orNone(rest.wrapUpReasons(userId)),
    ]);
    return { notReady, logout, wrapUp };
  }
}

/** One answer for a while; an attempt that failed is none. */
class Kept<Value> {
  readonly #clock: Clock;
  readonly #fetch: () => Promise<Value>;
  #last: { at: number; value: Promise<Value> } | undefined;

  constructor(clock: Clock, fetch: () => Promise<Value>) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  read(): Promise<Value> {
    const now = this.#clock.now();
    if (this.#last !== undefined && now - this.#last.at < kept) return this.#last.value;
    const last = { at: now, value: this.#fetch() };
    this.#last = last;
    last.value.catch(() => {
      if (this.#last === last) this.#last = undefined;
    });
    return last.value;
  }
}

/** Lists that this user may not read or that do not exist are empty lists. */
async function orNone<Item>(list: Promise<Item[]>): Promise<Item[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof CtiError && error.code === "refused") return [];
    throw error;
  }
}
