import { beforeEach, expect, test } from "bun:test";
import { ConsoleApp, type ConsoleControl } from "../../src/console/app.ts";
import type { AgentStatus } from "../../src/control/contract.ts";
import type { CallLayout } from "../../src/model/call-layout.ts";
import { CtiError } from "../../src/model/errors.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { stateWith, statusWith } from "./overlays/stage.tsx";

let asked: string[];
let answer: (agent: string) => Promise<CallLayout[]>;
let app: ConsoleApp;

function layoutOf(agent: string): CallLayout {
  return { id: agent, name: agent, description: undefined, type: "DEFAULT", header: undefined, columns: [] };
}

const never = (): Promise<never> => new Promise<never>(() => {});

const control: ConsoleControl = {
  callLayouts: (agent) => {
    asked.push(agent);
    return answer(agent);
  },
  status: never,
  agent: never,
  eventPage: never,
  trace: never,
  login: never,
  command: never,
  reasons: never,
  phoneBook: never,
  queues: never,
  team: never,
  putLease: never,
  endLease: never,
  retryDeliveries: never,
  async *events() {
    await never();
  },
};

/** What the connector says of its agents; `since` tells one link to Finesse from the next. */
function told(since: string, state: AgentStatus["link"]["state"] = "connected"): void {
  const link = { state, since, node: "fina:8445" };
  const agents = [statusWith([], { link }), statusWith([], { agent: "1002", state: undefined, link })];
  const status = { version: "0", agents, adapters: [], deliveries: { owed: 0, missed: 0 } };
  app.store.act({ type: "status", status, now: 0 });
}

/** Answers that are there have been heard. */
async function settled(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}

const shownFor = (): string[] | undefined => app.store.now.layouts?.map(({ name }) => name);

beforeEach(() => {
  asked = [];
  answer = async (agent) => [layoutOf(agent)];
  app = new ConsoleApp({
    control,
    ensure: never,
    settingsFor: never,
    initial: { ...stateWith(), connector: undefined },
    clock: new ManualClock(),
    newKey: () => "key",
    outlet: { write: () => {}, environment: {} },
    writeFile: never,
    terminal: undefined,
    onQuit: () => {},
  });
});

test("asked for when the link is up, once for each", async () => {
  told("1", "connecting");
  expect(asked).toEqual([]);
  told("2");
  told("2");
  await settled();
  expect(shownFor()).toEqual(["1001"]);
  told("2");
  expect(asked).toEqual(["1001"]);
  told("3", "disconnected");
  expect(shownFor()).toEqual(["1001"]);
  told("4");
  expect(asked).toEqual(["1001", "1001"]);
});

test("the same agent chosen again keeps them, another one has his own", async () => {
  told("1");
  await settled();
  app.perform({ do: "choose-agent", agent: "1001" });
  expect(shownFor()).toEqual(["1001"]);
  expect(asked).toEqual(["1001"]);
  app.perform({ do: "choose-agent", agent: "1002" });
  expect(shownFor()).toBeUndefined();
  await settled();
  expect(shownFor()).toEqual(["1002"]);
});

test("an answer that comes after another agent was chosen is not his", async () => {
  let late = (_: CallLayout[]): void => {};
  answer = (agent) =>
    agent === "1001" ? new Promise((resolve) => (late = resolve)) : Promise.resolve([layoutOf(agent)]);
  told("1");
  app.perform({ do: "choose-agent", agent: "1002" });
  await settled();
  late([layoutOf("1001")]);
  await settled();
  expect(shownFor()).toEqual(["1002"]);
});

test("a failure is nothing to tell of, and the next link asks again", async () => {
  answer = () => Promise.reject(new CtiError({ code: "timeout", message: "no" }));
  told("1");
  await settled();
  told("1");
  expect(asked).toHaveLength(1);
  expect(app.store.now.messages).toEqual([]);
  answer = async (agent) => [layoutOf(agent)];
  told("2");
  await settled();
  expect(shownFor()).toEqual(["1001"]);
});
