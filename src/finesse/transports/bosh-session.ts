import type { Clock } from "../../platform/clock.ts";
import type { BoshBody } from "./bosh-body.ts";
import { bodyText } from "./bosh-body.ts";
import { type BoshAnswer, BoshError, isTemporary, statusError, terminateError } from "./bosh-error.ts";

/** Seconds the server may hold a request; pings go more often, so that it rarely does (§12). */
const holdTime = 30;
/** Milliseconds beyond it until an answer counts as lost. */
const answerMargin = 10_000;
/** Times a request is sent again with the same rid before the session counts as lost. */
const repeats = 2;
/** Milliseconds before the second repetition; the first follows at once. */
const repeatDelay = 1000;
/** Milliseconds between empty requests to a server that answers them at once in place of holding them. */
const pollDelay = 2000;

export interface BoshSessionOptions {
  domain: string;
  /** First request id: large and not to be guessed, since it and the sid are all that protect the session (XEP-0124 §7). */
  firstRid: number;
  clock: Clock;
  /** One HTTP request; rejects when no whole answer came. */
  post(body: string, signal: AbortSignal): Promise<BoshAnswer>;
  /** Throws for what is no body. */
  read(text: string): BoshBody;
  /** Each body of the server, in the order of the requests. */
  onBody(body: BoshBody): void;
  /** Once; without an error when it was us or the server ended it in order. */
  onEnd(error: Error | undefined): void;
}

type Item = { kind: "stanza"; text: string } | { kind: "restart" } | { kind: "terminate" };

interface Request {
  rid: number;
  body: string;
  /** An empty one, sent only so that the server has something to answer. */
  idle: boolean;
  /** The one that ends the session. */
  last: boolean;
  sentAt: number;
  repeated: number;
  answer: BoshBody | undefined;
  /** Sends it once more. */
  repeat(): void;
}

/**
 * One BOSH session (XEP-0124, XEP-0206): at most two requests at a time, numbered without gaps, answers taken in that order, a request
 * whose answer was lost sent again as it was.
 */
export class BoshSession {
  readonly #options: BoshSessionOptions;
  readonly #queue: Item[] = [];
  readonly #requests = new Map<number, Request>();
  readonly #over = new AbortController();
  #nextRid: number;
  #nextAnswer: number;
  #sid: string | undefined;
  #limit = 1;
  #pumping = false;
  #terminating = false;
  #cancelPoll: (() => void) | undefined;

  constructor(options: BoshSessionOptions) {
    this.#options = options;
    this.#nextRid = options.firstRid;
    this.#nextAnswer = options.firstRid;
  }

  /** Asks for a session; everything else waits until the server has given one. */
  create(): void {
    const { domain } = this.#options;
    const rid = this.#takeRid();
    this.#start(
      rid,
      bodyText({
        rid: String(rid),
        to: domain,
        "xml:lang": "en",
        ver: "1.6",
        wait: String(holdTime),
        hold: "1",
        content: "text/xml; charset=utf-8",
        "xmpp:version": "1.0",
      }),
    );
  }

  send(stanza: string): void {
    this.#enqueue({ kind: "stanza", text: stanza });
  }

  /** Begins the stream anew after authentication (XEP-0206 §5). */
  restart(): void {
    this.#enqueue({ kind: "restart" });
  }

  /** Ends the session; what is queued goes along. */
  terminate(): void {
    if (this.#terminating) return;
    this.#terminating = true;
    if (this.#sid === undefined) return this.#end(undefined);
    this.#enqueue({ kind: "terminate" });
  }

  /** Cuts every request; tells nobody. */
  abort(): void {
    this.#cancelPoll?.();
    this.#over.abort();
  }

  get #ended(): boolean {
    return this.#over.signal.aborted;
  }

  #enqueue(item: Item): void {
    this.#queue.push(item);
    this.#pumpSoon();
  }

  /** What is written in one breath goes in one request. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#sid === undefined) return;
    while (!this.#ended) {
      const open = [...this.#requests.values()].filter((request) => request.answer === undefined).length;
      // One more than allowed is granted to the request that ends the session (XEP-0124 §11).
      const limit = this.#queue.at(-1)?.kind === "terminate" ? this.#limit + 1 : this.#limit;
      if (open >= limit) return;
      if (this.#queue.length > 0) this.#sendQueued();
      else if (open > 0 || this.#terminating || this.#cancelPoll !== undefined) return;
      else this.#sendIdle();
    }
  }

  #sendQueued(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
    const { domain } = this.#options;
    const rid = this.#takeRid();
    const head = { rid: String(rid), sid: this.#sid };
    if (this.#queue[0]?.kind === "restart") {
      this.#queue.shift();
      this.#start(rid, bodyText({ ...head, to: domain, "xml:lang": "en", "xmpp:restart": "true" }));
      return;
    }
    const restart = this.#queue.findIndex((item) => item.kind === "restart");
    const items = this.#queue.splice(0, restart === -1 ? this.#queue.length : restart);
    const payload = items.map((item) => (item.kind === "stanza" ? item.text : "")).join("");
    const last = items.some((item) => item.kind === "terminate");
    const type = last ? "terminate" : undefined;
    this.#start(rid, bodyText({ ...head, type }, payload), last ? "last" : undefined);
  }

  #sendIdle(): void {
    const rid = this.#takeRid();
    this.#start(rid, bodyText({ rid: String(rid), sid: this.#sid }), "idle");
  }

  #takeRid(): number {
    const rid = this.#nextRid;
    this.#nextRid += 1;
    return rid;
  }

  #start(rid: number, body: string, kind?: "idle" | "last"): void {
    const request: Request = {
      rid,
      body,
      idle: kind === "idle",
      last: kind === "last",
      sentAt: this.#options.clock.now(),
      repeated: 0,
      answer: undefined,
      repeat: () => {},
    };
    this.#requests.set(rid, request);
    void this.#perform(request);
  }

  async #perform(request: Request): Promise<void> {
    for (;;) {
      try {
        request.answer = await this.#attempt(request);
        break;
      } catch (thrown) {
        if (this.#ended) return;
        if (request.last) return this.#end(undefined);
        // Nothing is known yet to a server that gave no session: another way may be tried at once.
        if (this.#sid === undefined || !isTemporary(thrown) || request.repeated >= repeats) {
          return this.#end(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      }
      request.repeated += 1;
      if (request.repeated > 1) await this.#pause(repeatDelay);
      if (this.#ended) return;
    }
    if (!this.#ended) this.#deliver();
    // Not every server answers it with a terminate of its own.
    if (request.last) this.#end(undefined);
  }

  /** Sends it once; rejects with what stood in the way. */
  async #attempt(request: Request): Promise<BoshBody> {
    const { clock, post, read } = this.#options;
    const once = new AbortController();
    const cut = (reason: Error) => once.abort(reason);
    const onOver = () => cut(new Error("the session is over"));
    const cancel = clock.after(holdTime * 1000 + answerMargin, () =>
      cut(new BoshError("the answer to a request did not come", true)),
    );
    request.repeat = () => cut(new BoshError("the server asked for the request again", true));
    this.#over.signal.addEventListener("abort", onOver, { once: true });
    try {
      const { status, text } = await post(request.body, once.signal).catch((thrown: unknown) => {
        if (once.signal.aborted) throw once.signal.reason;
        throw new BoshError(thrown instanceof Error ? thrown.message : String(thrown), true, thrown);
      });
      if (status !== 200) throw statusError(status);
      const body = read(text);
      if (body.element.attrs.type === "error") {
        // Recoverable (XEP-0124 §17.3): this one and those before it once more.
        for (const other of this.#requests.values()) {
          if (other.rid < request.rid && other.answer === undefined) other.repeat();
        }
        throw new BoshError("the server could not use a request", true);
      }
      return body;
    } finally {
      cancel();
      this.#over.signal.removeEventListener("abort", onOver);
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(milliseconds, resolve);
    });
  }

  /** Hands on the answers that are whole up to here, in the order of their requests. */
  #deliver(): void {
    for (;;) {
      const request = this.#requests.get(this.#nextAnswer);
      if (request?.answer === undefined) break;
      this.#requests.delete(request.rid);
      this.#nextAnswer += 1;
      this.#take(request, request.answer);
      if (this.#ended) return;
    }
    this.#pumpSoon();
  }

  #take(request: Request, body: BoshBody): void {
    const { attrs } = body.element;
    if (this.#sid === undefined && attrs.type !== "terminate") {
      if (attrs.sid === undefined) return this.#end(new Error("the server gave no session id"));
      this.#sid = attrs.sid;
      this.#limit = Math.min(2, Math.max(1, Number(attrs.requests) || 2));
    }
    this.#options.onBody(body);
    if (attrs.type === "terminate") {
      return this.#end(this.#terminating ? undefined : terminateError(body));
    }
    this.#holdBack(request, body);
  }

  /** A server that answers empty requests at once, holding none, must not be asked without end. */
  #holdBack(request: Request, body: BoshBody): void {
    const { clock } = this.#options;
    const quick = clock.now() - request.sentAt < pollDelay / 2;
    if (!request.idle || !quick || body.stanzas.length > 0 || this.#requests.size > 0) return;
    this.#cancelPoll?.();
    this.#cancelPoll = clock.after(pollDelay, () => {
      this.#cancelPoll = undefined;
      this.#pump();
    });
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.abort();
    this.#options.onEnd(error);
  }
}
