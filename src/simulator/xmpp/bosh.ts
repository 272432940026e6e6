import type { Clock } from "../../platform/clock.ts";
import type { Connection, StreamTransport } from "./connection.ts";
import { ns } from "./namespaces.ts";
import type { XmppServer } from "./server.ts";
import { bodyText, clientStanza } from "./bosh-body.ts";
import type { XmlElement } from "./xml.ts";

/** Where the answer to one HTTP request goes. */
export interface BoshReply {
  /** The `<body>` as text. */
  answer(body: string): void;
  /** Breaks the HTTP connection without an answer. */
  cut(): void;
}

export interface BoshSettings {
  /** Seconds a request may be held; the smaller of this and what the client asks for is used. */
  wait: number;
  /** Seconds without a held request after which the client counts as gone; Openfire's own default. */
  inactivity: number;
}

export const boshDefaults: BoshSettings = { wait: 60, inactivity: 30 };

/** Requests the client may have under way at a time: one held, one that carries stanzas. */
const window = 2;
/** Answers kept for requests that are repeated because their answer was lost (XEP-0124 §14.3). */
const kept = window + 1;

interface Held {
  rid: number;
  reply: BoshReply;
  /** Takes the waiting time back. */
  cancel: () => void;
}

export interface BoshSessionOptions {
  server: XmppServer;
  clock: Clock;
  settings: BoshSettings;
  sid: string;
  /** Called once the session can be forgotten. */
  onOver: () => void;
}

/**
 * One client's stream over HTTP requests (XEP-0124, XEP-0206): a request is held until there is something to say, the next one releases
 * it; requests that overtake each other are put in order by their `rid`.
 */
export class BoshSession implements StreamTransport {
  readonly name = "bosh";
  readonly #options: BoshSessionOptions;
  readonly #connection: Connection;
  /** Requests that came before their turn. */
  readonly #early = new Map<number, { body: XmlElement; reply: BoshReply }>();
  readonly #answers = new Map<number, string>();
  #held: Held[] = [];
  /** The next request in order. */
  #next = 0;
  #wait = 0;
  #hold = 1;
  /** Attributes that only the first answer has. */
  #creation: Record<string, string> | undefined;
  #header: { from: string; id: string } | undefined;
  #outgoing: XmlElement[] = [];
  #terminal: Record<string, string> | undefined;
  #told = false;
  #stopInactivity: () => void = () => {};

  constructor(options: BoshSessionOptions) {
    this.#options = options;
    this.#connection = options.server.accept(this);
  }

  get sid(): string {
    return this.#options.sid;
  }

  /** The request that asks for a session. */
  create(body: XmlElement, rid: number, reply: BoshReply): void {
    const { settings, sid } = this.#options;
    const asked = (name: string, fallback: number) => {
      const value = Number(body.attributes[name] ?? fallback);
      return Number.isInteger(value) && value >= 0 ? value : fallback;
    };
    this.#wait = Math.min(asked("wait", settings.wait), settings.wait);
    this.#hold = Math.min(asked("hold", 1), 1);
    this.#creation = {
      sid,
      wait: String(this.#wait),
      hold: String(this.#hold),
      requests: String(window),
      inactivity: String(settings.inactivity),
      polling: "5",
      ver: "1.6",
      secure: "true",
      "xmlns:xmpp": ns.xbosh,
      "xmlns:stream": ns.stream,
      "xmpp:version": "1.0",
      "xmpp:restartlogic": "true",
    };
    this.#next = rid + 1;
    this.#connection.opened(body.attributes.to);
    this.#park(rid, reply);
    this.#answerDue();
  }

  /** A further request of this session. False when its `rid` is none that could be due: the caller ends the session. */
  request(body: XmlElement, rid: number, reply: BoshReply): boolean {
    if (rid < this.#next) return this.#repeated(rid, reply);
    if (rid >= this.#next + window) return false;
    this.#early.get(rid)?.reply.cut();
    this.#early.set(rid, { body, reply });
    // Requests may overtake each other on their way; they are worked on in their order.
    for (let due = this.#early.get(this.#next); due !== undefined; due = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      const turn = this.#next++;
      this.#work(due.body);
      this.#park(turn, due.reply);
    }
    this.#answerDue();
    return true;
  }

  /** The client gave this request up; it may repeat it. */
  abandoned(reply: BoshReply): void {
    const held = this.#held.find((one) => one.reply === reply);
    if (held === undefined) return;
    held.cancel();
    this.#held = this.#held.filter((one) => one !== held);
    this.#watchInactivity();
  }

  /** Ends the session in BOSH's own words, as after a request out of order. */
  terminate(condition: string): void {
    this.#terminal ??= { type: "terminate", condition };
    this.#connection.lost(false);
    this.#answerDue();
  }

  /** The server stops: what was to be said is said, nothing waits any longer. */
  stop(): void {
    this.terminate("system-shutdown");
    this.#over();
  }

  open(header: { from: string; id: string }): void {
    this.#header = header;
    this.#answerDue();
  }

  send(stanza: XmlElement): void {
    this.#outgoing.push(stanza);
    // Told together with what the same event brings besides.
    queueMicrotask(() => this.#answerDue());
  }

  close(): void {
    const error = this.#outgoing.at(-1);
    const isError = error?.name === "stream:error";
    const shutdown = isError && error.child("system-shutdown") !== undefined;
    this.#terminal ??= {
      type: "terminate",
      ...(isError && { condition: shutdown ? "system-shutdown" : "remote-stream-error" }),
    };
    this.#answerDue();
  }

  cut(): void {
    for (const { reply, cancel } of this.#held) {
      cancel();
      reply.cut();
    }
    for (const { reply } of this.#early.values()) reply.cut();
    this.#held = [];
    this.#early.clear();
    this.#over();
  }

  #work(body: XmlElement): void {
    if (body.attributes["xmpp:restart"] === "true") this.#connection.opened(body.attributes.to);
    for (const stanza of body.elements) this.#connection.receive(clientStanza(stanza));
    if (body.attributes.type === "terminate") this.#connection.closed();
  }

  /** A request again: its answer got lost, or its connection broke while it was held. */
  #repeated(rid: number, reply: BoshReply): boolean {
    const held = this.#held.find((one) => one.rid === rid);
    if (held !== undefined) {
      held.cancel();
      held.reply.cut();
      this.#held = this.#held.filter((one) => one !== held);
      this.#park(rid, reply);
      this.#answerDue();
      return true;
    }
    const answer = this.#answers.get(rid);
    if (answer !== undefined) {
      reply.answer(answer);
      return true;
    }
    // Worked on but given up before it was answered: what has been said since goes into this one.
    if (rid < this.#next - kept) return false;
    this.#park(rid, reply);
    this.#answerDue();
    return true;
  }

  #park(rid: number, reply: BoshReply): void {
    const held: Held = { rid, reply, cancel: () => {} };
    held.cancel = this.#options.clock.after(this.#wait * 1000, () => this.#waited(held));
    this.#held = [...this.#held, held].sort((a, b) => a.rid - b.rid);
    this.#stopInactivity();
  }

  #waited(held: Held): void {
    if (!this.#held.includes(held)) return;
    // A muted stream does not even say that it has nothing to say.
    if (this.#silent) held.cancel = this.#options.clock.after(this.#wait * 1000, () => this.#waited(held));
    else this.#reply(held);
  }

  /** Answers what is to be answered now: everything at the end, otherwise the oldest request when there is news or one too many. */
  #answerDue(): void {
    if (this.#silent) return;
    // The first answer has to name the stream.
    if (this.#creation !== undefined && this.#header === undefined && this.#terminal === undefined) return;
    while (
      this.#held.length > 0 &&
      (this.#terminal !== undefined ||
        this.#creation !== undefined ||
        this.#outgoing.length > 0 ||
        this.#held.length > this.#hold)
    ) {
      const [oldest] = this.#held;
      if (oldest === undefined) break;
      this.#reply(oldest);
    }
    if (this.#terminal !== undefined) {
      for (const { reply } of this.#early.values()) reply.answer(bodyText({ type: "terminate" }));
      this.#early.clear();
    }
  }

  #reply(held: Held): void {
    held.cancel();
    this.#held = this.#held.filter((one) => one !== held);
    const attributes = {
      ...this.#creation,
      ...(this.#creation !== undefined &&
        this.#header !== undefined && { from: this.#header.from, authid: this.#header.id }),
      ...(this.#terminal !== undefined && !this.#told && this.#terminal),
      ...(this.#told && { type: "terminate" }),
    };
    const text = bodyText(attributes, this.#outgoing);
    this.#creation = undefined;
    this.#outgoing = [];
    if (this.#terminal !== undefined) this.#told = true;
    this.#answers.set(held.rid, text);
    for (const old of this.#answers.keys()) if (old <= held.rid - kept) this.#answers.delete(old);
    held.reply.answer(text);
    this.#watchInactivity();
  }

  /** Between two requests the client has this long to come back; an ended session waits as long to tell its end. */
  #watchInactivity(): void {
    this.#stopInactivity();
    if (this.#held.length > 0) return;
    this.#stopInactivity = this.#options.clock.after(this.#options.settings.inactivity * 1000, () => {
      this.#connection.lost(false);
      this.#over();
    });
  }

  get #silent(): boolean {
    return this.#options.server.isMuted(this.#connection);
  }

  #over(): void {
    this.#stopInactivity();
    for (const { cancel } of this.#held) cancel();
    this.#options.server.forget(this.#connection);
    this.#options.onOver();
  }
}
