import type { CtiPort } from "../adapter.ts";

/** Milliseconds between two lines of one kind. */
const every = 10_000;
const kindsKept = 1000;

/** Says in the log what strangers on the bus do wrong, without letting them fill it. */
export class Complaints {
  readonly #port: Pick<CtiPort, "clock" | "log">;
  readonly #kinds = new Map<string, { at: number; held: number }>();

  constructor(port: Pick<CtiPort, "clock" | "log">) {
    this.#port = port;
  }

  /** `words` hold nothing that a message said unchecked. */
  about(kind: string, words: string): void {
    const now = this.#port.clock.now();
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.at < every) {
      last.held++;
      return;
    }
    const more = last === undefined || last.held === 0 ? "" : ` (and ${last.held} like it before)`;
    this.#kinds.delete(kind);
    this.#kinds.set(kind, { at: now, held: 0 });
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size > kindsKept && oldest !== undefined) this.#kinds.delete(oldest);
    this.#port.log("warn", `generic-connector: ${words}${more}`);
  }
}
