import { afterEach, beforeEach, expect, test } from "bun:test";
import { utimesSync, writeFileSync } from "node:fs";
import { connectControl } from "../../src/control/client.ts";
import { lastKnownFile } from "../../src/control/last-known.ts";
import { scrubbedEnvironment, startConnector } from "../../src/control/start.ts";
import { lockPath, socketPath, stateDirectory } from "../../src/platform/paths.ts";
import { tryLock } from "../../src/platform/lock.ts";
import { temporaryHome } from "../connector/support.ts";

let home: ReturnType<typeof temporaryHome>;
beforeEach(() => {
  home = temporaryHome();
});
afterEach(() => home.remove());

const profile = "default";
/** No system gives numbers this high. */
const nobody = 2 ** 30;
const thrown = (work: Promise<unknown>) => work.catch((error: unknown) => error);

function client(options: { patience?: number; onNotice?: (notice: string) => void } = {}) {
  return connectControl({ environment: home.environment, profile, version: "2.0.0", ...options });
}

function answering(handle: (request: Request) => Response): { stop: () => Promise<void> } {
  const server = Bun.serve({ unix: socketPath(home.environment, profile), fetch: handle });
  return { stop: () => server.stop(true) };
}

function lastKnown(ended: Record<string, string | number>, ago: number): void {
  stateDirectory(home.environment, profile);
  const path = lastKnownFile(home.environment, profile);
  const agent = { agent: "1001", extension: "2001", state: "TALKING", calls: 1 };
  writeFileSync(path, JSON.stringify({ writtenAt: "", pid: nobody, boot: "", agents: [agent], ...ended }));
  const at = Date.now() / 1000 - ago;
  utimesSync(path, at, at);
}

test("without a connector and a past: sign in first", async () => {
  expect(await thrown(client().status())).toMatchObject({ code: "no-connector", exitCode: 7 });
});

test("after a kill the truth: when, who, in what state, and what Finesse does", async () => {
  lastKnown({}, 10);
  const fresh = await thrown(client().status());
  expect(fresh).toMatchObject({
    code: "session-lost",
    exitCode: 7,
    hint: expect.stringContaining("cti login -a 1001 -e 2001"),
  });
  expect(String(fresh)).toMatch(/killed around \d\d:\d\d with agent 1001 \(TALKING, on a call\)/);
  expect(Reflect.get(Object(fresh), "why")).toContain("1 to 3 minutes");
  lastKnown({}, 3600);
  expect(Reflect.get(Object(await thrown(client().status())), "why")).toContain("by now");
  lastKnown({}, 24 * 3600);
  expect(await thrown(client().status())).toMatchObject({ code: "no-connector" });
});

test("a connector that lives on without its socket is waited for, not called killed", async () => {
  lastKnown({ pid: process.pid, socket: socketPath(home.environment, profile) }, 1);
  const waiting = client().hello();
  const server = answering(() => Response.json({ api: 1 }, { headers: { "Cti-Api": "1" } }));
  expect(await waiting).toMatchObject({ api: 1 });
  await server.stop();
  expect(await thrown(client({ patience: 50 }).status())).toMatchObject({ code: "connector-unreachable" });
  lastKnown({ pid: process.pid, socket: socketPath(home.environment, profile) }, 3600);
  expect(await thrown(client().status())).toMatchObject({ code: "session-lost" });
  // One that another environment has elsewhere is neither waited for nor called killed.
  lastKnown({ pid: process.pid, socket: "/run/user/1/cti/default.sock" }, 1);
  expect(await thrown(client().status())).toMatchObject({
    code: "no-connector",
    why: expect.stringContaining("/run/user/1/cti"),
    hint: expect.stringContaining("XDG_RUNTIME_DIR"),
  });
});

test("after an orderly stop it is not called killed", async () => {
  lastKnown({ endedAt: new Date().toISOString() }, 0);
  expect(String(await thrown(client().status()))).toContain("was stopped at");
});

test("a stranger at the socket is named as such", async () => {
  const server = answering(() => new Response("<html>hello</html>"));
  expect(await thrown(client().status())).toMatchObject({ code: "connector-unreachable", exitCode: 5 });
  await server.stop();
});

test("a difference of versions is told once, and an error of the connector is thrown as it is", async () => {
  const notices: string[] = [];
  const headers = { "Cti-Version": "1.0.0" };
  const server = answering(() =>
    Response.json({ error: { code: "connector-version", message: "old" } }, { status: 409, headers }),
  );
  const asking = client({ onNotice: (notice) => notices.push(notice) });
  expect(await thrown(asking.hello())).toMatchObject({ code: "connector-version", message: "old" });
  await thrown(asking.hello());
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain("1.0.0");
  await server.stop();
});

test("one that says yes to everything but speaks another control API, or none, is not believed", async () => {
  const stranger = answering(() => Response.json({ agents: [] }));
  expect(await thrown(client().status())).toMatchObject({ code: "connector-unreachable" });
  await stranger.stop();
  const headers = { "Cti-Version": "9.0.0", "Cti-Api": "9" };
  const newer = answering(() => Response.json({ agents: [], stopped: true }, { headers }));
  expect(await thrown(client().status())).toMatchObject({
    code: "connector-version",
    message: expect.stringContaining("9.0.0"),
    hint: expect.stringContaining("cti stop --leave"),
  });
  // The way out that the hint names has to be open.
  expect(await client({ patience: 50 }).stop({ agents: "leave" })).toMatchObject({ stopped: true });
  await newer.stop();
});

test("a lock that is none is named, with what to do", async () => {
  writeFileSync(
    lockPath(home.environment, profile),
    "this is not a database, and long enough to be read as one",
  );
  expect(await thrown(client().status())).toMatchObject({
    code: "connector-start",
    message: expect.stringContaining(".lock"),
    hint: expect.stringContaining("XDG_RUNTIME_DIR"),
  });
});

test("while the lock is held the worker is waited for; it is not said that nobody is signed in", async () => {
  const lock = tryLock(lockPath(home.environment, profile));
  expect(await thrown(client({ patience: 50 }).status())).toMatchObject({ code: "connector-unreachable" });
  const waiting = client().hello();
  const server = answering(() => Response.json({ api: 1 }, { headers: { "Cti-Api": "1" } }));
  expect(await waiting).toMatchObject({ api: 1 });
  await server.stop();
  lock?.release();
});

test("a program that cannot be run is said so, with its name", async () => {
  const options = {
    environment: home.environment,
    profile,
    recordVariables: false,
    command: ["/nowhere/cti"],
  };
  expect(await thrown(startConnector(options))).toMatchObject({
    code: "connector-start",
    message: expect.stringContaining("/nowhere/cti"),
  });
});

test("one that ends without a word is reported with the end of its log", async () => {
  const command = ["/bin/sh", "-c", "echo first >&2; echo out of luck >&2"];
  const options = { environment: home.environment, profile, recordVariables: false, command };
  expect(await thrown(startConnector(options))).toMatchObject({
    code: "connector-start",
    why: "first\nout of luck",
  });
});

test("the environment of the background holds what it needs and no password", () => {
  const scrubbed = scrubbedEnvironment({
    PATH: "/bin",
    HOME: "/home/me",
    CTI_PASSWORD: "secret",
    AWS_SECRET_ACCESS_KEY: "x",
    https_proxy: "http://proxy",
    CTI_DEBUG: "1",
  });
  expect(Object.keys(scrubbed).sort()).toEqual(["CTI_DEBUG", "HOME", "PATH", "https_proxy"]);
});

test("deliveries: only what is asked for is in the query, and what is to be done in the body", async () => {
  const seen: { what: string; body: string }[] = [];
  const server = Bun.serve({
    unix: socketPath(home.environment, profile),
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      seen.push({ what: `${request.method} ${pathname}${search}`, body: await request.text() });
      return Response.json(
        { done: [], refused: [], deliveries: [], total: 3 },
        { headers: { "Cti-Api": "1" } },
      );
    },
  });
  const asking = client();
  expect(await asking.deliveries({})).toMatchObject({ total: 3 });
  await asking.deliveries({ state: "missed", adapter: "ebs", agent: "a&b", limit: 5 });
  expect(await asking.retryDeliveries({ ids: ["d-1-1"] })).toMatchObject({ done: [], refused: [] });
  await asking.discardDeliveries({ query: { state: "missed" } });
  expect(seen).toEqual([
    { what: "GET /v1/deliveries", body: "" },
    { what: "GET /v1/deliveries?state=missed&adapter=ebs&agent=a%26b&limit=5", body: "" },
    { what: "POST /v1/deliveries/retry", body: '{"ids":["d-1-1"]}' },
    { what: "POST /v1/deliveries/discard", body: '{"query":{"state":"missed"}}' },
  ]);
  await server.stop(true);
});

test("a retry is sent again when the worker dies under it, a discard is not", async () => {
  let asked = 0;
  const server = Bun.listen({
    unix: socketPath(home.environment, profile),
    socket: {
      data(socket) {
        asked += 1;
        if (asked !== 2) {
          socket.end();
          return;
        }
        const body = '{"done":[],"refused":[]}';
        socket.end(
          `HTTP/1.1 200 OK\r\nCti-Api: 1\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      },
    },
  });
  const asking = client();
  expect(await asking.retryDeliveries({ query: {} })).toEqual({ done: [], refused: [] });
  expect(asked).toBe(2);
  expect(await thrown(asking.discardDeliveries({ query: {} }))).toMatchObject({
    code: "connector-unreachable",
  });
  expect(asked).toBe(3);
  server.stop(true);
});

test("queues, layouts and teams are asked for by the agent's name, whatever letters it has", async () => {
  const asked: string[] = [];
  const server = answering((request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${request.method} ${pathname}${search}`);
    return Response.json([], { headers: { "Cti-Api": "1" } });
  });
  await client().queues("a/b");
  await client().callLayouts("a/b");
  await client().team("1001");
  await client().team("1001", "5 & 6");
  expect(asked).toEqual([
    "GET /v1/agents/a%2Fb/queues",
    "GET /v1/agents/a%2Fb/layouts",
    "GET /v1/agents/1001/team",
    "GET /v1/agents/1001/team?id=5+%26+6",
  ]);
  await server.stop();
});
