import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  decryptPassword,
  defaultSecurePassword,
  passwordKey,
} from "../../src/crm/generic-connector/secure-password.ts";
import { connect, type Connection } from "../../src/openwire/index.ts";
import { until } from "../crm/generic-connector/office.ts";
import { type Broker, hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { fakeControl, type Ran, run, type RunOptions } from "./harness.ts";

let broker: Broker;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-gc-"));
  if (hasActiveMq) broker = await startBroker({ users: { crm: "at-the-broker" } });
});
afterAll(async () => {
  await broker?.end();
  await rm(folder, { recursive: true });
});

interface Request {
  type: string;
  body: string | null;
}

/** A Generic Connector that answers as the test says. */
class FakeGc implements AsyncDisposable {
  readonly requests: Request[] = [];
  private constructor(readonly connection: Connection) {}

  static async start(queue: string, answers: Record<string, string[]>): Promise<FakeGc> {
    const connection = await connect(broker.url, { username: "crm", password: "at-the-broker" });
    const gc = new FakeGc(connection);
    const session = await connection.session();
    const consumer = await session.consume(`queue://${queue}`);
    let destination = "desk";
    consumer.listen(async ({ type, text }) => {
      gc.requests.push({ type: type ?? "", body: text });
      if (type?.startsWith("Connect#") === true) destination = text?.split(",")[0] ?? destination;
      for (const line of answers[type ?? ""] ?? []) await session.send(`topic://${destination}`, line);
    });
    return gc;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection.close();
  }
}

let number = 0;
/** Runs `cti gc …` at the broker, with a queue of its own. */
async function gc(
  args: string[],
  { answers = {}, ...options }: RunOptions & { answers?: Record<string, string[]> } = {},
): Promise<Ran & { requests: Request[] }> {
  const queue = `Gc.${(number += 1)}`;
  await using fake = await FakeGc.start(queue, answers);
  const ran = await run(
    ["gc", ...args, "--queue", queue, "-d", "desk", "--broker", broker.url, "--username", "crm"],
    fakeControl(),
    { ...options, folder, env: { CTI_GC_BROKER_PASSWORD: "at-the-broker", ...options.env } },
  );
  // The broker has it when the command ends; the connector a moment later.
  if (ran.exitCode === 0) await until(() => fake.requests.length > 0);
  return { ...ran, requests: fake.requests };
}

async function script(...lines: string[]): Promise<string> {
  const name = `script-${(number += 1)}.gc`;
  await writeFile(join(folder, name), lines.join("\n"));
  return name;
}

const ready = ["1001#State#READY#-1####Ayesha Khan#1001#2001"];

describe.skipIf(!hasActiveMq)("cti gc send", () => {
  test("--wait: the events that come, until the one", async () => {
    const answers = { "MakeReady#1001": ["1001#State#NOT_READY#-1", ...ready] };
    const ran = await gc(["send", "MakeReady#1001", "--wait", "State=READY"], { answers });
    expect(ran).toMatchObject({ exitCode: 0, requests: [{ type: "MakeReady#1001", body: "" }] });
    expect(ran.stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(ran.stdout).toContain("1001  State  READY  reasonCode -1  Ayesha Khan");
  });

  test("--json: the events as objects, one a line", async () => {
    const ran = await gc(["send", "MakeReady#1001", "--wait", "State", "--json"], {
      answers: { "MakeReady#1001": ready },
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      agent: "1001",
      event: "State",
      state: "READY",
      extension: "2001",
    });
    expect(ran.stderr).toBe("");
  });

  test("the JSON flavour is awaited by the same names", async () => {
    const line = JSON.stringify({ event: "agentState", response: { state: "READY" }, agent: "1001" });
    const ran = await gc(["send", "MakeReady#1001", "--wait", "State=READY"], {
      answers: { "MakeReady#1001": [line] },
    });
    expect(ran.exitCode).toBe(0);
  });

  test("without --wait it is sent, and no more", async () => {
    const queue = "Alone";
    const args = [
      "gc",
      "send",
      "GetState#1001",
      "--queue",
      queue,
      "--broker",
      broker.url,
      "--username",
      "crm",
      "--json",
    ];
    const ran = await run(args, fakeControl(), { env: { CTI_GC_BROKER_PASSWORD: "at-the-broker" } });
    expect(JSON.parse(ran.stdout)).toMatchObject({ sent: "GetState#1001", queue });
    expect(ran.exitCode).toBe(0);
  });

  test("Connect and Login get the password without its being typed", async () => {
    const env = { CTI_PASSWORD: "hunter2" };
    const connected = await gc(["send", "Connect#1001"], { env });
    expect(connected.requests).toEqual([{ type: "Connect#1001", body: "desk,hunter2" }]);
    const piped = await gc(["send", "Login#1001", "-e", "2001", "--password-stdin"], { stdin: "hunter2\n" });
    expect(piped.requests).toEqual([{ type: "Login#1001", body: "hunter2,2001" }]);
    const mobile = await gc(
      ["send", "MobileAgentLogin#1001", "-e", "2001", "--body", "${password},${extension},555,true"],
      { env },
    );
    expect(mobile.requests[0]?.body).toBe("hunter2,2001,555,true");
    for (const { stdout, stderr } of [connected, piped, mobile])
      expect(stdout + stderr).not.toContain("hunter2");
  });

  test("--secure-password: under the key, never in the clear", async () => {
    const key = "0123456789abcdef".repeat(3);
    const ran = await gc(["send", "Login#1001", "-e", "2001", "--secure-password"], {
      env: { CTI_PASSWORD: "hun,ter2", CTI_GC_PASSWORD_KEY: key },
    });
    const [sent = "", extension] = ran.requests[0]?.body?.split(",") ?? [];
    expect(decryptPassword(sent, passwordKey(key), defaultSecurePassword)).toBe("hun,ter2");
    expect(extension).toBe("2001");
  });

  test.each([
    [["--number", "5551234"], "MakeCall#1001", "5551234"],
    [["--number", "2002", "--dialog", "168"], "ConsultCall#1001", "2002,168"],
    [["--reason", "5"], "MakeNotReadyWithReason#1001", "5"],
    [["--body", "168"], "HoldCall#1001", "168"],
  ])("%p makes the body", async (args, type, body) => {
    expect((await gc(["send", type, ...args])).requests).toEqual([{ type, body }]);
  });

  test("an Error of that agent ends it with the words, another's does not", async () => {
    const answers = {
      "MakeReady#1001": ["1002#Error#makeready#NOT_CONNECTED", "1001#Error#makeready#NOT_CONNECTED"],
    };
    const ran = await gc(["send", "MakeReady#1001", "--wait", "State=READY"], { answers });
    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toContain("for 1001");
    expect(ran.stderr).toContain("makeready NOT_CONNECTED");
  });

  test("nothing comes: exit 6", async () => {
    const ran = await gc(["send", "MakeReady#1001", "--wait", "State=READY", "--timeout", "1"]);
    expect(ran.exitCode).toBe(6);
    expect(ran.stderr).toContain("State=READY did not come within 1 s");
  });

  test("wrong credentials at the broker: exit 3, and no secret", async () => {
    const ran = await gc(["send", "MakeReady#1001"], { env: { CTI_GC_BROKER_PASSWORD: "hunter2" } });
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("CTI_GC_BROKER_PASSWORD");
    expect(ran.stderr).not.toContain("hunter2");
  });
});

describe("cti gc, as typed", () => {
  const at = ["--broker", "tcp://127.0.0.1:9"];
  test.each([
    [["send", "MakeReady#1001"], 2, "no broker is named"],
    [["send", "MakeReady", ...at], 2, "Command#agent"],
    [["send", "Login#1001", "--body", "hunter2,2001", ...at], 2, "not taken as an argument"],
    [["send", "Login#1001", "hunter2", ...at], 2, "does not take another word"],
    [["send", "Login#1001", "--password", "hunter2", ...at], 2, "not taken as an argument"],
    [["send", "MakeCall#1", "--body", "5", "--number", "5", ...at], 2, "exclude each other"],
    [["send", "MakeCall#1", "-d", "a,queue://Connector1", ...at], 2, "no name for a client"],
    [["send", "MakeCall#1", "-d", "connector1", ...at], 2, "no name for a client"],
    [["send", "MakeReady#1001", "--broker", "tcp://crm:hunter2@mq"], 2, "holds a password"],
    [["send", "MakeReady#1001", "--broker", "http://mq"], 2, "is no address of a broker"],
    [["send", "MakeReady#1001", ...at], 5, "cannot reach tcp://127.0.0.1:9"],
    [["tail", ...at], 5, "cannot reach tcp://127.0.0.1:9"],
    [["play", "no-such-file", ...at], 2, "cannot be read"],
    [["fly"], 2, "there is no command"],
  ])("%p: exit %d, %s", async (args, code, words) => {
    const { exitCode, stdout, stderr } = await run(["gc", ...args], fakeControl());
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("hunter2");
    expect(stderr).not.toContain("    at ");
  });

  test("the page's own table is right", async () => {
    const { stdout } = await run(["help", "generic-connector"], fakeControl());
    const table = stdout.split("[profiles.default.adapters.generic-connector]\n")[1]?.split("\n\n")[0] ?? "";
    const { readGcSettings } = await import("../../src/crm/generic-connector/settings.ts");
    const settings = await readGcSettings(Bun.TOML.parse(table) as Record<string, unknown>, {
      label: "help",
      folder,
    });
    expect(settings).toMatchObject({
      username: "gc",
      queue: "Connector1",
      staleAfter: 10_000,
      heartbeat: 15_000,
      unattendedAfter: 60,
    });
  });
});

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
