import type { Contact, Reasons } from "../model/agent.ts";
import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Connection } from "./connection.ts";

/** Milliseconds for which reason lists are believed. */
const kept = 300_000;

/** What the agent may choose from, as configured in Finesse. */
export class Choices {
  readonly #clock: Clock;
  readonly #connected: () => Promise<Connection>;
  #reasons: { at: number; value: Promise<Reasons> } | undefined;

  /** `connected`: resolves with the connection once it is up. */
  constructor(clock: Clock, connected: () => Promise<Connection>) {
    this.#clock = clock;
    this.#connected = connected;
  }

  async reasons(): Promise<Reasons> {
    const now = this.#clock.now();
    if (this.#reasons !== undefined && now - this.#reasons.at < kept) return this.#reasons.value;
    const value = this.#fetchReasons();
    this.#reasons = { at: now, value };
    value.catch(() => {
      this.#reasons = undefined;
    });
    return value;
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

/** Lists that this user may not read or that do not exist are empty lists. */
async function orNone<Item>(list: Promise<Item[]>): Promise<Item[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof CtiError && error.code === "refused") return [];
    throw error;
  }
}
