import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import { bodyText } from "./bosh-body.ts";
import { boshDefaults, type BoshReply, BoshSession, type BoshSettings } from "./bosh.ts";
import { ns } from "./namespaces.ts";
import { parseElement, XmlError } from "./parser.ts";
import { randomText } from "./pubsub.ts";
import type { XmppServer } from "./server.ts";
import type { XmlElement } from "./xml.ts";

/** Characters a request's body may have. */
const bodyLimit = 512 * 1024;

/** What became of a request that no session answers. */
export interface BoshRefusal {
  status: number;
  body: string;
}

/** The sessions of one `/http-bind/`: finds the one a request belongs to, or begins it. */
export class BoshSessions {
  readonly #sessions = new Map<string, BoshSession>();
  readonly #server: XmppServer;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settings: BoshSettings;

  constructor(server: XmppServer, clock: Clock, random: Random, settings: Partial<BoshSettings> = {}) {
    this.#server = server;
    this.#clock = clock;
    this.#random = random;
    this.#settings = { ...boshDefaults, ...settings };
  }

  /** Takes one request. Returns its session, which answers in its own time, or why there is none. */
  take(text: string, reply: BoshReply): BoshSession | BoshRefusal {
    let body: XmlElement;
    try {
      body = parseElement(text, bodyLimit);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      return refusal(400, "bad-request");
    }
    const rid = Number(body.attributes.rid);
    // A rid beyond what a double holds exactly could not be counted on (XEP-0124 §7.1).
    if (!body.is("body", ns.httpBind) || !Number.isSafeInteger(rid) || rid <= 0)
      return refusal(400, "bad-request");
    const { sid } = body.attributes;
    if (sid === undefined) return this.#begin(body, rid, reply);
    const session = this.#sessions.get(sid);
    // Openfire keeps the old HTTP codes for sessions it does not know.
    if (session === undefined) return refusal(404, "item-not-found");
    if (session.request(body, rid, reply)) return session;
    session.terminate("item-not-found");
    return refusal(404, "item-not-found");
  }

  /** Ends all of them with whatever they still have to say. */
  stop(): void {
    for (const session of this.#sessions.values()) session.stop();
  }

  #begin(body: XmlElement, rid: number, reply: BoshReply): BoshSession {
    const session: BoshSession = new BoshSession({
      server: this.#server,
      clock: this.#clock,
      settings: this.#settings,
      sid: randomText(this.#random, 12),
      onOver: () => void this.#sessions.delete(session.sid),
    });
    this.#sessions.set(session.sid, session);
    session.create(body, rid, reply);
    return session;
  }
}

function refusal(status: number, condition: string): BoshRefusal {
  return { status, body: bodyText({ type: "terminate", condition }) };
}
