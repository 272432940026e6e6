import { afterEach, describe, expect, test } from "bun:test";
import { layoutFor } from "../../src/model/call-layout.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { CtiEventBody } from "../../src/model/events.ts";
import { type Population, populationFrom } from "../../src/simulator/engine/population.ts";
import { startSimulator } from "../../src/simulator/start.ts";
import { agent, FakeFinesse } from "./fake-finesse.ts";
import { Seat } from "./seat.ts";

const callOf = (event: CtiEventBody) => ("call" in event ? event.call : undefined);
const thrown = (work: Promise<unknown>) => work.catch((error: unknown) => error);
const supervisor = (...ids: string[]) => agent({ teams: ids.map((id) => ({ id, name: `Team ${id}` })) });

describe("queues", () => {
  test("each time as they are now", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    expect(await session.queues()).toEqual(finesse.queues);
    finesse.queues = [];
    expect(await session.queues()).toEqual([]);
  });

  test("Unified CCX has none, and is not asked", async () => {
    const finesse = new FakeFinesse("UCCX");
    const session = await finesse.connected();
    const { reads } = finesse;
    expect(await thrown(session.queues())).toMatchObject({
      code: "refused",
      message: "Finesse at fina.example.com:8445 (UCCX) has no queue API",
    });
    expect(finesse.reads).toBe(reads);
  });

  test("Finesse's no says what was wanted, and keeps its own words", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.refuseReads = new CtiError({ code: "refused", message: "GET", why: "Authorization Failure" });
    expect(await thrown(session.queues())).toMatchObject({
      code: "refused",
      message: "agent 1001 may not see queues",
      why: "Authorization Failure",
      hint: expect.stringContaining("supervisors"),
    });
    finesse.refuseReads = new CtiError({ code: "finesse-unreachable", message: "refused" });
    expect(await thrown(session.queues())).toMatchObject({ code: "finesse-unreachable" });
  });
});

describe("a team", () => {
  test("the only one of a supervisor, or the one that is named", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(supervisor("5"));
    expect(await session.team()).toMatchObject({ id: "5" });
    expect(await session.team("7")).toMatchObject({ id: "7" });
  });

  test("of several one has to be named; a plain agent has none", async () => {
    const finesse = new FakeFinesse();
    expect(await thrown((await finesse.connected(supervisor("5", "6"))).team())).toMatchObject({
      code: "usage",
      why: "Team 5 (id 5), Team 6 (id 6)",
    });
    expect(await thrown((await finesse.connected()).team())).toMatchObject({
      code: "refused",
      message: "agent 1001 supervises no team",
    });
  });
});

describe("on the simulated Finesse", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function begin(profile: "ucce" | "uccx", population?: Population) {
    const simulator = await startSimulator({
      profile,
      knobs: { eventDelay: 1 },
      ...(population !== undefined && { population }),
    });
    cleanups.push(() => simulator.stop());
    const seat = async (id: string) => {
      const one = new Seat(simulator, id, String(Number(id) + 1000));
      cleanups.push(() => one.session.close());
      await one.login();
      return one;
    };
    return { simulator, seat };
  }

  test("who waits, who talks, and the supervisor's team", async () => {
    const { simulator, seat } = await begin("ucce");
    const [supervising, other] = [await seat("1001"), await seat("1002")];
    simulator.control.call({ queue: "Sales.EN", from: "5551234" });
    const queues = await other.session.queues();
    expect(queues.map(({ id, name }) => `${id} ${name}`)).toEqual([
      "5022 Sales.EN",
      "5023 Sales.DE",
      "5090 General",
    ]);
    expect(queues[0]?.statistics).toMatchObject({
      callsInQueue: 1,
      longestSince: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      agentsLoggedOn: 2,
      agentsNotReady: 2,
      unknown: {},
    });
    const team = await supervising.session.team();
    expect(team).toMatchObject({ id: "1", name: "Sales" });
    expect(team.members).toHaveLength(10);
    expect(team.members[1]).toMatchObject({
      id: "1002",
      firstName: "Jürgen",
      extension: "2002",
      state: "NOT_READY",
      unknown: {},
    });
  });

  test("how calls are to be shown, as its administrator has it, and which way this one", async () => {
    const population = populationFrom({
      callLayouts: [
        { columns: [[{ displayName: "Case", mediaProperty: "callVariable2", showInPopOver: true }]] },
        { name: "VIP", columns: [[], [{ displayName: "Account", mediaProperty: "user.account" }]] },
      ],
    });
    const { simulator, seat } = await begin("ucce", population);
    const one = await seat("1001");
    const { session } = one;
    const layouts = await session.callLayouts();
    expect(layouts.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "Default Layout DEFAULT",
      "VIP CUSTOM",
    ]);
    expect(layouts[0]?.columns).toEqual([
      [{ displayName: "Case", variable: "callVariable2", inPopOver: true, editable: false }],
    ]);
    const started = one.next("call.started");
    await one.do({ verb: "ready" });
    simulator.control.call({ agent: "1001", from: "5551234", variables: { "user.layout": "VIP" } });
    const { variables = {} } = callOf(await started) ?? {};
    expect(layoutFor(layouts, variables)?.name).toBe("VIP");
  });

  test("a role without the right is no wrong password: the session goes on", async () => {
    const { seat } = await begin("ucce");
    const other = await seat("1002");
    expect(await thrown(other.session.team("1"))).toMatchObject({
      code: "refused",
      message: "agent 1002 may not see team 1",
      why: expect.stringContaining("UNAUTHORIZED"),
    });
    expect(await thrown(other.session.team("77"))).toMatchObject({ code: "refused" });
    expect(await other.do({ verb: "ready" })).toBe("confirmed");
  });

  test("Unified CCX: no queues, but teams", async () => {
    const { seat } = await begin("uccx");
    const { session } = await seat("1001");
    expect(await thrown(session.queues())).toMatchObject({ code: "refused" });
    expect((await session.team()).members[0]).toMatchObject({ id: "1001", mediaState: "IDLE" });
  });
});
