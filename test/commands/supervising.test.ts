import { describe, expect, test } from "bun:test";
import { CtiError } from "../../src/model/errors.ts";
import type { Queue, QueueStatistics } from "../../src/model/queue.ts";
import type { Team, TeamMember } from "../../src/model/team.ts";
import { tableText } from "../../src/commands/table.ts";
import { plain } from "../../src/platform/terminal.ts";
import { agent, agentStatus, fakeControl, run } from "./harness.ts";

function statistics(over: Partial<QueueStatistics> = {}): QueueStatistics {
  return {
    callsInQueue: 0,
    longestSince: undefined,
    agentsLoggedOn: 0,
    agentsReady: 0,
    agentsNotReady: 0,
    agentsTalkingInbound: 0,
    agentsTalkingOutbound: 0,
    agentsTalkingInternal: 0,
    agentsWrapUpReady: 0,
    agentsWrapUpNotReady: 0,
    agentsBusyOther: 0,
    unknown: {},
    ...over,
  };
}

const unknown = Object.fromEntries(Object.keys(statistics()).map((name) => [name, undefined]));

describe("cti queues", () => {
  const queues: Queue[] = [
    {
      id: "5022",
      name: "Sales.EN",
      statistics: statistics({
        callsInQueue: 12,
        longestSince: "2026-01-05T09:08:56Z",
        agentsReady: 1,
        agentsTalkingInbound: 3,
        agentsTalkingInternal: 1,
        agentsNotReady: 2,
      }),
    },
    { id: "5023", name: "", statistics: { ...statistics(), ...unknown, unknown: {} } },
    { id: "5024", name: "日本\u001b[2J", statistics: undefined },
  ];

  test("a line each; what Finesse does not know is a dash", async () => {
    const { exitCode, stdout } = await run(["queues"], fakeControl({ queues }));
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        "queue     waiting  longest  ready  talking  not ready",
        "Sales.EN       12     1:04      1        4          2",
        "5023            -               -        -          -",
        "日本␛[2J        -               -        -          -",
        "",
      ].join("\n"),
    );
  });

  test("the fields of --json are a contract", async () => {
    const { stdout } = await run(["queues", "--json"], fakeControl({ queues }));
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(["agent", "queues"]);
    expect(answer.agent).toBe("1001");
    expect(answer.queues[0]).toEqual(JSON.parse(JSON.stringify(queues[0])));
    expect(Object.keys(answer.queues[0].statistics)).toEqual(
      Object.keys(JSON.parse(JSON.stringify(queues[0]?.statistics))),
    );
    expect(answer.queues[1]).toEqual({ id: "5023", name: "", statistics: { unknown: {} } });
  });

  test("none; a Finesse that has no such thing", async () => {
    expect((await run(["queues"], fakeControl())).stdout).toBe("agent 1001 has no queues\n");
    const error = new CtiError({
      code: "refused",
      message: "Finesse at fina:8445 (UCCX) has no queue API",
      hint: "look elsewhere",
    });
    const { exitCode, stdout, stderr } = await run(["queues", "-a", "1001"], fakeControl({ error }));
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
    expect(stderr).toContain("has no queue API");
  });
});

describe("cti team", () => {
  function member(id: string, state: string, over: Partial<TeamMember> = {}): TeamMember {
    return {
      id,
      firstName: undefined,
      lastName: undefined,
      extension: undefined,
      state,
      stateChangeTime: undefined,
      pendingState: undefined,
      reasonCodeId: undefined,
      reason: undefined,
      mediaState: undefined,
      unknown: {},
      ...over,
    };
  }
  const reason = {
    id: "1",
    category: "NOT_READY",
    code: "10",
    label: "Lunch",
    forAll: true,
    systemCode: false,
  };
  const since = { stateChangeTime: "2026-01-05T09:05:48.000Z" };
  const sales: Team = {
    id: "1",
    name: "Sales",
    members: [
      member("1001", "LOGOUT"),
      member("1002", "NOT_READY", {
        firstName: "Jürgen",
        lastName: "Köhler",
        extension: "2002",
        reason,
        ...since,
      }),
      member("1003", "TALKING", { extension: "2003", pendingState: "NOT_READY", ...since }),
      member("1004", "DANCING", { reason: { ...reason, label: "" }, mediaState: "BUSY" }),
    ],
  };
  const service: Team = { id: "2", name: "Service", members: [] };
  const named = ({ id, name }: Team) => ({ id, name });
  const supervisor = (...teams: Team[]) =>
    fakeControl({ agents: [agentStatus({ state: agent({ teams: teams.map(named) }) })], teams });

  test("who is in which state, how long, why; signed out last", async () => {
    const { exitCode, stdout } = await run(["team"], supervisor(sales));
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        "Sales  1 NOT_READY · 1 TALKING · 1 DANCING · 1 LOGOUT",
        "agent               state         for  extension  reason",
        "1002 Jürgen Köhler  ○ NOT_READY  4:12  2002       Lunch",
        "1003                ◆ TALKING    4:12  2003       then NOT_READY",
        "1004                • DANCING                     code 10, on a call",
        "1001                × LOGOUT",
        "",
      ].join("\n"),
    );
  });

  test("all teams of a supervisor, or one by name or id", async () => {
    const fake = supervisor(sales, service);
    expect((await run(["team"], fake)).stdout).toContain("1001                × LOGOUT\n\nService  nobody");
    expect((await run(["team", "--team", "service"], fake)).stdout).toBe("Service  nobody belongs to it\n");
    const { stdout } = await run(["team", "--team", "1", "--json"], fake);
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(["agent", "teams"]);
    expect(answer.teams).toEqual([JSON.parse(JSON.stringify(sales))]);
  });

  test("a team that is not the agent's: exit 2, which are", async () => {
    const { exitCode, stderr } = await run(["team", "--team", "Sale"], supervisor(sales, service));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("supervised: Sales, Service");
    expect(stderr).toContain('did you mean "Sales"?');
  });

  test("a plain agent is told so: exit 4", async () => {
    const { exitCode, stdout, stderr } = await run(["team"], fakeControl());
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
    expect(stderr).toContain("supervises no team");
  });

  test("nobody signed in, another one: exit 7", async () => {
    expect((await run(["team"], fakeControl({ agents: [] }))).exitCode).toBe(7);
    expect((await run(["team", "-a", "1009"], supervisor(sales))).exitCode).toBe(7);
  });

  test("--team is completed", async () => {
    const { stdout } = await run(["__complete", "--", "team", "--team", ""], supervisor(sales, service));
    expect(stdout).toBe("Sales\tteam 1\nService\tteam 2\n");
  });
});

test("a table is as wide as its widest text, whatever its letters; the last column is not filled up", () => {
  const columns = [{ title: "a" }, { title: "b", right: true }, { title: "c" }];
  const rows = [
    [{ text: "表" }, { text: "10000" }, { text: "x" }],
    [{ text: "xyz" }, { text: "1" }],
  ];
  expect(tableText(columns, rows, plain)).toBe("a        b  c\n表   10000  x\nxyz      1");
  expect(tableText(columns, [], plain)).toBe("a  b  c");
});
