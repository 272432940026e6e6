import { createHash } from "node:crypto";
import type { Clock } from "../../../platform/clock.ts";
import type { CtiPort, Json } from "../../adapter.ts";
import { replayWindow } from "./credentials.ts";

/** An answer as it is remembered. */
export interface SeenAnswer {
  status: number;
  /** JSON. */
  body: string;
}

/** Remembered at most; the oldest is forgotten first, and the connector's own memory of commands still knows it. */
const most = 10_000;
/** Milliseconds in which a signature can come again: from the beginning of its window to the end. */
const keptFor = 2 * replayWindow;
const prefix = "webhook seen ";

interface Seen<Answer> {
  at: number;
  mark: string;
  answer: Promise<Answer>;
}

/** What was answered to which `webhook-id`: a repetition gets the same answer, and nothing is done again; after a restart too. */
export class SeenIds<Answer extends SeenAnswer> {
  readonly #port: Pick<CtiPort, "clock" | "owe">;
  readonly #complete: (kept: SeenAnswer) => Answer;
  /** The oldest first. */
  readonly #seen = new Map<string, Seen<Answer>>();

  /** `complete`: makes an answer of what was kept of it. */
  constructor(port: Pick<CtiPort, "clock" | "owe">, complete: (kept: SeenAnswer) => Answer) {
    this.#port = port;
    this.#complete = complete;
  }

  /** Reads what was kept before a restart. */
  load(kept: ReadonlyMap<string, Json>): void {
    const known = [...kept].flatMap(([name, value]) => {
      const seen = name.startsWith(prefix) ? this.#read(value) : undefined;
      return seen === undefined ? [] : [[name.slice(prefix.length), seen] as const];
    });
    for (const [id, seen] of known.sort(([, one], [, other]) => one.at - other.at)) this.#seen.set(id, seen);
  }

  /** The answer that was given; `other`: the id came with something else. `undefined`: it is new. */
  recall(id: string, body: Uint8Array): Promise<Answer> | "other" | undefined {
    const known = this.#seen.get(id);
    if (known === undefined || isOld(known, this.#port.clock)) return undefined;
    return known.mark === markOf(body) ? known.answer : "other";
  }

  /** An answer that is not `final` is forgotten: the same may be asked again. */
  put(id: string, body: Uint8Array, answer: Promise<Answer>, final: (answer: Answer) => boolean): void {
    const at = this.#port.clock.now();
    const mark = markOf(body);
    const seen = { at, mark, answer };
    this.#seen.delete(id);
    this.#seen.set(id, seen);
    const forget = (): void => {
      if (this.#seen.get(id) === seen) this.#seen.delete(id);
    };
    answer.then((given) => {
      if (final(given)) this.#keep(id, { at, mark, status: given.status, body: given.body });
      else forget();
    }, forget);
  }

  /** With the same transaction what is too old leaves the disk. */
  #keep(id: string, value: { at: number; mark: string; status: number; body: string }): void {
    const old: string[] = [];
    for (const [name, seen] of this.#seen) {
      if (!isOld(seen, this.#port.clock) && this.#seen.size - old.length <= most) break;
      old.push(name);
    }
    for (const name of old) this.#seen.delete(name);
    this.#port.owe((out) => {
      for (const name of old) out.keep(`${prefix}${name}`, undefined);
      out.keep(`${prefix}${id}`, value);
    });
  }

  #read(value: Json): Seen<Answer> | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const { at, mark, status, body } = value;
    if (typeof at !== "number" || typeof mark !== "string") return undefined;
    if (typeof status !== "number" || typeof body !== "string") return undefined;
    return { at, mark, answer: Promise.resolve(this.#complete({ status, body })) };
  }
}

/** Also one of the future: the system's clock was set back. */
function isOld({ at }: { at: number }, clock: Clock): boolean {
  return Math.abs(clock.now() - at) > keptFor;
}

function markOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("base64");
}
