import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellLease } from "../../src/commands/shell-lease.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { CtiEvent } from "../../src/model/events.ts";
import { Secret } from "../../src/platform/secret.ts";
import { findPassword } from "../../src/platform/password.ts";
import { typeKeys } from "../../src/platform/prompt.ts";
import { agent, call, event, fakeControl, outcome, run } from "./harness.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-login-"));
  await writeFile(join(folder, "garbage.pem"), "hello");
  await writeFile(
    join(folder, "broken.pem"),
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  );
  await writeFile(join(folder, "key.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
});
afterAll(() => rm(folder, { recursive: true }));

const signedIn = outcome({
  verb: "login",
  message: "signed in on extension 2001",
  state: agent({ state: "NOT_READY" }),
});
const who = ["login", "-a", "1001", "-e", "2001", "--finesse", "localhost"];
const env = { CTI_PASSWORD: "secret" };

describe("cti login", () => {
  test("starts a connector and tells who is in which state", async () => {
    const fake = fakeControl({ outcome: signedIn, running: false });
    const ran = await run(who, fake, { env });
    expect(ran).toEqual({
      exitCode: 0,
      stdout: "✓ 1001 Ayesha Khan is signed in on extension 2001: NOT_READY\n",
      stderr: "",
    });
    expect(fake.asked[0]).toMatchObject({
      what: "login",
      agent: "1001",
      detail: {
        settings: {
          agent: "1001",
          extension: "2001",
          finesse: ["https://localhost:8445"],
          ca: [],
          insecure: false,
          resolve: [],
          unattended: { then: "keep", after: 60 },
          defaultReasons: {},
          timeout: 10,
        },
        password: "secret",
        idempotencyKey: "key-1",
        timeout: 60,
        lease: { kind: "shell" },
      },
    });
  });

  test("the password from standard input, without its line end", async () => {
    const fake = fakeControl({ outcome: signedIn });
    await run([...who, "--password-stdin"], fake, { stdin: " se cret\r\n" });
    expect(fake.asked[0]?.detail).toMatchObject({ password: " se cret" });
  });

  test("--insecure is loud", async () => {
    const { stderr } = await run([...who, "--insecure"], fakeControl({ outcome: signedIn }), { env });
    expect(stderr).toContain("certificate checks are off");
  });

  const table: [string, string[], string][] = [
    ["no Finesse", ["login", "-a", "1001", "-e", "2001"], "CTI_FINESSE"],
    ["no agent", ["login", "--finesse", "x"], "--agent 1001"],
    ["no extension", ["login", "--finesse", "x", "-a", "1001"], "--extension 2001"],
    ["http", [...who, "--finesse", "http://fin:8082"], "https://fin:8445"],
    ["a missing certificate file", [...who, "--ca", "nowhere.pem"], "nowhere.pem"],
    ["garbage", [...who, "--ca", "garbage.pem"], "holds no PEM certificate"],
    ["a broken certificate", [...who, "--ca", "broken.pem"], "is broken"],
    ["a key", [...who, "--ca", "key.pem"], "private key"],
    ["both insecure and pinned", [...who, "--insecure", "--pin", "ab".repeat(32)], "leave one of them out"],
    ["a bad resolve", [...who, "--resolve", "x"], "HOST:ADDRESS"],
    ["a bad mobile mode", [...who, "--mobile", "now:5"], "call-by-call"],
    ["a bad policy", [...who, "--unattended", "lougout"], 'did you mean "logout"'],
    ["an empty password", [...who, "--password-stdin"], "the password is empty"],
  ];
  test.each(table)("%s: exit 2 before anything is started", async (_name, args, words) => {
    const fake = fakeControl({ running: false });
    const ran = await run(args, fake, {
      folder,
      stdin: "",
      env: args.includes("--password-stdin") ? {} : env,
    });
    expect({ exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain(words);
    expect(fake.asked).toEqual([]);
  });

  test("no password and no terminal: exit 2 with the three ways", async () => {
    const { exitCode, stderr } = await run([...who, "--json"], fakeControl());
    expect(exitCode).toBe(2);
    const { error } = JSON.parse(stderr);
    expect(error.code).toBe("credentials-missing");
    for (const way of ["--password-stdin", "CTI_PASSWORD", "terminal"]) expect(error.hint).toContain(way);
  });

  test.each([
    [["login", "--password", "hunter2"]],
    [["login", "--password=hunter2"]],
    [["login", "--pasword=hunter2"]],
    [["login", "-phunter2"]],
    [["login", "-p", "hunter2"]],
    [["login", "hunter2"]],
    [["login", "-a", "1001", "hunter2"]],
    [["login", "-xhunter2"]],
    [["login", "--paswrod", "hunter2"]],
    [["login", "--json=hunter2"]],
  ])("%p: refused, and never repeated", async (args) => {
    for (const json of [[], ["--json"]]) {
      const { exitCode, stdout, stderr } = await run([...args, ...json], fakeControl());
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });

  test("a refused password tells where it came from, never what it was", async () => {
    const error = new CtiError({
      code: "credentials-refused",
      message: "Finesse refused the password",
      hint: "try again",
    });
    const { exitCode, stderr } = await run(who, fakeControl({ error }), { env });
    expect(exitCode).toBe(3);
    expect(stderr).toContain("this one came from CTI_PASSWORD");
    expect(stderr).not.toContain("secret");
  });
});

describe("passwords", () => {
  const none = {
    fromStdin: false,
    readStdin: async () => "",
    environment: {},
    keyStore: { get: async () => undefined },
  };

  test("the environment before the key store before the prompt", async () => {
    const kept = { get: async (name: string) => new Secret(`kept for ${name}`) };
    const prompt = async (): Promise<string> => "typed";
    const origin = "https://fina:8445";
    const all = { ...none, environment: { CTI_PASSWORD: "variable" }, keyStore: kept, prompt };
    const from = async (sources: Parameters<typeof findPassword>[2]): Promise<string[]> => {
      const found = await findPassword("1001", origin, sources);
      return [found.from, found.password.reveal()];
    };
    expect(await from({ ...all, fromStdin: true, readStdin: async () => "piped\n" })).toEqual([
      "stdin",
      "piped",
    ]);
    expect(await from(all)).toEqual(["CTI_PASSWORD", "variable"]);
    expect(await from({ ...all, environment: {} })).toEqual(["key store", "kept for 1001@fina:8445"]);
    expect(await from({ ...none, prompt })).toEqual(["prompt", "typed"]);
  });

  test.each([
    [["sec", "ret\r"], { text: "secret", done: true, interrupted: false }],
    [["secret\r"], { text: "secret", done: true, interrupted: false }],
    [["sex\u007fcret\n"], { text: "secret", done: true, interrupted: false }],
    [["wrong\u0015ok\r"], { text: "ok", done: true, interrupted: false }],
    [["\u{1f600}x\u007f\u007fa\r"], { text: "a", done: true, interrupted: false }],
    [["ab\u0003"], { text: "", done: true, interrupted: true }],
    [["pass wörd\u0004"], { text: "pass wörd", done: true, interrupted: false }],
    [["a\u001b"], { text: "a", done: false, interrupted: false }],
  ])("typing %p", (pieces, expected) => {
    let typed = "";
    let last = { text: "", done: false, interrupted: false };
    for (const piece of pieces) {
      last = typeKeys(typed, piece);
      typed = last.text;
    }
    expect(last).toEqual(expected);
  });
});

test.each([
  [
    { pid: 9, parent: 8, sessionLeader: 4, terminal: "pts/3" },
    { id: "shell-4", label: "shell 4 on pts/3", pid: 4 },
  ],
  [
    { pid: 9, parent: 8, sessionLeader: 9, terminal: undefined },
    { id: "shell-8", label: "shell 8", pid: 8 },
  ],
  [
    { pid: 9, parent: 8, sessionLeader: 1, terminal: undefined },
    { id: "shell-8", label: "shell 8", pid: 8 },
  ],
  [
    { pid: 9, parent: 8, sessionLeader: undefined, terminal: undefined },
    { id: "shell-8", label: "shell 8", pid: 8 },
  ],
])("%p holds the lease %p", (facts, lease) => expect(shellLease(facts)).toEqual({ ...lease, kind: "shell" }));

describe("cti dial --wait", () => {
  const leg = call({
    id: "7",
    direction: "out",
    state: "INITIATED",
    dialogState: "INITIATED",
    queue: undefined,
  });
  const dialled = outcome({ verb: "dial", message: "calling 5551234", call: leg });
  const ringing = event(3, { type: "call.changed", call: { ...leg, dialogState: "ALERTING" } });
  const answered = event(4, {
    type: "call.changed",
    call: { ...leg, state: "ACTIVE", dialogState: "ACTIVE" },
  });
  const busy = event(4, { type: "call.changed", call: { ...leg, state: "FAILED", cause: "BUSY" } });
  const other = event(2, { type: "call.changed", call: call({ id: "8", state: "ACTIVE" }) });

  const table: [string, CtiEvent[], number, string, string][] = [
    ["active", [other, ringing, answered], 0, "confirmed", "ACTIVE"],
    ["alerting", [other, ringing], 0, "confirmed", "INITIATED"],
    ["active", [ringing, busy], 4, "refused", "FAILED"],
    ["active", [ringing], 6, "unknown", "INITIATED"],
  ];
  test.each(table)("until %s (%#)", async (target, events, exitCode, expected, state) => {
    const fake = fakeControl({ outcome: dialled, events });
    const ran = await run(["dial", "5551234", "--wait", target, "--timeout", "30ms", "--json"], fake);
    expect(ran.exitCode).toBe(exitCode);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      verb: "dial",
      outcome: expected,
      call: { id: "7", state },
    });
  });
});

describe("cti stop", () => {
  test.each([
    [["stop"], {}],
    [["stop", "--logout"], { agents: "logout" }],
    [["stop", "--leave"], { agents: "leave" }],
  ])("%p", async (args, request) => {
    const fake = fakeControl();
    expect((await run(args, fake)).exitCode).toBe(0);
    expect(fake.asked).toEqual([{ what: "stop", detail: request }]);
  });

  test("nothing runs: nothing to do", async () => {
    const { exitCode, stdout } = await run(["stop", "--json"], fakeControl({ running: false }));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ stopped: false, agents: [] });
  });

  test("an agent that cannot be signed out: exit 4, the connector goes on", async () => {
    const { exitCode, stderr } = await run(["stop", "--logout"], fakeControl({ stops: false }));
    expect(exitCode).toBe(4);
    expect(stderr).toContain("goes on");
  });

  test("both ways exclude each other", async () => {
    expect((await run(["stop", "--logout", "--leave"], fakeControl())).exitCode).toBe(2);
  });
});
