import { PassThrough, Readable, Writable } from "node:stream";
import type { AdapterHealth } from "../../src/model/adapter.ts";
import type { AgentStatus } from "../../src/control/contract.ts";
import { runCli } from "../../src/commands/cli.ts";
import type { CtiContext } from "../../src/commands/context.ts";
import type { Control } from "../../src/commands/control.ts";
import type { CallLayout } from "../../src/model/call-layout.ts";
import type { AgentCommand, Outcome } from "../../src/model/commands.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { DeliveriesAnswer, DeliveriesRequest, DeliveryStatus } from "../../src/model/delivery.ts";
import type { CtiEvent } from "../../src/model/events.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { Team } from "../../src/model/team.ts";
import { plain } from "../../src/platform/terminal.ts";
import { agentStatus, connectorStatus, now, outcome } from "./samples.ts";

export * from "./samples.ts";

/** A connector that answers what the test says and remembers what it was asked. */
export interface FakeControl {
  agents: AgentStatus[];
  adapters: AdapterHealth[];
  /** To what one adapter is asked. */
  adapterAnswer: unknown;
  deliveries: DeliveryStatus[];
  /** Of a retry or a discard. */
  answer: DeliveriesAnswer;
  outcome: Outcome;
  layouts: CallLayout[];
  queues: Queue[];
  /** What the agent supervises. */
  teams: Team[];
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
    adapterAnswer: null,
    deliveries: [],
    answer: { done: [], refused: [] },
    outcome: outcome(),
    layouts: [],
    queues: [],
    teams: [],
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
    async askAdapter(adapter, request) {
      check();
      fake.asked.push({ what: `ask ${adapter}`, detail: request });
      return fake.adapterAnswer;
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
    async callLayouts(who) {
      check();
      fake.asked.push({ what: "callLayouts", agent: who });
      return fake.layouts;
    },
    async queues(who) {
      check();
      fake.asked.push({ what: "queues", agent: who });
      return fake.queues;
    },
    async team(who, id) {
      check();
      fake.asked.push({ what: "team", agent: who, detail: id });
      const found = fake.teams.find((team) => id === undefined || team.id === id);
      if (found !== undefined) return found;
      throw new CtiError({ code: "refused", message: `agent ${who} supervises no team` });
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
