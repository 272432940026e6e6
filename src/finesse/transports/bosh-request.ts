import type { Clock } from "../../platform/clock.ts";
import type { BoshBody } from "./bosh-body.ts";
import { type BoshAnswer, BoshError, isTemporary, statusError } from "./bosh-error.ts";

/** Seconds the server may hold a request; pings go more often, so that it rarely does (§12). */
export const holdTime = 30;
/** Milliseconds beyond it until an answer counts as lost. */
const answerMargin = 10_000;
/** Times a request is sent again with the same rid before the session counts as lost. */
const repeats = 2;
/** Milliseconds before the second repetition; the first follows at once. */
const repeatDelay = 1000;

/** What carries requests. */
export interface BoshCarrier {
  clock: Clock;
  /** One HTTP request; rejects when no whole answer came. `onSent` is called once it is on its way. */
  post(body: string, signal: AbortSignal, onSent: () => void): Promise<BoshAnswer>;
  /** Throws for what is no body. */
  read(text: string): BoshBody;
}

export interface BoshRequestOptions {
  rid: number;
  body: string;
  /** `create` gets no second chance: another way may be tried at once. `last` ends the session. */
  kind: "create" | "stanzas" | "idle" | "last";
  carrier: BoshCarrier;
  /** Aborted when the session is over. */
  over: AbortSignal;
  onSent(): void;
  /** The server asked for this one and those before it once more (XEP-0124 §17.3). */
  onRepeatAsked(): void;
}

/** One numbered request of a BOSH session, sent again unchanged while its answer is missing. */
export class BoshRequest {
  readonly rid: number;
  readonly kind: BoshRequestOptions["kind"];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  answer: BoshBody | undefined;
  readonly #options: BoshRequestOptions;
  #repeated = 0;
  #cut: (reason: Error) => void = () => {};

  constructor(options: BoshRequestOptions) {
    this.#options = options;
    this.rid = options.rid;
    this.kind = options.kind;
    this.startedAt = options.carrier.clock.now();
  }

  /** Resolves with the answer kept in `answer`, or when the session is over; rejects when it cannot be had. */
  async perform(): Promise<void> {
    const { carrier, over } = this.#options;
    while (!over.aborted) {
      try {
        this.answer = await this.#attempt();
        return;
      } catch (thrown) {
        const hopeless = this.kind === "create" || this.kind === "last" || !isTemporary(thrown);
        if (!over.aborted && (hopeless || this.#repeated >= repeats)) throw thrown;
      }
      this.#repeated += 1;
      if (this.#repeated > 1) await new Promise<void>((done) => carrier.clock.after(repeatDelay, done));
    }
  }

  /** Gives up the attempt that is under way and sends the request once more. */
  repeat(): void {
    this.#cut(new BoshError("the server asked for the request again", true));
  }

  async #attempt(): Promise<BoshBody> {
    const { body, carrier, over, onSent, onRepeatAsked } = this.#options;
    const attempt = new AbortController();
    this.#cut = (reason) => attempt.abort(reason);
    const onOver = () => attempt.abort(new Error("the session is over"));
    const cancel = carrier.clock.after(holdTime * 1000 + answerMargin, () =>
      attempt.abort(new BoshError("the answer to a request did not come", true)),
    );
    over.addEventListener("abort", onOver, { once: true });
    try {
      const { status, text } = await carrier.post(body, attempt.signal, onSent).catch((thrown: unknown) => {
        if (attempt.signal.aborted) throw attempt.signal.reason;
        if (thrown instanceof BoshError) throw thrown;
        throw new BoshError(thrown instanceof Error ? thrown.message : String(thrown), true, thrown);
      });
      if (status !== 200) throw statusError(status);
      const answer = carrier.read(text);
      if (answer.element.attrs.type !== "error") return answer;
      onRepeatAsked();
      throw new BoshError("the server could not use a request", true);
    } finally {
      onSent();
      cancel();
      over.removeEventListener("abort", onOver);
    }
  }
}
