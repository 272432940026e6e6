import type { Clock } from "../../platform/clock.ts";
import type { Connection } from "./connection.ts";

/** How long a server waits for a client of which it hears nothing before it counts it as gone (§15: up to 120 s). */
const patience = 120_000;

/** The lines between server and clients, and what is wrong with them. All times are milliseconds of the simulator's clock. */
export class Links {
  /** A client went silent so long ago that the server gives it up. */
  onGivenUp: (agentId: string | undefined) => void = () => {};
  readonly #clock: Clock;
  readonly #lastSend = new WeakMap<Connection, number>();
  /** Agents whose lines are half-open, "" for everybody's, with what stops the waiting for them. */
  readonly #muted = new Map<string, () => void>();
  readonly #stalled = new Set<string>();
  /** What stalled lines hold back, in order. */
  #kept: { connection: Connection; task: () => void }[] = [];
  /** Streams the server has forgotten while their clients still believe in them. */
  readonly #ghosts = new Set<Connection>();
  #delay = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get delay(): number {
    return this.#delay;
  }

  /** Half-open lines: everything is accepted, nothing answered or delivered, for one user or for all. */
  mute(muted: boolean, agentId = ""): void {
    for (const [who, stop] of [...this.#muted]) {
      if (who !== agentId && (muted || agentId !== "")) continue;
      stop();
      this.#muted.delete(who);
    }
    if (!muted) return;
    const giveUp = () => this.onGivenUp(agentId === "" ? undefined : agentId);
    this.#muted.set(agentId, this.#clock.after(patience, giveUp));
  }

  /** Delays everything the server sends; the order is kept. */
  delayBy(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Holds back what is sent, to one user or to all, until `heal`: a client that is suspended gets it all at once later. */
  stall(agentId = ""): void {
    this.#stalled.add(agentId);
  }

  /** From now on this connection is not heard of again. */
  haunt(connection: Connection): void {
    this.#ghosts.add(connection);
  }

  /** Whether nothing must reach this client now. */
  isMuted(connection: Connection): boolean {
    return this.#muted.has("") || this.#muted.has(connection.agentId) || this.#ghosts.has(connection);
  }

  /** Runs a sending task at its time, or never. */
  deliver(connection: Connection, task: () => void): void {
    if (this.isMuted(connection)) return;
    if (this.#stalled.has("") || this.#stalled.has(connection.agentId)) {
      this.#kept.push({ connection, task });
      return;
    }
    const now = this.#clock.now();
    const due = Math.max(now + this.#delay, this.#lastSend.get(connection) ?? 0);
    if (due <= now) return task();
    this.#lastSend.set(connection, due);
    this.#clock.after(due - now, task);
  }

  /** All lines work again; what was held back is delivered. Returns the connections that only their clients still believe in. */
  heal(): Connection[] {
    this.mute(false);
    this.#delay = 0;
    this.#stalled.clear();
    const kept = this.#kept;
    this.#kept = [];
    for (const { connection, task } of kept) this.deliver(connection, task);
    const ghosts = [...this.#ghosts];
    this.#ghosts.clear();
    return ghosts;
  }
}
