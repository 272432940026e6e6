import type { FinesseNode, LinkEnd, Update } from "../finesse/contract.ts";
import type { CtiEventBody } from "../model/events.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { TransportChoice } from "../model/settings.ts";
import type { LinkStatus } from "../model/status.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import type { Secret } from "../platform/secret.ts";
import { backoff } from "./backoff.ts";
import type { Connection, FinesseAccess } from "./connection.ts";
import { connect, hostOf, outOfService } from "./connection.ts";

export interface LinkOptions {
  access: FinesseAccess;
  nodes: readonly FinesseNode[];
  transport: TransportChoice | undefined;
  username: string;
  password: Secret;
  clock: Clock;
  random: Random;
  trace: WireTrace | undefined;
  emit(event: CtiEventBody): void;
  onUpdate(update: Update): void;
  /** Reads the agent whole over a connection; called after each connect and each return to service, before it counts as up. */
  load(connection: Connection): Promise<void>;
  /** The status changed in any way. */
  onChange(): void;
}

export type ServiceState = "in-service" | "out-of-service" | "unknown";

/** Errors that trying again cannot mend and that trying again makes worse: the fifth wrong password locks the user (§2). */
const fatal = new Set<string>(["credentials-refused", "locked-out", "signed-in-elsewhere"]);

/** Milliseconds between looks at SystemInfo while Finesse is out of service, before jitter. */
const serviceCheck = 5_000;

/**
 * Keeps one agent connected to one of the nodes: connects, notices loss, reconnects with back-off and jitter, and tells service from
 * link. Never reconnects after a conflict or refused credentials (design §5.8).
 */
export class Link {
  readonly #options: LinkOptions;
  #status: LinkStatus;
  #service: ServiceState = "unknown";
  #shared: string[] = [];
  #connection: Connection | undefined;
  /** Raised at each loss and at close, so that whatever an older attempt still brings is thrown away. */
  #generation = 0;
  #attempt = 0;
  /** The error code last told as a disconnection; an outage of an hour is told once, not at each attempt. */
  #trouble: string | undefined;
  #lastNode: FinesseNode | undefined;
  #cancelTimer: (() => void) | undefined;
  #closed = false;
  readonly #waiters = new Set<() => void>();

  constructor(options: LinkOptions) {
    this.#options = options;
    const [first] = options.nodes;
    if (first === undefined)
      throw new CtiError({
        code: "config-invalid",
        message: "no Finesse address is given",
        hint: "give one with --finesse https://host:8445",
      });
    this.#status = { state: "closed", since: this.#time(), node: hostOf(first) };
  }

  get status(): LinkStatus {
    return this.#status;
  }

  get service(): ServiceState {
    return this.#service;
  }

  get shared(): string[] {
    return this.#shared;
  }

  get connection(): Connection | undefined {
    return this.#status.state === "connected" ? this.#connection : undefined;
  }

  /** First connection, one try at each node. Throws what stood in the way and then stays closed. */
  async open(): Promise<void> {
    try {
      await this.#connectAny();
    } catch (error) {
      this.#set({ state: "closed", error: toCtiError(error).toJSON() });
      throw error;
    }
  }

  /** As `open`, but goes on trying by itself after a failure that time may mend. Resolves after the first attempt. */
  async resume(): Promise<void> {
    try {
      await this.#connectAny();
    } catch (error) {
      this.#lost(toCtiError(error));
    }
  }

  /** Resolves with the connection once it is up; rejects after `timeout` milliseconds, or at once where waiting is of no use. */
  async whenConnected(timeout: number): Promise<Connection> {
    const { clock } = this.#options;
    const deadline = clock.now() + timeout;
    for (;;) {
      const connection = this.connection;
      if (connection !== undefined) return connection;
      const { state, error, retryAt } = this.#status;
      if (state === "conflict") throw signedInElsewhere(this.#options.username);
      const hopeless = state === "closed" || (state === "disconnected" && retryAt === undefined);
      const left = deadline - clock.now();
      if (hopeless || left <= 0) throw this.#whyNotConnected(error);
      await new Promise<void>((resolve) => {
        const wake = () => {
          cancel();
          this.#waiters.delete(wake);
          resolve();
        };
        const cancel = clock.after(left, wake);
        this.#waiters.add(wake);
      });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#generation++;
    this.#cancelTimer?.();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#set({ state: "closed" });
    await connection?.close();
  }

  async #connectAny(): Promise<void> {
    const { nodes } = this.#options;
    // The node that served last comes first: its subscriptions still stand (§15).
    const order = [...nodes].sort((a, b) => Number(b === this.#lastNode) - Number(a === this.#lastNode));
    let failure: CtiError | undefined;
    for (const node of order) {
      try {
        await this.#connectTo(node);
        return;
      } catch (thrown) {
        const error = toCtiError(thrown);
        if (fatal.has(error.code) || this.#closed) throw error;
        failure = failure === undefined || order.length === 1 ? error : several(failure, error);
      }
    }
    throw failure ?? new CtiError({ code: "internal", message: "no Finesse node to try" });
  }

  async #connectTo(node: FinesseNode): Promise<void> {
    const { access, username, password, clock, trace, onUpdate, load, emit } = this.#options;
    const generation = ++this.#generation;
    const current = () => generation === this.#generation && !this.#closed;
    let ended: LinkEnd | undefined;
    if (this.#attempt === 0) emit({ type: "session.connecting", node: hostOf(node), attempt: 1 });
    // What went wrong last stays told until it works again.
    const { error } = this.#status;
    this.#set({ state: "connecting", node: hostOf(node), ...(error !== undefined && { error }) });
    // Declared before: the link may end between the moment it is up and the moment this function goes on.
    let connection: Connection | undefined = undefined;
    const opened = await connect({
      access,
      node,
      credentials: { username, password },
      clock,
      trace,
      transport: this.#options.transport,
      onUpdate: (update) => {
        if (!current()) return;
        if (update.kind === "system-info") this.#onSystemInfo(update.status, update.reason);
        else onUpdate(update);
      },
      onUnreadable: () => {
        // The trace has the text. What it might have told is fetched again.
        if (current() && this.#status.state === "connected") void this.#reload();
      },
      onFinessePresence: (available) => {
        if (!current()) return;
        if (!available) this.#outOfService("Finesse's web application went away");
        else if (this.#service === "out-of-service") void this.#checkService();
      },
      onOtherResources: (resources) => {
        if (!current()) return;
        const before = this.#shared;
        this.#shared = resources;
        if (resources.length > 0 && resources.join() !== before.join())
          emit({ type: "session.shared", resources });
        this.#options.onChange();
      },
      onRoundTrip: (roundTrip) => {
        if (!current()) return;
        this.#status = { ...this.#status, roundTrip };
      },
      onEnd: (end) => {
        ended = end;
        if (current() && connection !== undefined && this.#connection === connection) this.#onEnd(end);
      },
    });
    connection = opened;
    if (!current()) {
      await opened.close();
      throw new CtiError({ code: "session-lost", message: "the session was closed while it connected" });
    }
    try {
      await load(opened);
      if (ended !== undefined) throw endError(ended, this.#options.username);
    } catch (error) {
      await opened.close();
      throw error;
    }
    const before = this.#lastNode;
    this.#connection = opened;
    this.#lastNode = node;
    this.#attempt = 0;
    this.#trouble = undefined;
    this.#set({ state: "connected", node: hostOf(node), transport: opened.link.transport });
    emit({ type: "session.connected", node: hostOf(node), transport: opened.link.transport });
    if (before !== undefined && before !== node)
      emit({ type: "session.failed-over", from: hostOf(before), to: hostOf(node) });
    this.#inService();
  }

  #onEnd(end: LinkEnd): void {
    if (end.reason === "closed") return;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#shared = [];
    void connection?.rest.close();
    this.#lost(endError(end, this.#options.username));
  }

  /** Tells the loss once and plans the next attempt; later failures of the same loss change the status only. */
  #lost(error: CtiError): void {
    if (this.#closed) return;
    this.#generation++;
    this.#cancelTimer?.();
    const told = this.#trouble === error.code;
    this.#trouble = error.code;
    const node = this.#status.node;
    if (error.code === "signed-in-elsewhere") {
      this.#set({ state: "conflict", error: error.toJSON() });
      this.#options.emit({ type: "session.conflict", node });
      return;
    }
    if (error.code === "finesse-out-of-service" && this.#service !== "out-of-service") {
      this.#service = "out-of-service";
      this.#options.emit({ type: "service.out-of-service", node, why: error.why });
    }
    if (fatal.has(error.code)) {
      this.#set({ state: "disconnected", error: error.toJSON() });
      this.#options.emit({ type: "session.disconnected", node, error: error.toJSON() });
      return;
    }
    const delay = backoff(this.#attempt++, this.#options.random);
    const retryAt = new Date(this.#options.clock.now() + delay).toISOString();
    this.#set({ state: "disconnected", error: error.toJSON(), retryAt });
    if (!told) this.#options.emit({ type: "session.disconnected", node, error: error.toJSON(), retryAt });
    this.#cancelTimer = this.#options.clock.after(delay, () => void this.resume());
  }

  #onSystemInfo(status: string | undefined, reason: string | undefined): void {
    if (status === undefined) return;
    if (status === "IN_SERVICE") void this.#checkService();
    else this.#outOfService(reason);
  }

  #outOfService(why: string | undefined): void {
    if (this.#service === "out-of-service") return;
    this.#service = "out-of-service";
    this.#options.emit({ type: "service.out-of-service", node: this.#status.node, why });
    this.#options.onChange();
    this.#watchService();
  }

  /** The event that says "back" may be lost with whatever broke: look by ourselves too. */
  #watchService(): void {
    this.#cancelTimer?.();
    const { clock, random } = this.#options;
    this.#cancelTimer = clock.after(serviceCheck * (0.75 + random() / 2), () => void this.#checkService());
  }

  async #checkService(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#service !== "out-of-service") return;
    const generation = this.#generation;
    try {
      const info = await connection.rest.systemInfo();
      if (info.status !== "IN_SERVICE") throw outOfService(connection.node, info);
      await this.#options.load(connection);
      if (generation === this.#generation) this.#inService();
    } catch {
      if (generation === this.#generation) this.#watchService();
    }
  }

  #inService(): void {
    const before = this.#service;
    this.#service = "in-service";
    this.#cancelTimer?.();
    if (before === "out-of-service")
      this.#options.emit({ type: "service.in-service", node: this.#status.node });
    this.#options.onChange();
  }

  async #reload(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    try {
      await this.#options.load(connection);
    } catch {
      // The audit comes round again; a dead node shows itself by its pings.
    }
  }

  #set(status: Partial<LinkStatus> & { state: LinkStatus["state"] }): void {
    const { node } = this.#status;
    const changed = status.state !== this.#status.state;
    this.#status = { node, ...status, since: changed ? this.#time() : this.#status.since };
    for (const wake of [...this.#waiters]) wake();
    this.#options.onChange();
  }

  #whyNotConnected(error: LinkStatus["error"]): CtiError {
    return error === undefined
      ? new CtiError({
          code: "finesse-unreachable",
          message: `not connected to Finesse at ${this.#status.node}`,
          hint: "cti status shows when the next attempt is made",
        })
      : new CtiError(error);
  }

  #time(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

function signedInElsewhere(agent: string): CtiError {
  return new CtiError({
    code: "signed-in-elsewhere",
    message: `agent ${agent} was signed in from another place, which took this session's place`,
    why: "XMPP stream error: conflict",
    hint: `to work here again: cti login -a ${agent} -e EXTENSION`,
  });
}

function endError(end: LinkEnd, agent: string): CtiError {
  if (end.reason === "lost" || end.reason === "credentials") return end.error;
  if (end.reason === "conflict") return signedInElsewhere(agent);
  return new CtiError({ code: "session-lost", message: "the notification link closed" });
}

/** Both nodes failed: the first one's error, with the second's words beside it. */
function several(first: CtiError, next: CtiError): CtiError {
  return new CtiError({
    ...first.toJSON(),
    why: [first.why, `then: ${next.message}${next.why === undefined ? "" : ` (${next.why})`}`]
      .filter((part) => part !== undefined)
      .join("; "),
  });
}
