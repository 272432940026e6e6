import { controlApi, type Hello, type StopAnswer, type StopRequest } from "../control/contract.ts";
import { lastKnownFile, lostAgent, readLastKnown } from "../control/last-known.ts";
import { createAdapter } from "../crm/catalogue.ts";
import { deliveryDesk } from "../crm/outbox/desk.ts";
import { Deliveries } from "../crm/outbox/outbox.ts";
import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { type Environment, socketPath, stateDirectory } from "../platform/paths.ts";
import type { Random } from "../platform/random.ts";
import type { Redactor } from "../platform/redact.ts";
import type { Store } from "../platform/sqlite.ts";
import { version } from "../platform/version.ts";
import type { Session, SessionOptions } from "../session/contract.ts";
import { Adapters, noAdapter } from "./adapters.ts";
import { adapterPort } from "./adapter-port.ts";
import { CommandMemory } from "./command-memory.ts";
import { ControlListener } from "./control-listener.ts";
import { openConnectorStore } from "./database.ts";
import { nextBoot } from "./event-id.ts";
import { EventLog } from "./event-log.ts";
import type { AdaptersStart, ConnectorArguments, GuardianMessage } from "./guardian-link.ts";
import { Interactions } from "./interactions.ts";
import { Journal } from "./journal.ts";
import { LastKnownWriter } from "./last-known-writer.ts";
import type { ProcessIdentity } from "../platform/process-identity.ts";
import { type Keeper, Registry } from "./registry.ts";
import { ControlServer } from "./server.ts";
import { stopAgents } from "./stop.ts";
import { Trace } from "./trace.ts";

export interface ConnectorOptions {
  options: ConnectorArguments;
  start: GuardianMessage & { type: "start" };
  environment: Environment;
  createSession: (options: SessionOptions) => Session;
  processes: ProcessIdentity;
  clock: Clock;
  random: Random;
  redactor: Redactor;
  log: Log;
  keeper: Keeper;
  /** It wants to end: asked by a face, or nobody needs it. */
  onEnd: (why: string) => void;
}

/** Milliseconds between two looks whether anybody still needs the connector. */
const idleLook = 1000;
/** Milliseconds that answers under way get at the end. */
const lastAnswers = 300;

/** The worker's parts put together: journal, sessions, control API. */
export class Connector {
  readonly #given: ConnectorOptions;
  readonly #store: Store;
  readonly #trace: Trace;
  readonly #registry: Registry;
  readonly #deliveries: Deliveries;
  readonly #adapters: Adapters | undefined;
  readonly #server: ControlServer;
  readonly #lastKnown: LastKnownWriter;
  readonly #events: EventLog;
  /** Milliseconds since the epoch of the last sign of life of the worker before this one. */
  readonly #lastSign: number | undefined;
  readonly #listener: ControlListener;
  #guardianPid: number | undefined;
  /** Milliseconds since the epoch of the last change of an agent. */
  #lastChange: number;
  #cancelIdle: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(given: ConnectorOptions) {
    this.#given = given;
    const { options, environment, clock, redactor, log, start } = given;
    const { recordVariables } = options;
    const directory = stateDirectory(environment, options.profile);
    this.#guardianPid = start.guardianPid;
    this.#lastChange = clock.now();
    const store = openConnectorStore(directory, (message) => log.write("error", `journal: ${message}`));
    this.#store = store;
    this.#trace = new Trace({ store, redactor, clock, recordVariables });
    const boot = nextBoot(store, clock.now());
    const interactions = new Interactions({ store, clock, recordVariables });
    this.#deliveries = new Deliveries({
      store,
      boot,
      clock,
      random: given.random,
      tell: (news) => events.appendAll(news),
    });
    const journal = new Journal({ store, riders: [interactions, this.#deliveries], recordVariables });
    const events: EventLog = new EventLog({
      journal,
      boot,
      clock,
      prepare: (event) => this.#adapters?.owe(event),
    });
    const path = lastKnownFile(environment, options.profile);
    // Read before it is written anew: what a connector before this one lost.
    const lost = readLastKnown(path);
    this.#registry = new Registry({
      ...given,
      events,
      store,
      interactions,
      memory: new CommandMemory(store, clock),
      trace: (record) => this.#trace.record(record),
      onChange: () => {
        this.#lastChange = clock.now();
        this.#lastKnown.changed();
      },
      notSignedIn: (agent) => notSignedIn(agent, options.profile, lost, clock.now()),
    });
    this.#events = events;
    this.#lastSign = lost?.livedUntil;
    this.#lastKnown = new LastKnownWriter({
      path,
      boot,
      socket: socketPath(environment, options.profile),
      clock,
      log,
      agents: () => this.#registry.brief(),
    });
    this.#adapters = start.adapters === undefined ? undefined : this.#makeAdapters(start.adapters, events);
    this.#server = new ControlServer({
      hello: () => this.#hello(),
      restarts: () => start.restarts,
      registry: this.#registry,
      events,
      trace: this.#trace,
      adapters: () => this.#adapters?.health() ?? [],
      askAdapter: (name, what, given) => {
        if (this.#adapters === undefined) return Promise.reject(noAdapter(name, undefined));
        return this.#adapters.ask(name, what, given);
      },
      deliveries: deliveryDesk(this.#deliveries),
      stop: (request) => this.#stop(request),
      redactor,
      clock,
      log,
    });
    this.#listener = new ControlListener({
      environment,
      profile: options.profile,
      clock,
      log,
      handle: (request) => this.#server.handle(request),
      onUnreachable: () => {
        // Nobody can ever sign in here again.
        if (!this.#needed) given.onEnd("it cannot be reached any more, and nobody is signed in");
      },
    });
  }

  /** True when the worker had to take the profile's lock itself. */
  get holdsLock(): boolean {
    return this.#listener.holdsLock;
  }

  /** The worker holds the profile's lock from now on. */
  lockTaken(): void {
    this.#listener.lockTaken();
  }

  /** Binds the socket, then takes the agents up again that the guardian kept. Throws CtiError when the socket cannot be had. */
  async serve(): Promise<void> {
    const { options, start, log } = this.#given;
    // Before anybody can sign in: what happens from the first event on is owed.
    await this.#adapters?.make(start.adapters?.adapters ?? []);
    await this.#listener.open();
    this.#tellGap(start.agents.map(({ settings }) => settings.agent));
    this.#registry.resume(start.agents);
    this.#lastKnown.write();
    // Nobody waits for a CRM: the control API serves already.
    void this.#adapters?.start();
    log.write(
      "info",
      `serving ${options.profile} as ${process.pid}, version ${version}, ${start.agents.length} agents`,
    );
    if (!options.foreground) this.#watchIdle();
  }

  /** Of agents whose session goes on: since when nobody watched them, told when somebody does again. */
  #tellGap(agents: readonly string[]): void {
    const from = this.#lastSign;
    if (agents.length === 0 || from === undefined) return;
    const waiting = new Set(agents);
    const unlisten = this.#events.listen(({ type, agent, at }) => {
      if (type !== "session.connected" || agent === undefined || !waiting.delete(agent)) return;
      if (waiting.size === 0) unlisten();
      // After the event it follows.
      queueMicrotask(() =>
        this.#events.append(
          { type: "session.gap", from: new Date(from).toISOString(), to: at },
          agent,
          undefined,
        ),
      );
    });
  }

  guardianLost(): void {
    this.#guardianPid = undefined;
  }

  /** Ends everything; nobody is signed out by that. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelIdle();
    // Written first: closing a session may change what it shows.
    this.#lastKnown.write(true);
    this.#lastKnown.close();
    await this.#adapters?.stop();
    await this.#listener.finish(lastAnswers);
    await this.#registry.close();
    await this.#listener.close();
    this.#trace.flush();
    this.#store.close();
  }

  async #stop(request: StopRequest): Promise<StopAnswer> {
    const answer = await stopAgents(this.#registry, request, this.#given.random);
    if (answer.stopped) setImmediate(() => this.#given.onEnd("stopped by a face"));
    return answer;
  }

  #hello(): Hello {
    const { options, start } = this.#given;
    return {
      api: controlApi,
      version,
      profile: options.profile,
      startedAt: start.startedAt,
      workerPid: process.pid,
      ...(this.#guardianPid !== undefined && { guardianPid: this.#guardianPid }),
      foreground: options.foreground,
    };
  }

  #makeAdapters({ site }: AdaptersStart, events: EventLog): Adapters {
    const { clock, random, redactor, log } = this.#given;
    return new Adapters({
      create: createAdapter,
      port: ({ adapter, ...made }) =>
        adapterPort({
          ...made,
          name: adapter.name,
          deliveries: this.#deliveries,
          registry: this.#registry,
          trace: (record) => this.#trace.recordCrm(record),
          site,
          clock,
          random,
          redactor,
          log,
        }),
      deliveries: this.#deliveries,
      events,
      clock,
      log,
    });
  }

  get #needed(): boolean {
    return this.#registry.agents.length > 0 || this.#registry.busy || this.#server.open > 0;
  }

  /** In the background, a connector without agents and faces goes away by itself. */
  #watchIdle(): void {
    const { clock, options, onEnd } = this.#given;
    this.#cancelIdle = clock.after(idleLook, () => {
      const quietSince = Math.max(this.#server.lastActivity, this.#lastChange);
      if (!this.#needed && clock.now() - quietSince >= options.grace * 1000) onEnd("nobody is signed in");
      else this.#watchIdle();
    });
  }
}

function notSignedIn(
  agent: string,
  profile: string,
  last: ReturnType<typeof readLastKnown>,
  now: number,
): CtiError {
  const lost = last?.known.agents.find((candidate) => candidate.agent === agent);
  if (last !== undefined && lost !== undefined) return lostAgent(lost, profile, last.livedUntil, now);
  return new CtiError({
    code: "not-signed-in",
    message: `agent ${agent} is not signed in here`,
    hint: `sign in first: cti login -a ${agent} -e EXTENSION`,
  });
}
