import type { CtiError } from "../../model/errors.ts";
import type { Advisory, Connect, Connection, ConnectionState, Session } from "../../openwire/contract.ts";
import { connect as openWireConnect } from "../../openwire/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import { lastingAddress } from "./broker-address.ts";
import { brokerProblem } from "./broker-problem.ts";
import type { GcBus, GcMessage, GcSettings } from "./contract.ts";
import { HeldConsumers } from "./held-consumers.ts";
import { Intake, textOf } from "./intake.ts";
import { Outlet, type OutletFigures } from "./outlet.ts";
import type { PeersBus } from "./peers.ts";
import type { PresenceBus } from "./presence.ts";
import { requestConsumers } from "./selectors.ts";
import { Standing } from "./standing.ts";

/** How the broker is. Addresses are without options and secrets. */
export type BusState =
  /** Not connected for the first time yet; `retryAt` in milliseconds since the epoch. */
  | { state: "connecting"; error: CtiError | undefined; retryAt: number | undefined }
  | { state: "up"; address: string; broker: string | undefined }
  | { state: "interrupted"; error: CtiError; retryAt: number | undefined }
  | { state: "closed" };

export interface BusOptions {
  settings: Pick<GcSettings, "broker" | "username" | "tls" | "queue" | "name" | "role" | "home">;
  password: string | undefined;
  clock: Clock;
  random: Random;
  /** Called synchronously with each request, in the order in which the broker gave them out; acknowledged when it returns. */
  onMessage: (message: GcMessage) => void;
  /** Called synchronously at each change. */
  onState: (state: BusState) => void;
  /** What went wrong and belongs to nobody: a refused message, a listener that failed. */
  onTrouble?: (problem: CtiError) => void;
  connect?: Connect;
}

/** Bytes under way to a topic before we wait for the broker: without it a full topic would stop the whole connection (openwire.md §12). */
const producerWindow = 256 * 1024;
/** Milliseconds until a connection that was refused for good is tried anew. */
const slowRetry = 30_000;
const fastRetry = 2000;
/** Milliseconds for what was said last to leave, and for the broker's farewell. */
const lastWords = 400;
const farewell = 1200;

/** The adapter's line to the broker: requests in, events out, and who else is there. Goes on by itself whatever happens to the broker. */
export class Bus implements GcBus, PeersBus, PresenceBus {
  readonly #options: BusOptions;
  readonly #intake: Intake;
  readonly #outlet = new Outlet();
  readonly #standing: Standing;
  readonly #held: HeldConsumers;
  readonly #abort = new AbortController();
  readonly #linkWatchers = new Set<(connection: string | undefined) => void>();
  #connection: Connection | undefined;
  #requests: Session | undefined;
  /** Of its own: closing `#requests` must not end it. */
  #sending: Promise<Session> | undefined;
  #declared = false;
  #state: BusState = { state: "connecting", error: undefined, retryAt: undefined };
  #upSince: number | undefined;
  #advisoriesWork = false;
  #ended: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: BusOptions) {
    this.#options = options;
    const { settings, clock, onMessage } = options;
    const onTrouble = (error: unknown): void => this.#trouble(error);
    this.#intake = new Intake({ queue: settings.queue, clock, onMessage, onTrouble });
    this.#standing = new Standing(onTrouble);
    this.#held = new HeldConsumers(settings, clock, onTrouble);
    // Of our own consumers at least the broker tells, if it tells of any.
    this.watchConsumers(`queue://${settings.queue}`, () => {});
  }

  /** Begins to connect. What stands in the way is told by `onState`. */
  start(): void {
    void this.#work();
  }

  get state(): BusState {
    const state = this.#connection?.state;
    // The broker says its name after it took us.
    return this.#state.state === "up" && state?.state === "connected"
      ? { ...this.#state, broker: state.brokerName }
      : this.#state;
  }

  get upSince(): number | undefined {
    return this.#upSince;
  }

  get advisoriesWork(): boolean {
    return this.#advisoriesWork;
  }

  get figures(): OutletFigures & { received: number; redelivered: number } {
    return { ...this.#intake.figures, ...this.#outlet.figures };
  }

  publish(destination: string, text: string): boolean {
    // A composite name or a wildcard would be more than one topic.
    return /^[^,*>?\s]{1,255}$/.test(destination) && this.#outlet.publish(destination, text);
  }

  /** The agents this connector works, of whom those away from home get consumers of their own (role `shared`). */
  setHeld(agents: Iterable<string>): void {
    this.#held.want(agents);
  }

  subscribe(topic: string, onText: (text: string | null) => void): () => void {
    return this.#standing.add(async (connection) => {
      const session = await connection.session({ acknowledge: "dups-ok" });
      const consumer = await session.consume(topicNamed(topic), { acknowledgeRange: 50 });
      consumer.listen((message) => onText(textOf(message)));
      return { [Symbol.asyncDispose]: () => session.close() };
    });
  }

  watchConsumers(destination: string, onAdvisory: (advisory: Advisory) => void): () => void {
    return this.#standing.add((connection) =>
      connection.watchConsumers(destination, (advisory) => {
        if (advisory.kind !== "other") this.#advisoriesWork = true;
        onAdvisory(advisory);
      }),
    );
  }

  watchLink(onLink: (connection: string | undefined) => void): () => void {
    this.#linkWatchers.add(onLink);
    onLink(this.#upSince === undefined ? undefined : this.#connection?.id);
    return () => void this.#linkWatchers.delete(onLink);
  }

  /** Within two seconds: what was published last leaves, then we. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #work(): Promise<void> {
    const { settings, password, clock, random, connect = openWireConnect } = this.#options;
    const { ca, cert, key, insecure } = settings.tls;
    while (!this.#abort.signal.aborted) {
      const ended = Promise.withResolvers<void>();
      this.#ended = ended.resolve;
      let refused = true;
      try {
        const connection = await connect(lastingAddress(settings.broker), {
          ...(settings.username !== undefined && { username: settings.username }),
          ...(password !== undefined && { password }),
          tls: {
            ...(ca.length > 0 && { ca }),
            ...(cert !== undefined && { cert }),
            ...(key !== undefined && { key }),
            insecure,
          },
          clock,
          random,
          signal: this.#abort.signal,
          onState: (state) => this.#onState(state),
          onError: (error) => this.#trouble(error),
        });
        this.#connection = connection;
        await this.#declare(connection);
        refused = false;
        await ended.promise;
      } catch (error) {
        this.#fail(brokerProblem(error));
      }
      this.#forget();
      if (this.#abort.signal.aborted) return;
      await this.#pause(refused ? slowRetry : fastRetry);
    }
  }

  /** Everything the connector wants of a new connection, the requests last: then it is ready for them. */
  async #declare(connection: Connection): Promise<void> {
    const { settings } = this.#options;
    const session = await connection.session({ acknowledge: "auto" });
    this.#requests = session;
    this.#standing.use(connection);
    await this.#standing.settled();
    this.#held.use((consumer) => this.#intake.consume(session, consumer));
    for (const consumer of requestConsumers(settings)) await this.#intake.consume(session, consumer);
    await this.#held.settled();
    this.#declared = true;
    if (connection.state.state === "connected") this.#onState(connection.state);
  }

  #onState(state: ConnectionState): void {
    switch (state.state) {
      case "connected": {
        if (!this.#declared) return;
        const connection = this.#connection;
        // The way back to the preferred broker is no interruption to the client, but another broker it is.
        if (this.#upSince !== undefined) for (const watcher of this.#linkWatchers) watcher(undefined);
        this.#upSince = this.#options.clock.now();
        this.#outlet.connected((destination) => this.#producer(destination));
        this.#become({ state: "up", address: state.address, broker: state.brokerName });
        for (const watcher of this.#linkWatchers) watcher(connection?.id);
        return;
      }
      case "interrupted":
        return this.#interrupted(brokerProblem(state.error), state.retryAt);
      case "closed":
        if (this.#declared && state.error !== undefined) this.#fail(brokerProblem(state.error));
        this.#ended?.();
        return;
    }
  }

  #interrupted(error: CtiError, retryAt: number | undefined): void {
    const wasUp = this.#upSince !== undefined;
    this.#upSince = undefined;
    // The next broker may have them off.
    this.#advisoriesWork = false;
    this.#outlet.interrupted("for-a-moment");
    this.#become({ state: this.#declared ? "interrupted" : "connecting", error, retryAt });
    if (wasUp) for (const watcher of this.#linkWatchers) watcher(undefined);
  }

  /** No connection, and none is being made until a while later. */
  #fail(error: CtiError): void {
    if (this.#abort.signal.aborted) return;
    const later = this.#declared ? fastRetry : slowRetry;
    this.#interrupted(error, this.#options.clock.now() + later);
  }

  #forget(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#requests = undefined;
    this.#sending = undefined;
    this.#declared = false;
    this.#outlet.interrupted("for-good");
    this.#standing.use(undefined);
    this.#held.use(undefined);
    void connection?.close();
  }

  async #close(): Promise<void> {
    const { clock } = this.#options;
    // Nothing more comes in, then the last words go out.
    await Promise.race([this.#requests?.close(), later(clock, lastWords)]);
    await Promise.race([this.#outlet.whenIdle(), later(clock, lastWords)]);
    this.#abort.abort();
    await Promise.race([this.#connection?.close(), later(clock, farewell)]);
    this.#upSince = undefined;
    this.#outlet.interrupted("for-good");
    this.#become({ state: "closed" });
  }

  async #producer(destination: string): ReturnType<Session["producer"]> {
    const connection = this.#connection;
    if (connection === undefined) throw new Error("there is no connection");
    this.#sending ??= connection.session();
    return (await this.#sending).producer(topicNamed(destination), { windowSize: producerWindow });
  }

  #become(state: BusState): void {
    if (this.#abort.signal.aborted && state.state !== "closed") return;
    this.#state = state;
    this.#options.onState(state);
  }

  #trouble(error: unknown): void {
    if (!this.#abort.signal.aborted) this.#options.onTrouble?.(brokerProblem(error));
  }

  #pause(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const cancel = this.#options.clock.after(milliseconds, wake);
    this.#abort.signal.addEventListener("abort", wake, { once: true });
    return promise.finally(() => {
      cancel();
      this.#abort.signal.removeEventListener("abort", wake);
    });
  }
}

function later(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}

function topicNamed(name: string): { type: "ActiveMQTopic"; physicalName: string } {
  return { type: "ActiveMQTopic", physicalName: name };
}
