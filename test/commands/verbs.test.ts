import { describe, expect, test } from "bun:test";
import type { AgentCommand } from "../../src/model/commands.ts";
import { CtiError } from "../../src/model/errors.ts";
import { agent, agentStatus, call, fakeControl, outcome, run } from "./harness.ts";

describe("a verb asks for exactly one thing", () => {
  const table: [string[], AgentCommand][] = [
    [["ready"], { verb: "ready" }],
    [["not-ready"], { verb: "not-ready" }],
    [["not-ready", "Lunch"], { verb: "not-ready", reason: "Lunch" }],
    [["not-ready", "Team", "meeting"], { verb: "not-ready", reason: "Team meeting" }],
    [["logout"], { verb: "logout" }],
    [["logout", "End of shift"], { verb: "logout", reason: "End of shift" }],
    [["dial", "555 12-34"], { verb: "dial", number: "5551234" }],
    [["answer"], { verb: "answer" }],
    [["answer", "--call", "16804377"], { verb: "answer", call: "16804377" }],
    [["hold"], { verb: "hold" }],
    [["retrieve"], { verb: "retrieve" }],
    [["drop", "--call=1"], { verb: "drop", call: "1" }],
    [["dtmf", "12*#a"], { verb: "dtmf", digits: "12*#A" }],
    [
      ["set", "callVariable1=a=b", "user.x="],
      { verb: "set", variables: { callVariable1: "a=b", "user.x": "" } },
    ],
    [["wrap-up", "Sales"], { verb: "wrap-up", reasons: ["Sales"] }],
    [["wrap-up", "Sales", "Call back"], { verb: "wrap-up", reasons: ["Sales", "Call back"] }],
  ];
  test.each(table)("cti %p", async (args, expected) => {
    const fake = fakeControl();
    const { exitCode } = await run(args, fake);
    expect(exitCode).toBe(0);
    expect(fake.commands).toEqual([expected]);
  });
});

describe("bad arguments exit 2 before the connector is asked", () => {
  const table: [string[], string][] = [
    [["dtmf", "12x"], "cannot be sent as tones"],
    [["set", "novalue"], "is not NAME=VALUE"],
    [["set"], "needs more than that"],
    [["wrap-up"], "needs more than that"],
    [["dial"], "needs more than that"],
    [["dial", " - "], "no number to dial"],
    [["dial", "5551234", "--wait", "answered"], "neither alerting nor active"],
    [["ready", "now"], 'does not know what to do with "now"'],
    [["ready", "--jsno"], "did you mean: --json"],
    [["reday"], "did you mean: cti ready"],
    [["hold", "--call"], "--call needs a value"],
    [["ready", "--json=1"], "--json takes no value"],
    [["ready", "--timeout", "soon"], '--timeout: "soon" is not a time'],
    [["config"], "cti config show"],
    [["config", "shwo"], "did you mean: cti config show"],
    [["sim", "ebs", "histroy"], "did you mean: cti sim ebs history"],
    [["wait", "call.strated"], "did you mean"],
    [["reasons", "--category", "wrapup"], 'did you mean "wrap-up"'],
    [["help", "exitcodes"], "did you mean: cti help exit-codes"],
    [["--json"], "no command after --json"],
  ];
  test.each(table)("cti %p", async (args, words) => {
    const fake = fakeControl();
    const { exitCode, stdout, stderr } = await run(args, fake);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("    at ");
    expect(fake.asked).toEqual([]);
  });
});

describe("outcomes", () => {
  const refusal = {
    type: "Invalid State",
    code: "22",
    words: "E_CTI_INVALID_AGENT_STATE",
    hint: "wait until the call is over",
    late: false,
  };
  const onCall = agent({ state: "TALKING", pendingState: "READY" });
  const table = [
    ["confirmed", outcome(), 0, "✓ 1001 Ayesha Khan is READY\n", ""],
    [
      "pending",
      outcome({ outcome: "pending", message: "READY after this call (now TALKING)", state: onCall }),
      0,
      "… 1001 Ayesha Khan will be READY after this call (now TALKING)\n",
      "",
    ],
    [
      "refused",
      outcome({ outcome: "refused", message: "not possible now", refusal }),
      4,
      "",
      "✗ ready was refused: not possible now\n  why:  Finesse says E_CTI_INVALID_AGENT_STATE\n  next: wait until the call is over\n",
    ],
    [
      "unknown",
      outcome({ outcome: "unknown", message: "no outcome of ready in time", elapsed: 10_000, call: call() }),
      6,
      "",
      "? the outcome of ready is unknown after 10.0 s\n  why:  no outcome of ready in time\n  seen: 1001 Ayesha Khan is READY; call 16804377 with 5551234 is ALERTING\n  next: look with cti status before you ask again\n",
    ],
  ] as const;
  test.each(table)("%s", async (_name, answer, exitCode, stdout, stderr) => {
    expect(await run(["ready"], fakeControl({ outcome: answer }))).toEqual({ exitCode, stdout, stderr });
  });

  test.each(table)("%s with --json is the Outcome on stdout", async (_name, answer, exitCode) => {
    const ran = await run(["ready", "--json"], fakeControl({ outcome: answer }));
    expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode, stderr: "" });
    expect(ran.stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(ran.stdout)).toEqual(JSON.parse(JSON.stringify(answer)));
  });

  test("the fields of --json are a contract", async () => {
    const answer = outcome({ refusal, call: call() });
    const { stdout } = await run(["ready", "--json"], fakeControl({ outcome: answer }));
    const keys = Object.keys(JSON.parse(stdout)).sort();
    expect(keys).toEqual([
      "agent",
      "call",
      "cause",
      "elapsed",
      "message",
      "outcome",
      "refusal",
      "state",
      "verb",
    ]);
  });

  test("--quiet says nothing when it goes well, and still tells a refusal", async () => {
    expect((await run(["ready", "-q"], fakeControl())).stdout).toBe("");
    const refused = fakeControl({ outcome: outcome({ outcome: "refused", refusal }) });
    expect((await run(["ready", "-q"], refused)).stderr).toContain("refused");
  });

  test("text from elsewhere cannot steer the terminal", async () => {
    const fake = fakeControl({ outcome: outcome({ verb: "answer", message: "answered \u001b[2Jx" }) });
    const { stdout } = await run(["answer"], fake);
    expect(stdout).not.toContain("\u001b");
  });
});

describe("which agent", () => {
  const two = [agentStatus(), agentStatus({ agent: "1002", state: agent({ id: "1002", firstName: "Bo" }) })];

  test("the only one signed in", async () => {
    const fake = fakeControl();
    await run(["ready"], fake);
    expect(fake.asked.map((each) => each.what)).toEqual(["status", "command"]);
    expect(fake.asked[1]?.agent).toBe("1001");
  });

  test.each([
    [["ready", "-a", "1002"], {}],
    [["-a", "1002", "ready"], {}],
    [["ready", "--agent=1002"], {}],
    [["ready"], { CTI_AGENT: "1002" }],
  ])("%p with %p needs one request", async (args, env) => {
    const fake = fakeControl({ agents: two });
    await run(args, fake, { env });
    expect(fake.asked.map((each) => [each.what, each.agent])).toEqual([["command", "1002"]]);
  });

  test("the flag wins over CTI_AGENT", async () => {
    const fake = fakeControl({ agents: two });
    await run(["ready", "-a", "1001"], fake, { env: { CTI_AGENT: "1002" } });
    expect(fake.asked[0]?.agent).toBe("1001");
  });

  test("none named and two signed in: exit 2, both listed", async () => {
    const { exitCode, stderr } = await run(["ready"], fakeControl({ agents: two }));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("1001 Ayesha Khan, 1002 Bo Khan");
  });

  test("nobody signed in: exit 7", async () => {
    const { exitCode, stderr } = await run(["ready"], fakeControl({ agents: [] }));
    expect(exitCode).toBe(7);
    expect(stderr).toContain("cti login");
  });

  test("no connector: exit 7", async () => {
    expect((await run(["ready"], fakeControl({ running: false }))).exitCode).toBe(7);
  });
});

test("a command's timeout and key reach the connector", async () => {
  const fake = fakeControl();
  await run(["ready", "-a", "1001", "--timeout", "2.5"], fake);
  expect(fake.asked[0]?.detail).toEqual({
    command: { verb: "ready" },
    idempotencyKey: "key-1",
    timeout: 2.5,
  });
});

test("without a timeout the session's own serves", async () => {
  const fake = fakeControl();
  await run(["ready", "-a", "1001"], fake);
  expect(fake.asked[0]?.detail).toEqual({ command: { verb: "ready" }, idempotencyKey: "key-1" });
});

describe("errors", () => {
  const error = new CtiError({
    code: "connector-unreachable",
    message: "the connector does not answer",
    why: "ECONNREFUSED",
    hint: "cti stop",
  });

  test("three lines on stderr, the exit code of the error", async () => {
    expect(await run(["ready"], fakeControl({ error }))).toEqual({
      exitCode: 5,
      stdout: "",
      stderr: "✗ the connector does not answer\n  why:  ECONNREFUSED\n  next: cti stop\n",
    });
  });

  test("with --json one object on stderr", async () => {
    const { stderr, stdout } = await run(["ready", "--json"], fakeControl({ error }));
    expect(stdout).toBe("");
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "connector-unreachable",
        message: "the connector does not answer",
        why: "ECONNREFUSED",
        hint: "cti stop",
      },
    });
  });

  test("a stack trace only with CTI_DEBUG=1", async () => {
    expect((await run(["ready"], fakeControl({ error }))).stderr).not.toContain("    at ");
    const debugged = await run(["ready"], fakeControl({ error }), { env: { CTI_DEBUG: "1" } });
    expect(debugged.stderr).toContain("    at ");
  });
});
