import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { connect } from "../../src/openwire/index.ts";
import { hasActiveMq } from "../interop/servers/activemq.ts";
import { broker, closeStage, folder, gc, openStage, ready, script } from "./gc-stage.ts";
import { fakeControl, run } from "./harness.ts";

beforeAll(openStage);
afterAll(closeStage);

describe.skipIf(!hasActiveMq)("cti gc play", () => {
  const answers = {
    "Hello#desk": ["System#IN_SERVICE"],
    "Login#1001": ["1001#AgentInfo#Ayesha#Khan", "1001#State#NOT_READY#-1####Ayesha Khan#1001#2001"],
    "MakeReady#1001": ready,
    "Logout#1001": ["1001#State#LOGOUT"],
    "MakeCall#1001": ["1001#Error#makecall#GENERAL_ERROR#no"],
  };

  test("a morning", async () => {
    const file = await script(
      "# sign in",
      "send Hello#${destination}",
      "expect IN_SERVICE within 3s",
      "send Connect#1001 ${destination},${password}",
      "send Login#1001 ${password},${extension}",
      "expect State=NOT_READY,${extension} within 3s",
      "expect AgentInfo=Ayesha",
      "",
      "pause 10ms",
      "send MakeReady#1001",
      "expect State=READY",
      "send Logout#1001",
      "expect State=LOGOUT",
    );
    const ran = await gc(["play", file, "-e", "2001"], { answers, env: { CTI_PASSWORD: "hunter2" } });
    expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({
      exitCode: 0,
      stderr: "11 steps done\n",
    });
    expect(ran.stdout).toContain("✓ expect State=READY");
    expect(ran.stdout).not.toContain("hunter2");
    expect(ran.requests.map(({ type }) => type)).toEqual([
      "Hello#desk",
      "Connect#1001",
      "Login#1001",
      "MakeReady#1001",
      "Logout#1001",
    ]);
    expect(ran.requests[2]?.body).toBe("hunter2,2001");
  });

  test("what does not come names its line: exit 6", async () => {
    const file = await script("send MakeReady#1001", "expect State=READY", "expect State=READY within 300ms");
    const ran = await gc(["play", file], { answers });
    expect(ran.exitCode).toBe(6);
    expect(ran.stderr).toContain("line 3: State=READY did not come within 0.3 s");
  });

  test("an Error in its place: exit 4; awaited, it is an event", async () => {
    const failing = await gc(["play", await script("send MakeCall#1001 5", "expect InboundCall")], {
      answers,
    });
    expect(failing.exitCode).toBe(4);
    expect(failing.stderr).toContain("line 2:");
    expect(failing.stderr).toContain("makecall GENERAL_ERROR no");
    const awaited = await gc(["play", await script("send MakeCall#1001 5", "expect Error=GENERAL_ERROR")], {
      answers,
    });
    expect(awaited.exitCode).toBe(0);
  });

  test("from standard input, as JSON", async () => {
    const stdin = "send MakeReady#1001\nexpect State=READY\n";
    const ran = await gc(["play", "-", "--json"], { answers, stdin });
    const lines = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ step }) => step !== undefined)).toEqual([
      { line: 1, step: "send MakeReady#1001" },
      { line: 2, step: "expect State=READY" },
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ event: "State", state: "READY" }));
  });

  test.each([
    ["", "no step"],
    ["fly", "line 1: there is no step"],
    ["send MakeReady", "Command#agent"],
    ["# x\nsend A#1 ${pasword}", "line 2: there is no ${pasword}"],
    ["expect", "an event is missing"],
    ["expect State within 5min", '"5min" is no time'],
    ["pause x", "is no time"],
  ])("%p: exit 2", async (text, words) => {
    const ran = await run(["gc", "play", "-", "--broker", "tcp://127.0.0.1:9"], fakeControl(), {
      stdin: text,
    });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(words);
  });
});

describe.skipIf(!hasActiveMq)("the real process, interrupted", () => {
  test("play leaves in order: exit 130", async () => {
    const child = Bun.spawn(
      [
        "bun",
        join(import.meta.dir, "../../src/main.ts"),
        "gc",
        "play",
        "-",
        "--broker",
        broker.url,
        "--username",
        "crm",
      ],
      {
        env: {
          ...process.env,
          HOME: folder,
          XDG_CONFIG_HOME: folder,
          CTI_GC_BROKER_PASSWORD: "at-the-broker",
        },
        stdio: [new Blob(["send Hello#${destination}\npause 60s\n"]), "pipe", "pipe"],
      },
    );
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toStartWith("send Hello#");
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(await new Response(child.stderr).text()).toContain("interrupted");
  });

  test("tail: events as they come", async () => {
    const child = Bun.spawn(
      [
        "bun",
        join(import.meta.dir, "../../src/main.ts"),
        "gc",
        "tail",
        "-d",
        "desk-tail",
        "--broker",
        broker.url,
        "--username",
        "crm",
      ],
      {
        env: {
          ...process.env,
          HOME: folder,
          XDG_CONFIG_HOME: folder,
          CTI_GC_BROKER_PASSWORD: "at-the-broker",
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const errors = child.stderr.getReader();
    const decoder = new TextDecoder();
    let said = "";
    while (!said.includes("listening on desk-tail")) {
      const { value, done } = await errors.read();
      if (done) throw new Error(said);
      said += decoder.decode(value);
    }
    await using connection = await connect(broker.url, { username: "crm", password: "at-the-broker" });
    const session = await connection.session();
    await session.send("topic://desk-tail", "1001#State#READY#-1");
    const { value } = await child.stdout.getReader().read();
    expect(decoder.decode(value)).toContain("1001  State  READY");
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
  });
});
