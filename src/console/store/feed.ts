import type { ControlClient } from "../../control/client.ts";
import { toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ConsoleStore } from "./store.ts";

export type FeedControl = Pick<ControlClient, "status" | "agent" | "events">;

export interface FeedOptions {
  control: FeedControl;
  store: ConsoleStore;
  clock: Clock;
  /** A stream of live events has begun: what came before has to be read. */
  onStream: () => void;
  /** Every event, in order. */
  onEvent: (event: CtiEvent) => void;
}

/** Milliseconds between two looks at everything: round trips, leases and what no event tells. */
const lookEvery = 5000;
/** Milliseconds in which news about one agent is gathered before he is read again. */
const gather = 50;
/** Milliseconds between tries while no connector answers, the last for all that follow. */
const tries = [500, 1000, 2000, 3000];

/** Keeps the console's picture of the connector current, through restarts and absences of it. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #abort = new AbortController();
  readonly #pending = new Map<string, () => void>();
  #cancelLook: () => void = () => {};
  #wake: () => void = () => {};
  #failures = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#run();
  }

  close(): void {
    this.#abort.abort();
    this.#cancelLook();
    this.#wake();
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  /** Tried at once, e.g. after a sign-in has started a connector. */
  retry(): void {
    this.#wake();
  }

  /** Everything is read again. */
  async look(): Promise<void> {
    const { control, store, clock } = this.#options;
    const status = await control.status();
    store.hear({ type: "status", status, now: clock.now() });
  }

  async #run(): Promise<void> {
    const { store, clock } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#follow();
      } catch (thrown) {
        if (signal.aborted) return;
        const wait = tries[Math.min(this.#failures, tries.length - 1)] ?? 0;
        this.#failures += 1;
        const now = clock.now();
        const { link } = store.now;
        store.hear({
          type: "link",
          link: {
            state: "lost",
            error: toCtiError(thrown).toJSON(),
            since: link.state === "lost" ? link.since : now,
            retryAt: now + wait,
          },
        });
        await this.#pause(wait);
      }
    }
  }

  /** Until the connector is gone; it throws why. */
  async #follow(): Promise<void> {
    const { control, store, onEvent, onStream } = this.#options;
    const events = control.events({}, this.#abort.signal)[Symbol.asyncIterator]();
    // Asked for before the state: nothing may happen between the two.
    let next = events.next();
    next.catch(() => {});
    await this.look();
    this.#failures = 0;
    store.hear({ type: "link", link: { state: "connected" } });
    onStream();
    this.#lookAgain();
    try {
      for (;;) {
        const { value, done } = await next;
        if (done === true) return;
        this.#hear(value);
        onEvent(value);
        next = events.next();
      }
    } finally {
      this.#cancelLook();
    }
  }

  #hear(event: CtiEvent): void {
    const { store, clock } = this.#options;
    const { agent } = event;
    switch (event.type) {
      case "call.started":
      case "call.changed":
      case "call.released":
      case "call.ended": {
        if (agent === undefined) return;
        const phase =
          event.type === "call.ended" ? "ended" : event.type === "call.released" ? "released" : "open";
        return store.hear({ type: "call", agent, call: event.call, phase, now: clock.now() });
      }
      case "agent.changed": {
        const known = store.now.connector?.agents.find((each) => each.agent === agent);
        if (known === undefined || agent === undefined) return this.#soon("");
        return store.hear({ type: "agent", agent, status: { ...known, state: event.state } });
      }
      case "session.signed-out":
        return this.#soon("");
      case "message.received":
      case "command.failed":
        return;
      default:
        this.#soon(
          event.type.startsWith("session.") || event.type.startsWith("service.") ? (agent ?? "") : "",
        );
    }
  }

  /** Reads one agent again, or everything (""), after what comes in the same breath. */
  #soon(agent: string): void {
    if (this.#pending.has(agent)) return;
    const { clock, control, store } = this.#options;
    const read = async (): Promise<void> => {
      try {
        if (agent === "") await this.look();
        else store.hear({ type: "agent", agent, status: await control.agent(agent) });
      } catch {
        // The event stream tells of a connector that is gone, and the next look of an agent who is.
      }
    };
    this.#pending.set(
      agent,
      clock.after(gather, () => {
        this.#pending.delete(agent);
        void read();
      }),
    );
  }

  #lookAgain(): void {
    this.#cancelLook = this.#options.clock.after(lookEvery, () => {
      this.#soon("");
      this.#lookAgain();
    });
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
