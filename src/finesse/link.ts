/// <reference path="./xmpp.d.ts" />
import { type Element, xml } from "@xmpp/client";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { LinkEnd, NotificationLink, NotificationOptions, Update } from "./contract.ts";
import { keepAlive } from "./keep-alive.ts";
import { findNotifications, type Notification, readNotification } from "./parse-stanza.ts";
import { Requests } from "./requests.ts";
import { credentialsRefused } from "./rest-answer.ts";
import { SocketFailure } from "./transports/socket-failure.ts";
import type { Transport } from "./transports/transport.ts";
import { createXmppClient, namespaces } from "./xmpp-client.ts";
import {
  conditionOf,
  localName,
  pingStanza,
  sessionStanza,
  splitJid,
  subscriptionStanza,
  treeOf,
} from "./xmpp-stanzas.ts";
import { pingKind } from "./xmpp-trace.ts";

/** Milliseconds the server gets for the polite end of a stream; close() takes twice that at most. */
const closingTime = 900;
const saslUserFaults = new Set([
  "not-authorized",
  "invalid-authzid",
  "account-disabled",
  "credentials-expired",
]);

/** Milliseconds: for the transport to connect, and for everything until the link is up. */
export interface TimeLimits {
  socket: number;
  all: number;
}

/**
 * Connects over the transport, signs in, binds, sends presence and waits for `finesse@` (§12). Rejects with CtiError, or with
 * SocketFailure while the transport itself has not connected, so that another one may be tried.
 */
export function openLink(
  options: NotificationOptions,
  transport: Transport,
  limits: TimeLimits,
): Promise<NotificationLink> {
  return new Link(options, transport).open(limits);
}

class Link {
  readonly #options: NotificationOptions;
  readonly #transport: Transport;
  readonly #xmpp: ReturnType<typeof createXmppClient>;
  readonly #domain: string;
  readonly #own: string;
  readonly #requests: Requests;
  readonly #others = new Set<string>();
  readonly #failed = Promise.withResolvers<never>();
  readonly #present = Promise.withResolvers<void>();
  #phase: "connecting" | "signing in" | "waiting" | "up" | "ended" = "connecting";
  #ended = false;
  #offersSession = false;
  #stopPings: () => void = () => {};
  #closed: Promise<void> | undefined;

  constructor(options: NotificationOptions, transport: Transport) {
    const { systemInfo, userId, password, resource } = options;
    this.#options = options;
    this.#transport = transport;
    this.#domain = systemInfo.xmppDomain;
    this.#own = `${userId.toLowerCase()}@${this.#domain.toLowerCase()}`;
    this.#xmpp = createXmppClient({ transport, domain: this.#domain, userId, password, resource });
    this.#requests = new Requests((stanza) => this.#xmpp.send(stanza), options.clock, this.#peer);
    // Someone may be told of the failure before anyone waits for it.
    this.#failed.promise.catch(() => {});
    this.#xmpp.on("error", (error: unknown) => this.#onError(error));
    this.#xmpp.on("disconnect", () => this.#lost("the connection was closed"));
    this.#xmpp.prependListener("element", (element: Element) => this.#onElement(element));
    this.#xmpp.on("stanza", (stanza: Element) => this.#onStanza(stanza));
  }

  async open(limits: TimeLimits): Promise<NotificationLink> {
    const { clock, signal, systemInfo, handlers, pingInterval = 10_000 } = this.#options;
    const cancelTimeout = clock.after(limits.all, () => this.#fail(this.#tooLate(limits.all)));
    const giveUp = () =>
      this.#fail(new CtiError({ code: "interrupted", message: "connecting to notifications was given up" }));
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      this.#xmpp.timeout = limits.all;
      await this.#connect(limits.socket);
      this.#phase = "signing in";
      // Not start(): while the stream opens, its own wait for "online" is rejected with nobody listening, which ends the process.
      const online = new Promise((resolve) => this.#xmpp.once("online", resolve));
      await this.#orFailed(this.#xmpp.open({ domain: this.#domain }));
      await this.#orFailed(online);
      if (this.#offersSession) await this.#orFailed(this.#requests.ask(sessionStanza(), limits.all));
      this.#phase = "waiting";
      await this.#orFailed(this.#xmpp.send(xml("presence")));
      await this.#orFailed(this.#present.promise);
      if (this.#ended) await this.#failed.promise;
      this.#phase = "up";
    } catch (thrown) {
      if (thrown instanceof SocketFailure) {
        this.#ended = true;
        this.#transport.destroy();
        throw thrown;
      }
      // The library says what it saw last; what came first is the reason.
      const error = this.#ended ? await this.#failed.promise.catch((first: unknown) => first) : thrown;
      this.#ended = true;
      await this.#shutDown();
      throw toCtiError(error);
    } finally {
      cancelTimeout();
      signal?.removeEventListener("abort", giveUp);
    }
    this.#stopPings = keepAlive({
      clock,
      interval: pingInterval,
      ping: () => this.#requests.ask(pingStanza(this.#domain), pingInterval, pingKind),
      onRoundTrip: (milliseconds) => tell(() => handlers.onRoundTrip(milliseconds)),
      onDead: (words) => this.#lost(words),
    });
    return {
      transport: this.#transport.name,
      jid: this.#xmpp.jid?.toString() ?? "",
      subscribe: (node) => this.#subscription("subscribe", systemInfo.xmppPubSubDomain, node),
      unsubscribe: (node) => this.#subscription("unsubscribe", systemInfo.xmppPubSubDomain, node),
      close: () => this.#close(),
    };
  }

  async #connect(timeLimit: number): Promise<void> {
    const cancel = this.#options.clock.after(timeLimit, () => this.#lost(this.#transport.silence));
    try {
      await this.#orFailed(this.#xmpp.connect(this.#transport.service));
    } catch (thrown) {
      if (thrown instanceof CtiError && thrown.code === "interrupted") throw thrown;
      throw new SocketFailure(this.#transport.failure(thrown));
    } finally {
      cancel();
    }
  }

  #orFailed<Value>(promise: Promise<Value>): Promise<Value> {
    return Promise.race([promise, this.#failed.promise]);
  }

  #onElement(element: Element): void {
    if (element.is("features", namespaces.stream)) {
      const session = element.getChild("session", namespaces.session);
      this.#offersSession =
        session !== undefined && session.getChild("optional", namespaces.session) === undefined;
    } else if (localName(element) === "failure" && element.getNS() === namespaces.sasl) {
      this.#fail(this.#saslError(element));
    }
  }

  #onStreamError(element: Element): void {
    const { condition, words } = conditionOf(element);
    if (condition === "conflict") {
      this.#finish({ reason: "conflict" }, () => signedInElsewhere(this.#own));
    } else if (condition === "not-authorized") {
      const error = credentialsRefused({ peer: this.#peer, username: this.#options.userId }, words);
      this.#finish({ reason: "credentials", error }, () => error);
    } else {
      this.#lost(`the server ended the stream: ${words}`);
    }
  }

  #saslError(failure: Element): CtiError {
    const { condition, words } = conditionOf(failure);
    if (saslUserFaults.has(condition) || condition === "undefined-condition") {
      return credentialsRefused({ peer: this.#peer, username: this.#options.userId }, words);
    }
    return unreachable(this.#peer, `sign-in failed: ${words}`);
  }

  #onStanza(stanza: Element): void {
    if (this.#ended) return;
    switch (localName(stanza)) {
      case "iq":
        return this.#requests.onIq(stanza);
      case "presence":
        return this.#onPresence(stanza);
      case "message":
        return this.#onMessage(stanza);
    }
  }

  #onPresence(stanza: Element): void {
    const { type, from = "" } = stanza.attrs;
    if (type !== undefined && type !== "unavailable") return;
    const available = type === undefined;
    const { local, domain, resource } = splitJid(from);
    const { handlers } = this.#options;
    if (local === "finesse") {
      tell(() => handlers.onFinessePresence(available));
      if (available) this.#present.resolve();
    } else if (`${local}@${domain}` === this.#own && resource !== "" && resource !== this.#resource) {
      const before = this.#others.size;
      if (available) this.#others.add(resource);
      else this.#others.delete(resource);
      if (this.#others.size !== before) tell(() => handlers.onOtherResources([...this.#others].sort()));
    }
  }

  #onMessage(stanza: Element): void {
    const { handlers } = this.#options;
    if (stanza.attrs.type === "error") return;
    for (const notification of this.#notificationsOf(stanza)) {
      const { payload } = notification;
      let update: Update;
      try {
        update = readNotification(notification);
      } catch (thrown) {
        const text = typeof payload === "string" ? payload : stanza.toString();
        tell(() => handlers.onUnreadable(toCtiError(thrown), text));
        continue;
      }
      tell(() => handlers.onUpdate(update));
    }
  }

  #notificationsOf(stanza: Element): Notification[] {
    try {
      return findNotifications(treeOf(stanza));
    } catch (thrown) {
      tell(() => this.#options.handlers.onUnreadable(toCtiError(thrown), ""));
      return [];
    }
  }

  async #subscription(verb: "subscribe" | "unsubscribe", service: string, node: string): Promise<void> {
    const { connectTimeout = 10_000 } = this.#options;
    if (this.#ended) throw unreachable(this.#peer, "the link has ended");
    const jid = this.#xmpp.jid?.toString() ?? "";
    const answer = await this.#requests.ask(subscriptionStanza(verb, service, node, jid), connectTimeout);
    if (answer.attrs.type !== "error") return;
    const error = answer.getChildElements().find((part) => localName(part) === "error");
    throw new CtiError({
      code: "refused",
      message: `Finesse refused to ${verb} ${verb === "subscribe" ? "to" : "from"} ${node}`,
      why: conditionOf(error).words,
      hint: "teams need a supervisor of that team, queues Unified CCE",
      details: { node },
    });
  }

  #onError(error: unknown): void {
    // A stream error comes here before it comes as an element.
    const { element } = (error ?? {}) as { element?: Element };
    if (element?.is("error", namespaces.stream) === true) this.#onStreamError(element);
    else this.#lost(wordsOf(error));
  }

  #lost(words: string): void {
    const error = unreachable(this.#peer, words);
    this.#finish({ reason: "lost", error }, () => error);
  }

  /** Before the link is up its end is the rejection of connect; afterwards `onEnd`. */
  #finish(end: LinkEnd, rejection: () => CtiError): void {
    if (this.#ended) return;
    if (this.#phase !== "up") return this.#fail(rejection());
    this.#ended = true;
    this.#stopPings();
    this.#requests.rejectAll(rejection());
    void this.#shutDown();
    tell(() => this.#options.handlers.onEnd(end));
  }

  #fail(error: CtiError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failed.reject(error);
  }

  #close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async #leave(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopPings();
    this.#requests.rejectAll(unreachable(this.#peer, "the link has ended"));
    await this.#xmpp.send(xml("presence", { type: "unavailable" })).catch(() => {});
    await this.#shutDown();
    tell(() => this.#options.handlers.onEnd({ reason: "closed" }));
  }

  /** The stream's end as far as the server plays along, then the socket's without asking it. */
  async #shutDown(): Promise<void> {
    this.#phase = "ended";
    this.#xmpp.timeout = closingTime;
    let cancel: () => void = () => {};
    const enough = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(2 * closingTime, resolve);
    });
    // stop() rejects where there is no stream or socket left to close.
    await Promise.race([this.#xmpp.stop().catch(() => {}), enough]);
    cancel();
    this.#transport.destroy();
  }

  #tooLate(timeLimit: number): CtiError {
    const stage = {
      connecting: "the connection did not open",
      "signing in": "sign-in to the notification service was not completed",
      waiting: `no presence of finesse@${this.#domain} came`,
      up: "",
      ended: "",
    }[this.#phase];
    return new CtiError({
      code: "timeout",
      message: `notifications from ${this.#peer} were not there within ${timeLimit / 1000} s`,
      why: stage,
      hint: "Finesse's notification service may be restarting: wait a minute, then try again",
      details: { service: this.#transport.service },
    });
  }

  get #peer(): string {
    return new URL(this.#transport.service).host;
  }

  get #resource(): string {
    return splitJid(this.#xmpp.jid?.toString() ?? "").resource || this.#options.resource;
  }
}

function unreachable(peer: string, why: string): CtiError {
  return new CtiError({
    code: "notifications-unreachable",
    message: `the notification link to ${peer} is gone`,
    why,
    hint: "events cannot be received until it is back: cti status shows when the next attempt is made",
  });
}

function signedInElsewhere(jid: string): CtiError {
  return new CtiError({
    code: "signed-in-elsewhere",
    message: `${jid} has signed in elsewhere with the same resource`,
    why: "conflict",
    hint: "sign out there first",
  });
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A handler that throws is a bug of its own, not one of the server's: it must not end up in the library's parser. */
function tell(report: () => void): void {
  try {
    report();
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
