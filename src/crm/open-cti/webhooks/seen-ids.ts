import { createHash } from "node:crypto";
import type { Clock } from "../../../platform/clock.ts";
import { replayWindow } from "./credentials.ts";

/** Remembered at most; the oldest is forgotten first, and the connector's own memory of commands still knows it. */
const most = 10_000;
/** Milliseconds in which a signature can come again: from the beginning of its window to the end. */
const keptFor = 2 * replayWindow;

/** What was answered to which `webhook-id`: a repetition gets the same answer, and nothing is done again. */
export class SeenIds<Answer> {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { at: number; mark: string; answer: Promise<Answer> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer that was given; `other`: the id came with something else. `undefined`: it is new. */
  recall(id: string, body: Uint8Array): Promise<Answer> | "other" | undefined {
    const oldest = this.#clock.now() - keptFor;
    for (const [name, { at }] of this.#seen) {
      if (at >= oldest && this.#seen.size <= most) break;
      this.#seen.delete(name);
    }
    const known = this.#seen.get(id);
    if (known === undefined) return undefined;
    return known.mark === markOf(body) ? known.answer : "other";
  }

  /** An answer that is not `final` is forgotten: the same may be asked again. */
  put(id: string, body: Uint8Array, answer: Promise<Answer>, final: (answer: Answer) => boolean): void {
    this.#seen.set(id, { at: this.#clock.now(), mark: markOf(body), answer });
    const forget = (): void => void this.#seen.delete(id);
    answer.then((given) => {
      if (!final(given)) forget();
    }, forget);
  }
}

function markOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("base64");
}
