import type { AdapterHealth } from "../../src/model/adapter.ts";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { awaitedFrom, eventTypesFrom, waitWords } from "../../src/commands/wait-match.ts";
import { timer } from "../../src/words/time.ts";
import { CtiError } from "../../src/model/errors.ts";
import { eventTypes } from "../../src/model/events.ts";
import { agent, agentStatus, call, event, fakeControl, run } from "./harness.ts";

const started = event(5, { type: "call.started", call: call() });
const answered = event(6, { type: "call.changed", call: call({ state: "ACTIVE" }) });
const ready = event(2, { type: "agent.changed", state: agent(), previous: "NOT_READY" });

describe("cti status", () => {
  test("many agents are one line each, which names what is not as it should be", async () => {
    const leases = [{ id: "s", kind: "shell" as const, label: "shell 1", since: "" }];
    const calm = { then: "keep" as const, after: 60, leases };
    const link = { since: "2026-01-05T09:09:00.000Z", node: "fina:8445" };
    const agents = [
      agentStatus({ agent: "1001", unattended: calm, calls: [call({ state: "ACTIVE" })] }),
      agentStatus({ agent: "1002", unattended: calm, link: { ...link, state: "conflict" } }),
      agentStatus({
        agent: "1003",
        unattended: calm,
        link: { ...link, state: "disconnected", retryAt: "2026-01-05T09:10:07.000Z" },
      }),
      agentStatus({ agent: "1004", unattended: calm, insecure: true, shared: ["desktop"] }),
      agentStatus({ agent: "1005", unattended: { ...calm, leases: [] }, service: "out-of-service" }),
    ];
    const { stdout } = await run(["status"], fakeControl({ agents }));
    const lines = stdout.split("\n");
    expect(lines.slice(0, 5).map((line) => line.slice(0, 4))).toEqual([
      "1001",
      "1002",
      "1003",
      "1004",
      "1005",
    ]);
    expect(lines[0]).toContain("ACTIVE ← 5551234");
    expect(lines[1]).toContain("signed in elsewhere");
    expect(lines[2]).toContain("disconnected, next attempt in 7 s");
    expect(lines[3]).toContain("also signed in elsewhere  insecure");
    expect(lines[4]).toContain("OUT_OF_SERVICE  nobody is there (keep)");
    expect(stdout).toContain("cti status -a AGENT");
  });

  test("a session lost to another seat names the command that takes it back", async () => {
    const lost = agentStatus({
      extension: "2001",
      flags: ["--finesse", "https://fina:8445", "--ca", "/my certs/ca.pem"],
      link: { state: "conflict", since: "", node: "fina:8445" },
    });
    const { stdout } = await run(["status"], fakeControl({ agents: [lost] }));
    expect(stdout).toContain("cti login -a 1001 -e 2001 --finesse https://fina:8445 --ca '/my certs/ca.pem'");
  });
});

describe("cti wait", () => {
  test("gives the first event that matches since the last command", async () => {
    const fake = fakeControl({ events: [ready, started, answered] });
    const { exitCode, stdout } = await run(["wait", "call.started", "--json"], fake);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(started)));
    expect(fake.asked.at(-1)?.detail).toEqual({ agent: "1001", type: "call.started", since: "last-command" });
  });

  const table: [string[], string][] = [
    [["call"], "0001-0005"],
    [["call.*"], "0001-0005"],
    [["active"], "0001-0006"],
    [["ringing"], "0001-0005"],
    [["agent.changed"], "0001-0002"],
    [["call.started", "--from", "555*"], "0001-0005"],
    [["call.started", "--from", "5551234"], "0001-0005"],
    [["call.started,call.ended", "--since", "now"], "0001-0005"],
  ];
  test.each(table)("%p", async (words, id) => {
    const fake = fakeControl({ events: [ready, started, answered] });
    const { stdout } = await run(["wait", ...words, "--json"], fake);
    expect(JSON.parse(stdout).id).toBe(id);
  });

  test("a state that is reached is answered at once, with the event that told it", async () => {
    const fake = fakeControl({ events: [ready, started] });
    const { stdout, exitCode } = await run(["wait", "ready", "--json"], fake);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).id).toBe(ready.id);
    expect(fake.asked.map((each) => each.what)).toEqual(["status", "eventPage"]);
  });

  test("a call that is in the state already counts too", async () => {
    const fake = fakeControl({
      agents: [agentStatus({ calls: [call({ state: "ACTIVE" })] })],
      events: [started, answered],
    });
    expect(JSON.parse((await run(["wait", "active", "--json"], fake)).stdout).id).toBe(answered.id);
  });

  test.each([[["call.ended"]], [["call.started", "--from", "666*"]], [["talking"]]])(
    "nothing came: exit 6 (%p)",
    async (words) => {
      const fake = fakeControl({ events: [ready, started] });
      const { exitCode, stdout, stderr } = await run(["wait", ...words, "--timeout", "20ms"], fake);
      expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: "" });
      expect(stderr).toContain("did not come within 0.02 s");
    },
  );

  test("nobody signed in: exit 7", async () => {
    expect((await run(["wait", "ready"], fakeControl({ agents: [] }))).exitCode).toBe(7);
  });

  test("every word offered is understood; any other text is a usage error at most", () => {
    for (const word of waitWords) expect(awaitedFrom(word)).toBeObject();
    fc.assert(
      fc.property(fc.string(), (word) => {
        try {
          awaitedFrom(word);
        } catch (error) {
          expect(error).toBeInstanceOf(CtiError);
          expect(error).toHaveProperty("code", "usage");
        }
      }),
    );
  });

  test("families", () => {
    expect(eventTypesFrom("call")).toEqual(eventTypes.filter((type) => type.startsWith("call.")));
    expect(eventTypesFrom("call.started,adapter.*")).toEqual(["call.started", "adapter.up", "adapter.down"]);
  });
});

describe("cti events", () => {
  const journal = [ready, started, answered];

  test("past ones, one line each", async () => {
    const { stdout } = await run(["events"], fakeControl({ events: journal }));
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain("NOT_READY → READY");
    expect(lines[1]).toContain("ALERTING ← 5551234, Orders  call 16804377");
  });

  test("--json is one event a line", async () => {
    const { stdout } = await run(["events", "--json"], fakeControl({ events: journal }));
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual(journal.map((each) => each.id));
  });

  test("nothing happened: nothing is printed", async () => {
    expect(await run(["events"], fakeControl())).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  test("--since leaves out that event and all before it", async () => {
    const { stdout } = await run(
      ["events", "--since", started.id, "--json"],
      fakeControl({ events: journal }),
    );
    expect(JSON.parse(stdout).id).toBe(answered.id);
  });

  test("--limit takes the newest", async () => {
    const fake = fakeControl({ events: journal });
    expect(JSON.parse((await run(["events", "--limit", "1", "--json"], fake)).stdout).id).toBe(answered.id);
  });

  test("pages through a long journal", async () => {
    const many = Array.from({ length: 2500 }, (_, seq) =>
      event(seq, { type: "message.received", text: `${seq}`, from: undefined }),
    );
    const { stdout } = await run(["events", "--since", "start", "--json"], fakeControl({ events: many }));
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).text),
    ).toEqual(many.map((_, seq) => `${seq}`));
  });

  test("--follow streams from now, of the asked kind", async () => {
    const fake = fakeControl({ events: journal });
    const { stdout } = await run(["events", "-f", "--type", "call", "-a", "1001", "--limit", "3"], fake);
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
    expect(fake.asked.at(-1)?.detail).toEqual({
      since: "now",
      agent: "1001",
      type: "call.started,call.changed,call.released,call.ended",
    });
  });
});

describe("cti status", () => {
  test("one glance", async () => {
    const fake = fakeControl({
      agents: [
        agentStatus({
          state: agent({ state: "TALKING", pendingState: "NOT_READY" }),
          calls: [call({ state: "ACTIVE" })],
          unattended: {
            then: "keep",
            after: 60,
            leases: [
              { id: "shell-1", kind: "shell", label: "shell 4711 on pts/3", since: "2026-01-05T09:00:00Z" },
            ],
          },
        }),
      ],
    });
    const { exitCode, stdout } = await run(["status"], fake);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        "1001 Ayesha Khan  ◆ TALKING  4:12  then NOT_READY",
        "  extension   2001 · team Sales",
        "  calls       ◆ ACTIVE  1:02  ← 5551234  queue Orders  call 16804377",
        "  link        connected to localhost:8445 (websocket, 3 ms, for 10:00)",
        "  unattended  keep: the agent stays as it is when nobody is there · shell 4711 on pts/3",
        "",
      ].join("\n"),
    );
  });

  test("what is wrong is said", async () => {
    const fake = fakeControl({
      agents: [
        agentStatus({
          link: {
            state: "disconnected",
            since: "2026-01-05T09:09:50.000Z",
            node: "localhost:8445",
            retryAt: "2026-01-05T09:10:04.000Z",
            error: { code: "finesse-unreachable", message: "connection refused" },
          },
          service: "out-of-service",
          shared: ["desktop"],
          insecure: true,
          unattended: {
            then: "not-ready",
            after: 60,
            leases: [],
            emptySince: "2026-01-05T09:09:30.000Z",
            actsAt: "2026-01-05T09:10:30.000Z",
          },
        }),
      ],
    });
    const { stdout } = await run(["status"], fake);
    expect(stdout).toContain("(last known)");
    expect(stdout).toContain(
      "disconnected localhost:8445 (for 0:10): connection refused, next attempt in 4 s",
    );
    expect(stdout).toContain("OUT_OF_SERVICE");
    expect(stdout).toContain("also signed in from desktop");
    expect(stdout).toContain("certificate checks are off");
    expect(stdout).toContain("nobody is there: not-ready in 30 s");
  });

  test("an unknown state is shown as it is", async () => {
    const fake = fakeControl({ agents: [agentStatus({ state: agent({ state: "DANCING" }) })] });
    expect((await run(["status"], fake)).stdout).toContain("• DANCING");
  });

  test.each([[fakeControl({ agents: [] })], [fakeControl({ running: false })]])(
    "nobody there: exit 7, and the next command",
    async (fake) => {
      const { exitCode, stdout, stderr } = await run(["status"], fake);
      expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "" });
      expect(stderr).toContain("nobody is signed in");
      expect(stderr).toContain("cti login");
    },
  );

  test("another agent than those signed in: exit 7, who is", async () => {
    const { exitCode, stderr } = await run(["status", "-a", "1009"], fakeControl());
    expect(exitCode).toBe(7);
    expect(stderr).toContain("signed in: 1001 Ayesha Khan");
  });

  test("the fields of --json are a contract", async () => {
    const { stdout } = await run(["status", "--json"], fakeControl());
    const status = JSON.parse(stdout);
    expect(Object.keys(status)).toEqual([
      "api",
      "version",
      "profile",
      "startedAt",
      "workerPid",
      "guardianPid",
      "foreground",
      "memory",
      "restarts",
      "agents",
      "adapters",
      "deliveries",
    ]);
    expect(Object.keys(status.agents[0])).toEqual([
      "agent",
      "extension",
      "link",
      "service",
      "state",
      "calls",
      "shared",
      "unattended",
      "finesse",
      "insecure",
    ]);
  });
});

describe("cti adapters", () => {
  const broken: AdapterHealth = {
    adapter: "generic-connector",
    state: "down",
    since: "2026-01-05T08:59:00.000Z",
    summary: "waiting for tcp://broker:61616",
    error: {
      code: "connector-unreachable",
      message: "the broker at tcp://broker:61616 cannot be reached",
      why: "connect ECONNREFUSED",
      hint: "start the broker, or correct the address",
    },
    figures: { requests: 12, events: 40 },
    clients: [{ name: "10.1.2.3", agents: ["1001", "1002"], lastSeen: "2026-01-05T08:59:55.000Z" }],
    peers: [{ name: "gc-b", role: "standby", agents: 0 }],
  };

  test("each with what it is connected to, who is there, and what is wrong; one that is down is exit 5", async () => {
    const { stdout, exitCode: code } = await run(["adapters"], fakeControl({ adapters: [broken] }));
    expect(code).toBe(5);
    expect(stdout).toContain("generic-connector  ✗ down");
    for (const words of ["ECONNREFUSED", "12 requests · 40 events", "10.1.2.3  1001, 1002", "gc-b  standby"])
      expect(stdout).toContain(words);
    expect((await run(["adapters"], fakeControl({ adapters: [{ ...broken, state: "up" }] }))).exitCode).toBe(
      0,
    );
  });

  test("none at all says how to get one", async () => {
    const { stderr, exitCode: code } = await run(["adapters"], fakeControl());
    expect(code).toBe(7);
    expect(stderr).toContain("adapters.generic-connector");
  });

  test("cti status shows them below the agents, and alone where nobody is signed in", async () => {
    const both = await run(["status"], fakeControl({ adapters: [broken] }));
    expect(both.stdout.trim().split("\n").at(-1)).toContain("generic-connector  ✗ down");
    const alone = await run(["status"], fakeControl({ agents: [], adapters: [broken] }));
    expect(alone.stdout).toContain("nobody is signed in");
    expect(alone.stdout).toContain("generic-connector");
    expect(alone.exitCode).toBe(7);
  });
});

describe("cti calls", () => {
  const entry = (displayName: string, variable: string) => ({
    displayName,
    variable,
    inPopOver: undefined,
    editable: undefined,
  });
  const layout = {
    id: "1",
    name: "Default",
    description: undefined,
    type: "DEFAULT",
    header: entry("Customer", "callVariable1"),
    columns: [[entry("", "callVariable2"), entry("Empty", "callVariable3")]],
  };
  const variables = { callVariable1: "4711", callVariable2: "x", callVariable3: "" };

  test("variables under their own names, with what Finesse's administrator calls them", async () => {
    const fake = fakeControl({ agents: [agentStatus({ calls: [call({ variables })] })], layouts: [layout] });
    const { stdout } = await run(["calls"], fake);
    expect(stdout.split("\n").slice(1)).toEqual([
      "  callVariable1  4711  (Customer)",
      "  callVariable2  x",
      "",
    ]);
    expect(JSON.parse((await run(["calls", "--json"], fake)).stdout)).toEqual({
      agent: "1001",
      calls: [call({ variables })],
    });
  });

  test("without a link to Finesse nobody waits for those", async () => {
    const link = { ...agentStatus().link, state: "disconnected" as const };
    const fake = fakeControl({
      agents: [agentStatus({ link, calls: [call({ variables })] })],
      layouts: [layout],
    });
    expect((await run(["calls"], fake)).stdout).toContain("  callVariable1  4711\n");
    expect(fake.asked.map(({ what }) => what)).toEqual(["status"]);
  });

  test("with their variables, empty ones left out", async () => {
    const calls = [call({ variables: { callVariable1: "4711", callVariable2: "" } })];
    const { stdout } = await run(["calls"], fakeControl({ agents: [agentStatus({ calls })] }));
    expect(stdout).toBe("◐ ALERTING  1:02  ← 5551234  queue Orders  call 16804377\n  callVariable1  4711\n");
  });

  test("--json is one object", async () => {
    const { stdout } = await run(["calls", "--json"], fakeControl());
    expect(JSON.parse(stdout)).toEqual({ agent: "1001", calls: [] });
  });
});

describe("cti reasons", () => {
  test("labels first", async () => {
    const { stdout } = await run(["reasons"], fakeControl());
    expect(stdout).toBe("not-ready\n  Lunch  code 1, id 5\nlogout\n  none\nwrap-up\n  Sales  id 7\n");
  });

  test("one category", async () => {
    const { stdout } = await run(["reasons", "--category", "wrap-up", "--json"], fakeControl());
    expect(JSON.parse(stdout)).toEqual({ wrapUp: [{ id: "7", label: "Sales", forAll: true }] });
  });
});

test.each([
  [-5, "0:00"],
  [7000, "0:07"],
  [725_000, "12:05"],
  [3_723_000, "1:02:03"],
  [183_840_000, "2d 03:04"],
])("%p ms reads %p", (milliseconds, text) => expect(timer(milliseconds)).toBe(text));
