import { Desk, type DeskPeers } from "../../../src/crm/generic-connector/desk.ts";
import type { GcMessage, GcSettings, Presence } from "../../../src/crm/generic-connector/contract.ts";
import type { AdapterLease, CommandOptions, CrmRecord, CtiPort, SignIn } from "../../../src/crm/adapter.ts";
import type { Agent, Contact, Reasons } from "../../../src/model/agent.ts";
import type { AgentCommand, Outcome } from "../../../src/model/commands.ts";
import { CtiError } from "../../../src/model/errors.ts";
import type { CtiEventBody } from "../../../src/model/events.ts";
import type { SessionStatus } from "../../../src/model/status.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import { agent as agentOf } from "../samples.ts";

/** A connector without Finesse: sessions are what the test says. */
export class FakePort implements CtiPort {
  readonly clock = new ManualClock();
  readonly random = seededRandom(1);
  readonly logged: string[] = [];
  readonly secrets: string[] = [];
  readonly sessions = new Map<string, SessionStatus>();
  /** `attach 1001`, `ready 1001`… in the order in which they came. */
  readonly asked: string[] = [];
  readonly keys: string[] = [];
  /** Of what was asked for, in that order; an attach has one, no key. */
  readonly causes: (string | undefined)[] = [];
  readonly traced: CrmRecord[] = [];
  readonly leases = new Set<string>();
  readonly released: string[] = [];
  password = "s3cret-pw";
  contacts: Contact[] = [];
  choices: Reasons = { notReady: [], logout: [], wrapUp: [] };
  /** What comes of a command; default: confirmed. */
  onExecute: (agent: string, command: AgentCommand) => Promise<Partial<Outcome>> = () => Promise.resolve({});
  onSignIn: (request: SignIn) => Promise<Partial<Outcome>> = () => Promise.resolve({});
  emit: (agent: string, event: CtiEventBody) => void = () => {};

  log(level: string, message: string, agent?: string): void {
    this.logged.push(`${level} ${agent ?? ""} ${message}`);
  }

  addSecret(secret: string): void {
    this.secrets.push(secret);
  }

  #causes = 0;

  newCause(): string {
    return `c-${String(++this.#causes).padStart(7, "0")}`;
  }

  trace(record: CrmRecord): void {
    this.traced.push(record);
  }

  healthChanged(): void {}

  // What this adapter owes goes out at once.
  owe(): void {}

  kept(): Map<string, never> {
    return new Map<string, never>();
  }

  wake(): void {}

  drained(): Promise<void> {
    return Promise.resolve();
  }

  async attach(
    { agent, password }: Omit<SignIn, "extension">,
    options: Pick<CommandOptions, "cause"> = {},
  ): Promise<Agent> {
    this.asked.push(`attach ${agent}`);
    this.causes.push(options.cause);
    await Promise.resolve();
    this.#prove(password);
    return this.sessions.get(agent)?.state ?? agentOf({ id: agent, state: "LOGOUT", extension: undefined });
  }

  async signIn(request: SignIn, { idempotencyKey, cause }: CommandOptions): Promise<Outcome> {
    const { agent, extension, password } = request;
    this.asked.push(`login ${agent}`);
    this.keys.push(idempotencyKey);
    this.causes.push(cause);
    await Promise.resolve();
    this.#prove(password);
    const given = await this.onSignIn(request);
    const outcome = given.outcome ?? "confirmed";
    if (outcome === "confirmed" && !this.sessions.has(agent)) {
      const state = agentOf({ id: agent, extension });
      this.session(agent, { extension, state });
      this.emit(agent, { type: "agent.changed", state, previous: "LOGOUT" });
    }
    return this.#outcome("login", agent, given);
  }

  async execute(
    agent: string,
    command: AgentCommand,
    { idempotencyKey, cause }: CommandOptions,
  ): Promise<Outcome> {
    const { verb, ...rest } = command;
    this.asked.push([verb, agent, ...Object.values(rest).map((each) => JSON.stringify(each))].join(" "));
    this.keys.push(idempotencyKey);
    this.causes.push(cause);
    await Promise.resolve();
    if (!this.sessions.has(agent)) throw new CtiError({ code: "not-signed-in", message: "not signed in" });
    return this.#outcome(verb, agent, await this.onExecute(agent, command));
  }

  status(agent: string): SessionStatus | undefined {
    return this.sessions.get(agent);
  }

  agents(): SessionStatus[] {
    return [...this.sessions.values()];
  }

  unattended(): undefined {
    return undefined;
  }

  layouts(): Promise<never[]> {
    return Promise.resolve([]);
  }

  reasons(): Promise<Reasons> {
    return Promise.resolve(this.choices);
  }

  phoneBook(): Promise<Contact[]> {
    return Promise.resolve(this.contacts);
  }

  queues(): Promise<never[]> {
    return Promise.resolve([]);
  }

  lease(agent: string, { id }: AdapterLease): void {
    this.leases.add(`${agent} ${id}`);
  }

  endLease(agent: string, id: string): void {
    this.leases.delete(`${agent} ${id}`);
  }

  release(agent: string): Promise<void> {
    this.released.push(agent);
    this.sessions.delete(agent);
    return Promise.resolve();
  }

  /** Makes or changes a session, without telling of it. */
  session(agent: string, given: Partial<SessionStatus> = {}): SessionStatus {
    const before = this.sessions.get(agent);
    const status: SessionStatus = {
      agent,
      extension: "42001",
      link: { state: "connected", since: "2026-01-05T09:00:00.000Z", node: "fin:8445" },
      service: "in-service",
      state: agentOf({ id: agent }),
      calls: [],
      shared: [],
      ...before,
      ...given,
    };
    this.sessions.set(agent, status);
    return status;
  }

  #prove(password: string): void {
    if (password !== this.password)
      throw new CtiError({ code: "credentials-refused", message: "Finesse refused the password" });
  }

  #outcome(verb: Outcome["verb"], agent: string, given: Partial<Outcome>): Outcome {
    return { verb, outcome: "confirmed", agent, cause: "c-1", message: "done", elapsed: 1, ...given };
  }
}

export class FakePresence implements Presence {
  readonly beats: string[] = [];
  readonly watched = new Set<string>();
  readonly absent = new Set<string>();
  beat(destination: string): void {
    this.beats.push(destination);
  }
  watch(destination: string): void {
    this.watched.add(destination);
  }
  forget(destination: string): void {
    this.watched.delete(destination);
  }
  isPresent(destination: string): boolean {
    return !this.absent.has(destination);
  }
  lastSeen(): number {
    return 0;
  }
}

export class FakePeers implements DeskPeers {
  readonly elsewhere = new Map<string, string[]>();
  held: ReadonlyMap<string, readonly string[]> = new Map();
  readonly taken: string[] = [];
  destinationsOf(agent: string): readonly string[] {
    return this.elsewhere.get(agent) ?? [];
  }
  isTheirs(destination: string): boolean {
    return [...this.elsewhere.values()].some((all) => all.includes(destination));
  }
  beat(): void {}
  update(held: ReadonlyMap<string, readonly string[]>): void {
    this.held = held;
  }
  took(agent: string): void {
    this.taken.push(agent);
  }
}

/** A desk with everything around it made of cardboard. */
export class Stage {
  readonly presence = new FakePresence();
  readonly peers = new FakePeers();
  /** `destination line`, in order. */
  readonly said: string[] = [];
  /** The broker takes what is said. */
  taken = true;
  readonly desk: Desk;
  #messages = 0;
  #events = 0;

  constructor(
    settings: Partial<Pick<GcSettings, "flavour" | "securePassword" | "staleAfter">> = {},
    key?: Buffer,
    readonly port = new FakePort(),
  ) {
    this.desk = new Desk({
      settings: {
        queue: "Connector1",
        staleAfter: 10_000,
        flavour: "text",
        securePassword: undefined,
        ...settings,
      },
      passwordKey: key,
      port: this.port,
      bus: {
        publish: (destination, text) => {
          this.said.push(`${destination} ${text}`);
          return this.taken;
        },
      },
      presence: this.presence,
      peers: this.peers,
      reserved: ["Connector1.peers"],
    });
    this.port.emit = (agent, event) => this.emit(agent, event);
  }

  /** Sends a request and waits until whatever needs no time has happened. */
  async send(type: string, body: string | null = null, given: Partial<GcMessage> = {}): Promise<void> {
    this.post(type, body, given);
    await this.settle();
  }

  post(type: string | null, body: string | null = null, given: Partial<GcMessage> = {}): void {
    this.desk.onMessage({
      id: `ID:client-${++this.#messages}`,
      type,
      body,
      redelivered: false,
      waited: 0,
      receivedAt: this.port.clock.now(),
      ...given,
    });
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  }

  emit(agent: string, event: CtiEventBody): void {
    const id = `0000001-${String(++this.#events).padStart(8, "0")}`;
    this.desk.onEvent({ id, at: new Date(this.port.clock.now()).toISOString(), agent, ...event });
  }

  /** What was said since the last look. */
  heard(): string[] {
    return this.said.splice(0);
  }

  /** The usual beginning: agent 1001 connected from `pc1` and signed in; nothing heard. */
  async signedIn(agent = "1001", destination = "pc1"): Promise<void> {
    await this.send(`Connect#${agent}`, `${destination},s3cret-pw`);
    await this.send(`Login#${agent}`, "s3cret-pw,42001");
    this.heard();
    this.port.asked.length = 0;
  }

  /** Call events as a session makes them: the session knows first. */
  call(agent: string, event: Extract<CtiEventBody, { call: unknown }>): void {
    const calls = (this.port.sessions.get(agent)?.calls ?? []).filter(({ id }) => id !== event.call.id);
    this.port.session(agent, { calls: event.type === "call.ended" ? calls : [...calls, event.call] });
    this.emit(agent, event);
  }
}
