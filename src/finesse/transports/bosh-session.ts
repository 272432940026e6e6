import { type BoshBody, bodyText } from "./bosh-body.ts";
import { terminateError } from "./bosh-error.ts";
import { type BoshCarrier, BoshRequest, holdTime } from "./bosh-request.ts";

/** Milliseconds between empty requests to a server that answers them at once in place of holding them. */
const pollDelay = 2000;
/**
 * Milliseconds between a request that is still waiting and the next one, which goes over another connection: a request that overtakes
 * the one before it is never answered by ejabberd, nor is the other. By the machine's own time, whatever the session's clock says: it is
 * about the wire.
 */
const spacing = 10;

export interface BoshSessionOptions {
  carrier: BoshCarrier;
  domain: string;
  /** First request id: large and not to be guessed, since it and the sid are all that protect the session (XEP-0124 §7). */
  firstRid: number;
  /** Each body of the server, in the order of the requests. */
  onBody(body: BoshBody): void;
  /** Once; without an error when it was us or the server ended it in order. */
  onEnd(error: Error | undefined): void;
}

type Item = { kind: "stanza"; text: string } | { kind: "restart" } | { kind: "terminate" };

/**
 * One BOSH session (XEP-0124, XEP-0206): at most two requests at a time, numbered without gaps, answers taken in that order, a request
 * whose answer was lost sent again as it was.
 */
export class BoshSession {
  readonly #options: BoshSessionOptions;
  readonly #queue: Item[] = [];
  readonly #requests = new Map<number, BoshRequest>();
  readonly #over = new AbortController();
  #nextRid: number;
  #nextAnswer: number;
  #sid: string | undefined;
  #limit = 1;
  #pumping = false;
  #terminating = false;
  #unsent: BoshRequest | undefined;
  #sentAt = 0;
  #cancelPoll: (() => void) | undefined;
  #spacer: NodeJS.Timeout | undefined;

  constructor(options: BoshSessionOptions) {
    this.#options = options;
    this.#nextRid = options.firstRid;
    this.#nextAnswer = options.firstRid;
  }

  /** Asks for a session; everything else waits until the server has given one. */
  create(): void {
    this.#request("create", {
      to: this.#options.domain,
      "xml:lang": "en",
      ver: "1.6",
      wait: String(holdTime),
      hold: "1",
      content: "text/xml; charset=utf-8",
      "xmpp:version": "1.0",
    });
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
    this.#stopPolling();
    clearTimeout(this.#spacer);
    this.#over.abort();
  }

  get #ended(): boolean {
    return this.#over.signal.aborted;
  }

  #enqueue(item: Item): void {
    this.#queue.push(item);
    this.#pumpSoon();
  }

  /** What is written in one breath goes in one request: the unavailable presence with the end, for one. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#sid !== undefined && !this.#ended && this.#unsent === undefined) {
      // One more than allowed is granted to the request that ends the session (XEP-0124 §11).
      const limit = this.#queue.at(-1)?.kind === "terminate" ? this.#limit + 1 : this.#limit;
      if (this.#queue.length === 0) return this.#sendIdle();
      if (this.#open >= limit || this.#mustWait()) return;
      this.#sendQueued();
    }
  }

  #mustWait(): boolean {
    const left = this.#sentAt + spacing - performance.now();
    if (this.#open === 0 || left <= 0) return false;
    this.#spacer ??= setTimeout(() => {
      this.#spacer = undefined;
      this.#pump();
    }, left);
    return true;
  }

  /** Requests without an answer. */
  get #open(): number {
    return [...this.#requests.values()].filter((request) => request.answer === undefined).length;
  }

  /** Something that the server can hold; mostly an answer makes the client say something, and that serves as well. */
  #sendIdle(): void {
    if (this.#open > 0 || this.#terminating || this.#cancelPoll !== undefined) return;
    this.#request("idle", {});
  }

  #sendQueued(): void {
    this.#stopPolling();
    if (this.#queue[0]?.kind === "restart") {
      this.#queue.shift();
      this.#request("stanzas", { to: this.#options.domain, "xml:lang": "en", "xmpp:restart": "true" });
      return;
    }
    const restart = this.#queue.findIndex((item) => item.kind === "restart");
    const items = this.#queue.splice(0, restart === -1 ? this.#queue.length : restart);
    const payload = items.map((item) => (item.kind === "stanza" ? item.text : "")).join("");
    if (items.some((item) => item.kind === "terminate"))
      this.#request("last", { type: "terminate" }, payload);
    else this.#request("stanzas", {}, payload);
  }

  #request(kind: BoshRequest["kind"], attributes: Record<string, string>, payload = ""): void {
    const rid = this.#nextRid;
    this.#nextRid += 1;
    const request = new BoshRequest({
      rid,
      kind,
      body: bodyText({ rid: String(rid), sid: this.#sid, ...attributes }, payload),
      carrier: this.#options.carrier,
      over: this.#over.signal,
      onSent: () => this.#onSent(request),
      onRepeatAsked: () => this.#repeatBefore(rid),
    });
    this.#requests.set(rid, request);
    this.#unsent = request;
    void this.#perform(request);
  }

  async #perform(request: BoshRequest): Promise<void> {
    try {
      await request.perform();
      if (!this.#ended) this.#deliver();
      // Not every server answers it with a terminate of its own.
      if (request.kind === "last") this.#end(undefined);
    } catch (thrown) {
      if (request.kind === "last") this.#end(undefined);
      else this.#end(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  #onSent(request: BoshRequest): void {
    if (this.#unsent !== request) return;
    this.#unsent = undefined;
    this.#sentAt = performance.now();
    this.#pumpSoon();
  }

  #repeatBefore(rid: number): void {
    for (const request of this.#requests.values()) {
      if (request.rid < rid && request.answer === undefined) request.repeat();
    }
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

  #take(request: BoshRequest, body: BoshBody): void {
    const { attrs } = body.element;
    const terminated = attrs.type === "terminate";
    if (request.kind === "create" && !terminated) {
      if (attrs.sid === undefined) return this.#end(new Error("the server gave no session id"));
      this.#sid = attrs.sid;
      this.#limit = Math.min(2, Math.max(1, Number(attrs.requests) || 2));
    }
    this.#options.onBody(body);
    if (terminated) this.#end(this.#terminating ? undefined : terminateError(body));
    else this.#slowDown(request, body);
  }

  /** A server that answers empty requests at once, holding none, must not be asked without end. */
  #slowDown(request: BoshRequest, body: BoshBody): void {
    const { clock } = this.#options.carrier;
    const quick = clock.now() - request.startedAt < pollDelay / 2;
    if (request.kind !== "idle" || !quick || body.stanzas.length > 0 || this.#requests.size > 0) return;
    this.#stopPolling();
    this.#cancelPoll = clock.after(pollDelay, () => {
      this.#cancelPoll = undefined;
      this.#pump();
    });
  }

  #stopPolling(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.abort();
    this.#options.onEnd(error);
  }
}
