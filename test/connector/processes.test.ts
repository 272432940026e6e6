import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ControlClient, connectControl, ensureConnector } from "../../src/control/client.ts";
import { CtiError } from "../../src/model/errors.ts";
import { lockPath, socketPath } from "../../src/platform/paths.ts";
import { isLocked } from "../../src/platform/lock.ts";
import { version } from "../../src/platform/version.ts";
import { type Simulator, startSimulator } from "../../src/simulator/start.ts";
import { isAlive, nextEvent, settingsFor, temporaryHome, until } from "./support.ts";

const password = "Zebra7unique42";
const profile = "default";

let simulator: Simulator;
let home: ReturnType<typeof temporaryHome>;
let begun: { client: ControlClient; home: ReturnType<typeof temporaryHome> }[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1, password });
});

afterAll(() => simulator.stop());

afterEach(async () => {
  for (const { client, home: used } of begun) {
    await client.stop({ agents: "leave" }).catch(() => undefined);
    await until(() => !isLocked(lockPath(used.environment, profile)));
    used.remove();
  }
  begun = [];
});

async function start(): Promise<ControlClient> {
  home = temporaryHome();
  const client = await ensureConnector({ environment: home.environment, profile, version });
  begun.push({ client, home });
  return client;
}

function login(client: ControlClient, agent: string, given = password, key: string = crypto.randomUUID()) {
  return client.login(agent, {
    settings: settingsFor(agent, {
      finesse: simulator.nodes.map((node) => node.rest),
      ca: [{ path: "ca.pem", pem: simulator.caPem }],
    }),
    password: given,
    idempotencyKey: key,
    timeout: 10,
  });
}

function ask(client: ControlClient, agent: string, verb: "ready" | "not-ready" | "logout") {
  return client.command(agent, { command: { verb }, idempotencyKey: crypto.randomUUID() });
}

test("a killed worker comes back with the agent signed in, and the next command works", async () => {
  const client = await start();
  expect((await login(client, "1002")).outcome).toBe("confirmed");
  expect((await ask(client, "1002", "ready")).outcome).toBe("confirmed");
  const { workerPid, guardianPid } = await client.hello();
  process.kill(workerPid, "SIGKILL");
  const agent = await client.agent("1002");
  expect(agent.state?.state).toBe("READY");
  const after = await client.status();
  expect(after.workerPid).not.toBe(workerPid);
  expect(after.guardianPid).toBe(guardianPid);
  expect(after.restarts).toBe(1);
  expect((await ask(client, "1002", "not-ready")).outcome).toBe("confirmed");
});

test("a stream of events goes on after the worker was killed, without a gap and without a repetition", async () => {
  const client = await start();
  await login(client, "1003");
  const abort = new AbortController();
  const events = client.events({ agent: "1003", since: "start" }, abort.signal)[Symbol.asyncIterator]();
  const seen: string[] = [];
  const untilState = (state: string) =>
    nextEvent(events, (event) => {
      seen.push(event.id);
      return event.type === "agent.changed" && event.state.state === state;
    });
  await untilState("NOT_READY");
  process.kill((await client.hello()).workerPid, "SIGKILL");
  await ask(client, "1003", "ready");
  await untilState("READY");
  abort.abort();
  expect((await events.next()).done).toBe(true);
  expect(seen).toEqual([...new Set(seen)].sort());
  const recorded = await client.eventPage({ agent: "1003", limit: 1000 });
  const last = seen.at(-1) ?? "";
  expect(seen).toEqual(recorded.events.map((event) => event.id).filter((id) => id <= last));
});

test("without its guardian the worker goes on; after its death too, the truth is told", async () => {
  const client = await start();
  await login(client, "1004");
  const { guardianPid = 0, workerPid } = await client.hello();
  process.kill(guardianPid, "SIGKILL");
  await until(() => !isAlive(guardianPid) && isLocked(lockPath(home.environment, profile)));
  expect((await ask(client, "1004", "ready")).outcome).toBe("confirmed");
  expect((await client.hello()).guardianPid).toBeUndefined();

  process.kill(workerPid, "SIGKILL");
  await until(() => !isLocked(lockPath(home.environment, profile)));
  const error = await client.status().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CtiError);
  expect(error).toMatchObject({ code: "session-lost", exitCode: 7 });
  expect(String(error)).toContain("agent 1004");

  // Signing in again finds the agent as Finesse still has him.
  await ensureConnector({ environment: home.environment, profile, version });
  expect((await login(client, "1004")).message).toContain("already signed in");
});

test("of two that start a connector at once one wins and both reach it", async () => {
  home = temporaryHome();
  const options = { environment: home.environment, profile, version };
  const clients = await Promise.all([1, 2, 3].map(() => ensureConnector(options)));
  const [first] = clients;
  if (first !== undefined) begun.push({ client: first, home });
  const pids = await Promise.all(clients.map(async (client) => (await client.hello()).workerPid));
  expect(new Set(pids).size).toBe(1);
});

test("a stale socket is replaced, another file in its place is not", async () => {
  home = temporaryHome();
  const path = socketPath(home.environment, profile);
  const left = Bun.listen({ unix: path, socket: { data() {} } });
  left.stop(true);
  const client = await ensureConnector({ environment: home.environment, profile, version });
  expect((await client.hello()).profile).toBe(profile);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await client.stop({});

  writeFileSync(path, "mine");
  const failed = await ensureConnector({ environment: home.environment, profile, version }).catch(
    (thrown: unknown) => thrown,
  );
  expect(failed).toMatchObject({ code: "connector-start" });
  expect(String(failed)).toContain("not a socket");
  expect(readFileSync(path, "utf8")).toBe("mine");
  home.remove();
});

test("a wrong password is refused once by Finesse, and by the connector alone for a live session", async () => {
  const client = await start();
  const first = await login(client, "1005", "wrong-guess-1").catch((thrown: unknown) => thrown);
  expect(first).toMatchObject({ code: "credentials-refused", exitCode: 3 });
  await login(client, "1005");
  const second = await login(client, "1005", "wrong-guess-2").catch((thrown: unknown) => thrown);
  expect(second).toMatchObject({ code: "credentials-refused" });
  expect((await ask(client, "1005", "ready")).outcome).toBe("confirmed");
});

test("the password is nowhere: not in files, process lists, traces or errors", async () => {
  const client = await start();
  await login(client, "1006");
  await ask(client, "1006", "ready");
  const trace = await client.trace({ agent: "1006", limit: 1000 });
  expect(trace.records.some((record) => record.channel === "rest")).toBe(true);
  expect(trace.records.some((record) => record.channel === "xmpp")).toBe(true);
  const { workerPid, guardianPid } = await client.hello();
  const forms = [
    password,
    Buffer.from(`1006:${password}`).toString("base64"),
    Buffer.from(`\x001006\x00${password}`).toString("base64"),
  ];
  const texts = [
    JSON.stringify(trace),
    JSON.stringify(await client.status()),
    Bun.spawnSync(["ps", "eww", String(workerPid), String(guardianPid)]).stdout.toString(),
    ...readdirSync(home.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")),
  ];
  for (const text of texts) for (const form of forms) expect(text).not.toContain(form);
});

test("ends by itself when the last agent is gone and nobody is there", async () => {
  home = temporaryHome();
  const client = await ensureConnector({ environment: home.environment, profile, version, grace: 0 });
  const { workerPid, guardianPid = 0 } = await client.hello();
  await until(() => !isAlive(workerPid) && !isAlive(guardianPid));
  expect(isLocked(lockPath(home.environment, profile))).toBe(false);
  const error = await connectControl({ environment: home.environment, profile, version })
    .status()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "no-connector", exitCode: 7 });
  home.remove();
});

test("stop demands a word about agents who are signed in", async () => {
  const client = await start();
  await login(client, "1007");
  expect(await client.stop({}).catch((thrown: unknown) => thrown)).toMatchObject({ code: "usage" });
  const answer = await client.stop({ agents: "logout" });
  expect(answer).toMatchObject({ stopped: true, agents: [{ agent: "1007", did: "logged-out" }] });
  expect(await client.status().catch((thrown: unknown) => thrown)).toMatchObject({ code: "no-connector" });
});

test("SIGTERM to the guardian ends both in order and leaves the agent to Finesse", async () => {
  const client = await start();
  await login(client, "1008");
  const { guardianPid = 0, workerPid } = await client.hello();
  process.kill(guardianPid, "SIGTERM");
  await until(() => !isAlive(workerPid) && !isAlive(guardianPid));
  const error = await client.status().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "session-lost" });
  expect(String(error)).toContain("was stopped");
});

test("cti serve logs to stderr, refuses a second one, and ends cleanly with SIGINT", async () => {
  home = temporaryHome();
  const serve = () =>
    Bun.spawn([process.execPath, join(import.meta.dir, "../../src/main.ts"), "serve"], {
      env: home.environment,
      cwd: home.directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
  const foreground = serve();
  const reader = foreground.stderr.getReader();
  let text = "";
  while (!text.includes("serving default as")) text += new TextDecoder().decode((await reader.read()).value);
  const client = connectControl({ environment: home.environment, profile, version });
  const hello = await client.hello();
  expect(hello).toMatchObject({ foreground: true, guardianPid: foreground.pid });
  const second = serve();
  expect(await second.exited).toBe(5);
  expect(await new Response(second.stderr).text()).toContain("runs already");
  foreground.kill("SIGINT");
  expect(await foreground.exited).toBe(0);
  expect(isAlive(hello.workerPid)).toBe(false);
  home.remove();
});
