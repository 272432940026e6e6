import { PassThrough, Readable, Writable } from "node:stream";
import type { AdapterHealth } from "../../src/model/adapter.ts";
import type { AgentStatus, ConnectorStatus } from "../../src/control/contract.ts";
import { runCli } from "../../src/commands/cli.ts";
import type { CtiContext } from "../../src/commands/context.ts";
import type { Control } from "../../src/commands/control.ts";
import type { Agent } from "../../src/model/agent.ts";
import type { Call } from "../../src/model/call.ts";
import type { AgentCommand, Outcome } from "../../src/model/commands.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { DeliveriesAnswer, DeliveriesRequest, DeliveryStatus } from "../../src/model/delivery.ts";
import type { CtiEvent, CtiEventBody } from "../../src/model/events.ts";
import { plain } from "../../src/platform/terminal.ts";

/** The instant every test runs at. */
export const now = Date.UTC(2026, 0, 5, 9, 10, 0);

export function agent(overrides: Partial<Agent> = {}): Agent {
  return {
    id: "1001",
    loginName: "akhan",
    firstName: "Ayesha",
    lastName: "Khan",
    roles: ["Agent"],
    extension: "2001",
    state: "READY",
    stateChangeTime: "2026-01-05T09:05:48.000Z",
    pendingState: undefined,
    reasonCodeId: undefined,
    reason: undefined,
    team: { id: "1", name: "Sales" },
    teams: [],
    wrapUpOnIncoming: undefined,
    wrapUpOnOutgoing: undefined,
    wrapUpTimer: undefined,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
    ...overrides,
  };
}

export function call(overrides: Partial<Call> = {}): Call {
  return {
    id: "16804377",
    interaction: "i-1",
    parent: undefined,
    customer: undefined,
    direction: "in",
    type: "ACD_IN",
    state: "ALERTING",
    dialogState: "ALERTING",
    cause: undefined,
    party: "5551234",
    from: "5551234",
    to: "2001",
    dialedNumber: "8000",
    queue: { number: "5", name: "Orders" },
    startedAt: "2026-01-05T09:08:58.000Z",
    stateSince: "2026-01-05T09:08:58.000Z",
    actions: ["ANSWER"],
    participants: [],
    variables: {},
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: undefined,
    ...overrides,
  };
}

export function agentStatus(overrides: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: "1001",
    extension: "2001",
    link: {
      state: "connected",
      since: "2026-01-05T09:00:00.000Z",
      node: "localhost:8445",
      transport: "websocket",
      roundTrip: 3.4,
    },
    service: "in-service",
    state: agent(),
    calls: [],
    shared: [],
    unattended: { then: "keep", after: 60, leases: [] },
    finesse: ["https://localhost:8445"],
    insecure: false,
    ...overrides,
  };
}

export function connectorStatus(agents: AgentStatus[]): ConnectorStatus {
  return {
    api: 1,
    version: "0.1.0",
    profile: "default",
    startedAt: "2026-01-05T08:00:00.000Z",
    workerPid: 11,
    guardianPid: 10,
    foreground: false,
    memory: 1,
    restarts: 0,
    agents,
    adapters: [],
    deliveries: { owed: 0, missed: 0 },
  };
}

export function delivery(overrides: Partial<DeliveryStatus> = {}): DeliveryStatus {
  return {
    id: "d-7-12",
    adapter: "ebs",
    kind: "CallReleased",
    policy: "record",
    text: "03001234567",
    agent: "1001",
    interaction: "i-1",
    attempts: 3,
    state: "owed",
    createdAt: "2026-01-05T09:07:50.000Z",
    expiresAt: "2026-01-06T09:07:50.000Z",
    retryAt: "2026-01-05T09:10:12.000Z",
    why: "no answer within 2 s",
    ...overrides,
  };
}

export function outcome(overrides: Partial<Outcome> = {}): Outcome {
  return {
    verb: "ready",
    outcome: "confirmed",
    agent: "1001",
    cause: "c-1",
    message: "READY",
    elapsed: 12,
    state: agent(),
    ...overrides,
  };
}

export function event(seq: number, body: CtiEventBody): CtiEvent {
  return {
    id: `0001-${String(seq).padStart(4, "0")}`,
    at: "2026-01-05T09:09:00.000Z",
    agent: "1001",
    ...body,
  };
}

/** A connector that answers what the test says and remembers what it was asked. */
export interface FakeControl {
  agents: AgentStatus[];
  adapters: AdapterHealth[];
  deliveries: DeliveryStatus[];
  /** Of a retry or a discard. */
  answer: DeliveriesAnswer;
  outcome: Outcome;
  /** The journal; a stream gives these and then waits. */
  events: CtiEvent[];
  /** `false`: no connector runs. */
  running: boolean;
  error?: CtiError;
  /** `false`: an agent cannot be signed out. */
  stops: boolean;
  asked: { what: string; agent?: string; detail?: unknown }[];
  commands: AgentCommand[];
}

export function fakeControl(overrides: Partial<FakeControl> = {}): FakeControl {
  return {
    agents: [agentStatus()],
    adapters: [],
    deliveries: [],
    answer: { done: [], refused: [] },
    outcome: outcome(),
    events: [],
    running: true,
    stops: true,
    asked: [],
    commands: [],
    ...overrides,
  };
}

function controlOf(fake: FakeControl): Control {
  const check = (): void => {
    if (!fake.running) {
      throw new CtiError({
        code: "no-connector",
        message: "no connector runs",
        hint: "sign in with: cti login",
      });
    }
    if (fake.error !== undefined) throw fake.error;
  };
  const done = async (what: string, detail: DeliveriesRequest): Promise<DeliveriesAnswer> => {
    check();
    fake.asked.push({ what, detail });
    return fake.answer;
  };
  return {
    async status() {
      check();
      fake.asked.push({ what: "status" });
      const owed = fake.deliveries.filter(({ state }) => state === "owed");
      const oldest = owed[0]?.createdAt;
      const counts = { owed: owed.length, missed: fake.deliveries.length - owed.length };
      return {
        ...connectorStatus(fake.agents),
        adapters: fake.adapters,
        deliveries: { ...counts, ...(oldest !== undefined && { oldest }) },
      };
    },
    async adapters() {
      check();
      fake.asked.push({ what: "adapters" });
      return fake.adapters;
    },
    async deliveries(query) {
      check();
      fake.asked.push({ what: "deliveries", detail: query });
      const all = fake.deliveries.filter(
        ({ state, adapter, agent: about }) =>
          [query.state ?? state, query.adapter ?? adapter, query.agent ?? about].join() ===
          [state, adapter, about].join(),
      );
      return { deliveries: all.slice(0, query.limit ?? 100), total: all.length };
    },
    retryDeliveries: (request) => done("retry", request),
    discardDeliveries: (request) => done("discard", request),
    async login(who, detail) {
      check();
      fake.asked.push({ what: "login", agent: who, detail });
      return fake.outcome;
    },
    async command(who, detail) {
      check();
      fake.asked.push({ what: "command", agent: who, detail });
      fake.commands.push(detail.command);
      return fake.outcome;
    },
    async reasons(who) {
      check();
      fake.asked.push({ what: "reasons", agent: who });
      const reason = { category: "NOT_READY", code: "1", forAll: true, systemCode: false };
      return {
        notReady: [{ ...reason, id: "5", label: "Lunch" }],
        logout: [],
        wrapUp: [{ id: "7", label: "Sales", forAll: true }],
      };
    },
    async phoneBook(who) {
      check();
      fake.asked.push({ what: "phoneBook", agent: who });
      const book = { book: "Colleagues", bookType: "GLOBAL", description: "Sales" };
      return [
        { ...book, firstName: "Jürgen", lastName: "Köhler", number: "2002" },
        { ...book, firstName: "Ana", lastName: "Souza", number: "2003" },
      ];
    },
    async *events(query, signal) {
      check();
      fake.asked.push({ what: "events", detail: query });
      yield* fake.events;
      await new Promise<void>((resolve) => {
        if (signal?.aborted === true) resolve();
        signal?.addEventListener("abort", () => resolve());
      });
    },
    async eventPage(query) {
      check();
      fake.asked.push({ what: "eventPage", detail: query });
      const before = fake.events.filter((each) => query.before === undefined || each.id < query.before);
      const limit = query.limit ?? 100;
      return { events: before.slice(-limit), more: before.length > limit };
    },
    async stop(request) {
      check();
      fake.asked.push({ what: "stop", detail: request });
      const did = fake.stops ? "logged-out" : "failed";
      return { stopped: fake.stops, agents: [{ agent: "1001", did, message: "" }] };
    },
  };
}

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  stdin?: string | Uint8Array;
  folder?: string;
}

/** Runs a command line as `cti …` would, against the fake. */
export async function run(args: string[], fake: FakeControl, options: RunOptions = {}): Promise<Ran> {
  const stdout = capture();
  const stderr = capture();
  let key = 0;
  const control = controlOf(fake);
  const context: CtiContext = {
    // An empty home: nothing of the machine the tests run on is read.
    env: { HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent", ...options.env },
    stdin: options.stdin === undefined ? new PassThrough() : Readable.from([Buffer.from(options.stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    colorDepth: 1,
    folder: options.folder ?? "/nonexistent",
    paint: { out: plain, err: plain },
    now: () => now,
    newKey: () => `key-${++key}`,
    control: {
      connect: () => Promise.resolve(control),
      ensure: () => {
        fake.running = true;
        return Promise.resolve(control);
      },
    },
    keyStore: { get: async () => undefined, set: async () => {}, remove: async () => {} },
  };
  const exitCode = await runCli(args, context);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function capture(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}
