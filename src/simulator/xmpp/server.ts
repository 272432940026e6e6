import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { Publication, SimBackend } from "../contract.ts";
import { Connection, type Cut, type StreamHost, type StreamTransport } from "./connection.ts";
import { answerIq } from "./iq.ts";
import { bareJid } from "./jid.ts";
import { Links } from "./links.ts";
import { ns } from "./namespaces.ts";
import { notification, randomText, standardVariations, Subscriptions, type Variations } from "./pubsub.ts";
import { presenceOf, undeliverable } from "./stanzas.ts";
import type { FinessePresence, XmppState } from "./state.ts";
import { element, type XmlElement } from "./xml.ts";

export interface XmppServerOptions {
  backend: SimBackend;
  clock: Clock;
  random: Random;
  variations?: Partial<Variations>;
  /** Called after a stream became available or unavailable. */
  onPresenceChange?: () => void;
}

interface Presence {
  stanza: XmlElement;
  priority: number;
}

/** The notification service: streams, presence and pub/sub of reference/finesse.md §12 and §13, on any transport. */
export class XmppServer {
  readonly #options: XmppServerOptions;
  readonly #standard: Variations;
  #variations: Variations;
  readonly #subscriptions = new Subscriptions();
  /** Agent id to resource to bound stream. */
  readonly #bound = new Map<string, Map<string, Connection>>();
  readonly #open = new Set<Connection>();
  readonly #presence = new Map<Connection, Presence>();
  readonly #links: Links;
  readonly #host: StreamHost;
  /** Milliseconds within which notifications may overtake each other. */
  #disorder = 0;
  #finesse: FinessePresence = "available";

  constructor(options: XmppServerOptions) {
    this.#options = options;
    this.#standard = { ...standardVariations, ...options.variations };
    this.#variations = this.#standard;
    this.#links = new Links(options.clock);
    this.#links.onGivenUp = (agentId) => void this.vanish(agentId, true);
    this.#host = {
      domain: options.backend.xmppDomain,
      newId: () => randomText(options.random, 10),
      authenticate: (user, password) => this.#authenticate(user, password),
      resolveUser: (name) => options.backend.resolveUser(name),
      bound: (connection) => this.#onBound(connection),
      stanza: (connection, stanza) => this.#onStanza(connection, stanza),
      ended: (connection, clean) => this.#onEnded(connection, clean),
      deliver: (connection, task) => this.#links.deliver(connection, task),
    };
    options.backend.onPublish((publication) => this.#publish(publication));
  }

  /** A client connected: the transport feeds the returned stream. */
  accept(transport: StreamTransport): Connection {
    const connection = new Connection(this.#host, transport);
    this.#open.add(connection);
    return connection;
  }

  /** The transport is done with this stream, signed in or not. */
  forget(connection: Connection): void {
    this.#open.delete(connection);
  }

  /** Cuts the streams of one user, or of all, without a word. Returns how many. */
  kill(agentId?: string, how: Cut = "close"): number {
    const victims = this.#streamsOf(agentId);
    for (const victim of victims) victim.cut(how);
    return victims.length;
  }

  /** Counts the clients as gone without telling them, as when their network died. Returns how many. `clean` as in `lost`. */
  vanish(agentId?: string, clean = false): number {
    const victims = this.#streamsOf(agentId);
    for (const victim of victims) {
      this.#links.haunt(victim);
      victim.vanish(clean);
    }
    return victims.length;
  }

  /** Half-open links: everything is accepted, nothing answered or delivered, for one user or for all. */
  mute(muted: boolean, agentId?: string): void {
    this.#links.mute(muted, agentId);
  }

  /** Whether nothing must reach this client now. */
  isMuted(connection: Connection): boolean {
    return this.#links.isMuted(connection);
  }

  /** Holds back all that is sent, to one user or to all, until healed: then it comes at once. */
  stall(agentId?: string): void {
    this.#links.stall(agentId);
  }

  /** Delays everything the server sends by `milliseconds` of the simulator's clock; the order is kept. */
  delayBy(milliseconds: number): void {
    this.#links.delayBy(milliseconds);
  }

  /** Lets notifications overtake each other: each comes up to `milliseconds` late. */
  disorder(milliseconds: number): void {
    this.#disorder = milliseconds;
  }

  /** Notifications look different from now on, until healed. */
  vary(change: Partial<Variations>): void {
    this.#variations = { ...this.#variations, ...change };
  }

  /** What `finesse@{domain}` shows; streams that are up are told of a change. */
  setFinessePresence(presence: FinessePresence): void {
    const before = this.#finesse;
    this.#finesse = presence;
    if (before === presence || presence === "absent") return;
    for (const connection of this.#presence.keys()) this.#sendFinessePresence(connection);
  }

  /** Forgets explicit subscriptions and takes all faults back; streams stay up. */
  reset(): void {
    this.#subscriptions.clear();
    this.heal();
  }

  /** Takes all faults back. */
  heal(): void {
    for (const ghost of this.#links.heal()) ghost.bury();
    this.#disorder = 0;
    this.#variations = this.#standard;
    this.setFinessePresence("available");
  }

  /** Says good-bye on every stream (RFC 6120 §4.9.3.19). */
  shutDown(): void {
    for (const connection of [...this.#open]) connection.fail("system-shutdown");
  }

  state(): XmppState {
    return {
      domain: this.#host.domain,
      finesse: this.#finesse,
      delay: this.#links.delay,
      streams: [...this.#bound.values()]
        .flatMap((resources) => [...resources.values()])
        .map((connection) => ({
          agent: connection.agentId,
          resource: connection.resource,
          transport: connection.transport,
          available: this.#presence.has(connection),
          muted: this.isMuted(connection),
        })),
      subscriptions: this.#subscriptions.list(),
    };
  }

  #authenticate(user: string, password: string): string | undefined {
    const { backend } = this.#options;
    // The password is looked at first, so that an unknown user costs the same and counts the same as a wrong one.
    if (backend.authenticate(user, password) !== "ok") return undefined;
    return backend.resolveUser(user);
  }

  #onBound(connection: Connection): void {
    const resources = this.#bound.get(connection.agentId) ?? new Map<string, Connection>();
    this.#bound.set(connection.agentId, resources);
    resources.get(connection.resource)?.fail("conflict", "the same address signed in again");
    resources.set(connection.resource, connection);
  }

  #onEnded(connection: Connection, clean: boolean): void {
    const resources = this.#bound.get(connection.agentId);
    if (resources?.get(connection.resource) === connection) resources.delete(connection.resource);
    this.#becomeUnavailable(connection, clean);
  }

  #onStanza(connection: Connection, stanza: XmlElement): void {
    if (stanza.localName === "iq") {
      const context = { backend: this.#options.backend, subscriptions: this.#subscriptions };
      const answer = answerIq(context, connection, stanza);
      if (answer !== undefined) connection.send(answer);
    } else if (stanza.localName === "presence") {
      this.#onPresence(connection, stanza);
    } else if (stanza.localName === "message") {
      if (stanza.attributes.type !== "error") connection.send(undeliverable(connection, stanza));
    } else {
      connection.fail("unsupported-stanza-type", `<${stanza.name}>`);
    }
  }

  #onPresence(connection: Connection, stanza: XmlElement): void {
    // Directed presence and subscriptions concern nobody here.
    if (stanza.attributes.to !== undefined) return;
    if (stanza.attributes.type === "unavailable") return this.#becomeUnavailable(connection, true);
    if (stanza.attributes.type !== undefined) return;
    const priority = Number.parseInt(stanza.child("priority")?.text ?? "0", 10) || 0;
    const before = this.#presence.get(connection);
    this.#presence.set(connection, { stanza, priority });
    const others = this.#available(connection.agentId).filter((other) => other !== connection);
    for (const other of others) other.send(presenceOf(connection, stanza, other));
    if (before === undefined) {
      for (const other of others) {
        const theirs = this.#presence.get(other)?.stanza;
        if (theirs !== undefined) connection.send(presenceOf(other, theirs, connection));
      }
      this.#tellBackend(connection.agentId, true);
    }
    const sawFinesse = before !== undefined && before.priority >= 0;
    if (priority >= 0 && !sawFinesse && this.#finesse === "available") this.#sendFinessePresence(connection);
  }

  #becomeUnavailable(connection: Connection, clean: boolean): void {
    if (!this.#presence.delete(connection)) return;
    for (const other of this.#available(connection.agentId))
      other.send(element("presence", { type: "unavailable", from: connection.jid, to: other.jid }));
    this.#tellBackend(connection.agentId, clean);
  }

  #tellBackend(agentId: string, clean: boolean): void {
    const resources = this.#available(agentId).map((connection) => connection.resource);
    this.#options.backend.presenceChanged(agentId, resources, clean);
    this.#options.onPresenceChange?.();
  }

  #available(agentId: string): Connection[] {
    return [...(this.#bound.get(agentId)?.values() ?? [])].filter((connection) =>
      this.#presence.has(connection),
    );
  }

  #sendFinessePresence(connection: Connection): void {
    connection.send(
      element("presence", {
        from: `finesse@${this.#host.domain}/finesse`,
        to: connection.jid,
        type: this.#finesse === "unavailable" ? "unavailable" : undefined,
      }),
    );
  }

  #publish(publication: Publication): void {
    for (const agentId of publication.automatic) {
      const receivers = this.#available(agentId).filter(
        (one) => (this.#presence.get(one)?.priority ?? -1) >= 0,
      );
      this.#notify(publication, `${agentId.toLowerCase()}@${this.#host.domain}`, receivers);
    }
    for (const jid of this.#subscriptions.subscribers(publication.node)) {
      const receivers = [...this.#presence.keys()].filter(
        (one) => one.jid === jid || bareJid(one.jid) === jid,
      );
      this.#notify(publication, jid, receivers);
    }
    // A user who no longer exists has no streams (Openfire's word for it).
    if (publication.removed !== undefined)
      for (const stream of this.#streamsOf(publication.removed)) stream.fail("not-authorized");
  }

  #notify(publication: Publication, to: string, receivers: Connection[]): void {
    if (receivers.length === 0) return;
    const { random } = this.#options;
    const stanza = notification(publication, to, this.#host.domain, this.#variations, random);
    const times = this.#variations.duplicates > 0 && random() < this.#variations.duplicates ? 2 : 1;
    const { clock } = this.#options;
    for (const receiver of receivers) {
      for (let sent = 0; sent < times; sent++) {
        if (this.#disorder === 0) receiver.send(stanza);
        else clock.after(random() * this.#disorder, () => receiver.send(stanza));
      }
    }
  }

  #streamsOf(agentId: string | undefined): Connection[] {
    return [...this.#open].filter((one) => !one.ended && (agentId === undefined || one.agentId === agentId));
  }
}
