import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { Publication, SimBackend } from "../contract.ts";
import { Connection, type StreamHost, type StreamTransport } from "./connection.ts";
import { answerIq } from "./iq.ts";
import { bareJid } from "./jid.ts";
import { ns } from "./namespaces.ts";
import { notification, randomText, standardVariations, Subscriptions, type Variations } from "./pubsub.ts";
import { element, type XmlElement } from "./xml.ts";

/** `absent`: never announced, as on a node where Finesse did not start; `unavailable`: Finesse Tomcat went down (§15). */
export type FinessePresence = "available" | "unavailable" | "absent";

export interface XmppServerOptions {
  backend: SimBackend;
  clock: Clock;
  random: Random;
  variations?: Partial<Variations>;
  /** Called after a stream became available or unavailable. */
  onPresenceChange?: () => void;
}

/** One signed-in stream, for people and programs that look into the simulator. */
export interface StreamState {
  agent: string;
  resource: string;
  transport: string;
  available: boolean;
  muted: boolean;
}

export interface XmppState {
  domain: string;
  finesse: FinessePresence;
  /** Added to everything the server sends, milliseconds of the simulator's clock. */
  delay: number;
  streams: StreamState[];
  subscriptions: { node: string; jid: string }[];
}

interface Presence {
  stanza: XmlElement;
  priority: number;
}

/** The notification service: streams, presence and pub/sub of reference/finesse.md §12 and §13, on any transport. */
export class XmppServer {
  readonly #options: XmppServerOptions;
  readonly #variations: Variations;
  readonly #subscriptions = new Subscriptions();
  /** Agent id to resource to bound stream. */
  readonly #bound = new Map<string, Map<string, Connection>>();
  readonly #open = new Set<Connection>();
  readonly #presence = new Map<Connection, Presence>();
  readonly #muted = new Set<string>();
  readonly #lastSend = new WeakMap<Connection, number>();
  readonly #host: StreamHost;
  #allMuted = false;
  #delay = 0;
  #finesse: FinessePresence = "available";

  constructor(options: XmppServerOptions) {
    this.#options = options;
    this.#variations = { ...standardVariations, ...options.variations };
    this.#host = {
      domain: options.backend.xmppDomain,
      newId: () => randomText(options.random, 10),
      authenticate: (user, password) => this.#authenticate(user, password),
      resolveUser: (name) => options.backend.resolveUser(name),
      bound: (connection) => this.#onBound(connection),
      stanza: (connection, stanza) => this.#onStanza(connection, stanza),
      ended: (connection, clean) => this.#onEnded(connection, clean),
      deliver: (connection, task) => this.#deliver(connection, task),
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

  /** Cuts the streams of one user, or of all, without a close frame. Returns how many. */
  kill(agentId?: string): number {
    const victims = [...this.#open].filter((one) => agentId === undefined || one.agentId === agentId);
    for (const victim of victims) victim.cut();
    return victims.length;
  }

  /** Half-open links: everything is accepted, nothing answered or delivered, for one user or for all. */
  mute(muted: boolean, agentId?: string): void {
    if (agentId === undefined) {
      this.#allMuted = muted;
      if (!muted) this.#muted.clear();
    } else if (muted) this.#muted.add(agentId);
    else this.#muted.delete(agentId);
  }

  /** Delays everything the server sends by `milliseconds` of the simulator's clock; the order is kept. */
  delayBy(milliseconds: number): void {
    this.#delay = milliseconds;
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
    this.mute(false);
    this.#delay = 0;
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
      delay: this.#delay,
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
  }

  #notify(publication: Publication, to: string, receivers: Connection[]): void {
    if (receivers.length === 0) return;
    const { random } = this.#options;
    const stanza = notification(publication, to, this.#host.domain, this.#variations, random);
    const times = this.#variations.duplicates > 0 && random() < this.#variations.duplicates ? 2 : 1;
    for (const receiver of receivers) for (let sent = 0; sent < times; sent++) receiver.send(stanza);
  }

  /** Whether nothing must reach this client now. */
  isMuted(connection: Connection): boolean {
    return this.#allMuted || this.#muted.has(connection.agentId);
  }

  #deliver(connection: Connection, task: () => void): void {
    if (this.isMuted(connection)) return;
    const { clock } = this.#options;
    const now = clock.now();
    const due = Math.max(now + this.#delay, this.#lastSend.get(connection) ?? 0);
    if (due <= now) return task();
    this.#lastSend.set(connection, due);
    clock.after(due - now, task);
  }
}

/** What one resource of a user is told of another: its show and status, as it sent them. */
function presenceOf(from: Connection, stanza: XmlElement, to: Connection): XmlElement {
  const kept = stanza.elements
    .filter((child) => ["show", "status", "priority"].includes(child.name))
    .map((child) => element(child.name, {}, child.text));
  return element("presence", { from: from.jid, to: to.jid }, ...kept);
}

function undeliverable(connection: Connection, stanza: XmlElement): XmlElement {
  return element(
    "message",
    { type: "error", id: stanza.attributes.id, from: stanza.attributes.to, to: connection.jid },
    element("error", { type: "cancel" }, element("service-unavailable", { xmlns: ns.stanzaErrors })),
  );
}
