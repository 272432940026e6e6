import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  decryptPassword,
  defaultSecurePassword,
  passwordKey,
} from "../../src/crm/generic-connector/secure-password.ts";
import { readGcSettings } from "../../src/crm/generic-connector/settings.ts";
import { hasActiveMq } from "../interop/servers/activemq.ts";
import { broker, closeStage, folder, gc, openStage, ready } from "./gc-stage.ts";
import { fakeControl, run } from "./harness.ts";

beforeAll(openStage);
afterAll(closeStage);

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
