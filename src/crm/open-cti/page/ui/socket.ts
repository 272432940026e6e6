import { closeCodes, type FromPage, type ToPage } from "../protocol.ts";
import type { SocketState } from "./state.ts";

/** What is needed of a browser's WebSocket. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface SocketOptions {
  open(): SocketLike;
  /** What is said first on each connection. */
  hello(): FromPage;
  heard(message: ToPage): void;
  changed(state: SocketState): void;
  now(): number;
  /** 0 to 1. */
  random(): number;
  /** Calls once after so many milliseconds; the returned function forgets it. */
  after(milliseconds: number, then: () => void): () => void;
}

/** First and longest pause before the next try, milliseconds. */
const shortest = 500;
const longest = 15_000;
/** A connection that says nothing for so long after it was asked for is none. */
const patience = 10_000;
/** The connector says something every ten seconds: after so long without, the connection has died, whatever the browser thinks of it. */
const silence = 25_000;

const endings = new Map<number, Extract<SocketState, { phase: "ended" }>["why"]>(
  (["noHello", "flood", "replaced", "tooMany"] as const).map((why) => [closeCodes[why], why]),
);

/** The connection to the connector: comes back by itself, ever more slowly and never in step with other pages. */
export class PageSocket {
  readonly #options: SocketOptions;
  #socket: SocketLike | undefined;
  #greeted = false;
  #failures = 0;
  #forget: () => void = () => undefined;
  #stopped = true;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** Connects, at once where it waits for its next try. */
  start(): void {
    this.#stopped = false;
    if (this.#socket === undefined) this.#connect();
  }

  /** Says hello anew: something of it is different. */
  restart(): void {
    this.#drop();
    this.#stopped = false;
    this.#connect();
  }

  /** Ends it for good; `why` for the person. */
  end(why: Extract<SocketState, { phase: "ended" }>["why"]): void {
    this.#drop();
    this.#stopped = true;
    this.#options.changed({ phase: "ended", why });
  }

  /** False: there is no connection, and nothing was sent. */
  send(message: FromPage): boolean {
    if (this.#socket === undefined || !this.#greeted) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect(): void {
    const { open, hello, after } = this.#options;
    this.#forget();
    let socket: SocketLike;
    try {
      socket = open();
    } catch {
      this.#failed();
      return;
    }
    this.#socket = socket;
    this.#greeted = false;
    const isOurs = (): boolean => this.#socket === socket;
    this.#forget = after(patience, () => {
      if (!isOurs() || this.#greeted) return;
      this.#drop();
      this.#failed();
    });
    socket.onopen = () => {
      if (isOurs()) socket.send(JSON.stringify(hello()));
    };
    socket.onmessage = ({ data }) => {
      if (isOurs()) this.#heard(data);
    };
    socket.onclose = ({ code }) => {
      if (!isOurs()) return;
      this.#socket = undefined;
      this.#forget();
      const why = endings.get(code);
      if (why === undefined) this.#failed();
      else this.end(why);
    };
  }

  #heard(data: unknown): void {
    const message = readMessage(data);
    if (message === undefined) return;
    if (message.type === "hello" && !this.#greeted) {
      this.#greeted = true;
      this.#failures = 0;
      this.#options.changed({ phase: "open" });
    }
    if (this.#greeted) this.#watch();
    if (message.type !== "alive") this.#options.heard(message);
  }

  #watch(): void {
    this.#forget();
    this.#forget = this.#options.after(silence, () => {
      this.#drop();
      this.#failed();
    });
  }

  #failed(): void {
    if (this.#stopped) return;
    const { changed, now, random, after } = this.#options;
    const whole = Math.min(longest, shortest * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    const pause = Math.round(whole / 2 + (random() * whole) / 2);
    changed({ phase: "lost", retryAt: now() + pause });
    this.#forget = after(pause, () => this.#connect());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#greeted = false;
    this.#forget();
    this.#forget = () => undefined;
    socket?.close();
  }
}

/** A message of a connector that knows more than this page is left alone. */
function readMessage(data: unknown): ToPage | undefined {
  if (typeof data !== "string") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  return typeof type === "string" && messageTypes.has(type) ? (value as ToPage) : undefined;
}

const messageTypes: ReadonlySet<string> = new Set(
  Object.keys({
    hello: true,
    alive: true,
    state: true,
    outcome: true,
    error: true,
    reasons: true,
    "phone-book": true,
    layouts: true,
    lead: true,
    pop: true,
    "pop-now": true,
    save: true,
    "signed-out": true,
  } satisfies Record<ToPage["type"], true>),
);
