import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CommandMemory } from "../../src/connector/command-memory.ts";
import { openConnectorStore } from "../../src/connector/database.ts";
import { EventLog } from "../../src/connector/event-log.ts";
import type { Credentials } from "../../src/connector/guardian-link.ts";
import { Interactions } from "../../src/connector/interactions.ts";
import { Journal } from "../../src/connector/journal.ts";
import { Registry } from "../../src/connector/registry.ts";
import { ControlServer } from "../../src/connector/server.ts";
import { stopAgents } from "../../src/connector/stop.ts";
import { Trace } from "../../src/connector/trace.ts";
import { deliveryDesk } from "../../src/crm/outbox/desk.ts";
import { Deliveries } from "../../src/crm/outbox/outbox.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { SessionSettings } from "../../src/model/settings.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { Redactor } from "../../src/platform/redact.ts";
import type { Store } from "../../src/platform/sqlite.ts";
import { FakeSession } from "./fake-session.ts";
import { settingsFor, temporaryHome } from "./support.ts";

let home: ReturnType<typeof temporaryHome>;
let store: Store;
let clock: ManualClock;
let registry: Registry;
let server: ControlServer;
let events: EventLog;
let sessions: FakeSession[];
let kept: Map<string, Credentials>;
let prepare: (session: FakeSession) => void;

beforeEach(() => {
  home = temporaryHome();
  clock = new ManualClock();
  sessions = [];
  kept = new Map();
  prepare = () => {};
  store = openConnectorStore(home.directory, () => {});
  events = new EventLog({ journal: new Journal({ store, recordVariables: false }), boot: "0000001", clock });
  const redactor = new Redactor();
  const trace = new Trace({ store, redactor, clock, recordVariables: false });
  const log = { write: () => {} };
  registry = new Registry({
    createSession: (options) => {
      const session = new FakeSession(options);
      prepare(session);
      sessions.push(session);
      return session;
    },
    keeper: {
      remember: (credentials) => kept.set(credentials.settings.agent, credentials),
      forget: (agent) => kept.delete(agent),
    },
    events,
    interactions: new Interactions({ store, clock, recordVariables: false }),
    memory: new CommandMemory(store, clock),
    store,
    trace: (record) => trace.record(record),
    redactor,
    processes: () => "started",
    clock,
    random: Math.random,
    log,
    onChange: () => {},
    notSignedIn: (agent) =>
      new CtiError({ code: "not-signed-in", message: `agent ${agent} is not signed in` }),
  });
  server = new ControlServer({
    hello: () => ({
      api: 1,
      version: "1.2.3",
      profile: "default",
      startedAt: "",
      workerPid: 1,
      foreground: false,
    }),
    restarts: () => 0,
    registry,
    events,
    trace,
    adapters: () => [],
    askAdapter: () => Promise.reject(new Error("nobody asks an adapter here")),
    deliveries: deliveryDesk(
      new Deliveries({ store, boot: "0000001", clock, random: Math.random, tell: () => {} }),
    ),
    stop: () => Promise.resolve({ stopped: true, agents: [] }),
    redactor,
    clock,
    log,
  });
});

afterEach(async () => {
  await registry.close();
  store.close();
  home.remove();
});

function login(changes: Partial<SessionSettings> = {}, password = "secret-1") {
  const idempotencyKey = crypto.randomUUID();
  return registry.login("1001", {
    settings: settingsFor("1001", changes),
    password,
    idempotencyKey,
    timeout: 5,
  });
}

function command(verb: "ready" | "not-ready" | "logout", idempotencyKey: string = crypto.randomUUID()) {
  return registry.command("1001", { command: { verb }, idempotencyKey });
}

const thrown = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("sign-in", () => {
  test("creates a session, which the keeper remembers until the agent signs out", async () => {
    expect((await login()).outcome).toBe("confirmed");
    expect(kept.get("1001")?.password).toBe("secret-1");
    await command("logout");
    expect(kept.size).toBe(0);
    expect(await thrown(command("ready"))).toMatchObject({ code: "not-signed-in" });
    await login();
    // The second sign-in waited for the end of the first session: two would evict each other.
    expect(sessions.map((session) => session.closed)).toEqual([true, false]);
  });

  test("that fails leaves nothing behind", async () => {
    prepare = (session) => {
      session.onLogin = () => Promise.reject(new CtiError({ code: "credentials-refused", message: "no" }));
    };
    expect(await thrown(login())).toMatchObject({ code: "credentials-refused" });
    expect(kept.size).toBe(0);
    expect(registry.agents).toEqual([]);
    expect(sessions[0]?.closed).toBe(true);
  });

  test("of a live session is proved here: the right password confirms, a wrong one never reaches Finesse", async () => {
    await login();
    await command("ready");
    expect((await login()).outcome).toBe("confirmed");
    expect(await thrown(login({}, "guess"))).toMatchObject({ code: "credentials-refused" });
    expect(sessions).toHaveLength(1);
    expect((await registry.status("1001")).state?.state).toBe("READY");
  });

  test("of a live session that asks for something else is told what stays as it is", async () => {
    await login({ finesse: ["https://a.test:8445", "https://b.test:8445"] });
    const asked = { finesse: ["https://a.test:8445", "https://b.test:8445"] };
    expect((await login(asked)).message).toBe("confirmed");
    const elsewhere = await login({ extension: "2005", finesse: ["https://c.test:8445"], insecure: true });
    expect(elsewhere.outcome).toBe("confirmed");
    expect(elsewhere.message).toContain("on extension 2001, not 2005");
    expect(elsewhere.message).toContain("at a.test:8445 and b.test:8445, not c.test:8445");
    expect(elsewhere.message).toContain("with certificate checks");
    expect(elsewhere.message).toContain("sign out first");
    const trusting = await login({ ...asked, ca: [{ path: "/ca.pem", pem: "PEM" }] });
    expect(trusting.message).toContain("with the certificates it was signed in with");
    expect(sessions).toHaveLength(1);
  });

  test("of the same agent by another of its names finds the live session", async () => {
    prepare = (session) => {
      session.loginName = "obennett";
    };
    await login();
    const again = await registry.login("obennett", {
      settings: settingsFor("obennett", { extension: "2001" }),
      password: "secret-1",
      idempotencyKey: "k",
      timeout: 5,
    });
    expect(again.outcome).toBe("confirmed");
    expect(sessions).toHaveLength(1);
    expect(registry.agents).toEqual(["1001"]);
    await registry.command("obennett", { command: { verb: "ready" }, idempotencyKey: "r" });
    expect((await registry.status("1001")).state?.state).toBe("READY");
  });

  test("two at once make one session", async () => {
    const outcomes = await Promise.all([login(), login()]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["confirmed", "confirmed"]);
    expect(sessions).toHaveLength(1);
  });

  test("after a conflict makes a new session; until then the lost one stays visible and is not remembered", async () => {
    await login();
    const [first] = sessions;
    if (first === undefined) throw new Error("no session");
    first.link = "conflict";
    first.emit({ type: "session.conflict", node: "a" });
    expect(kept.size).toBe(0);
    expect((await registry.status("1001")).link.state).toBe("conflict");
    await login();
    expect(first.closed).toBe(true);
    expect(sessions).toHaveLength(2);
    expect(kept.size).toBe(1);
  });

  test("with a dead link that fails leaves the old session trying", async () => {
    await login();
    const [first] = sessions;
    if (first !== undefined) first.link = "disconnected";
    prepare = (session) => {
      session.onLogin = () => Promise.reject(new CtiError({ code: "finesse-unreachable", message: "no" }));
    };
    expect(await thrown(login({ finesse: ["https://wrong.test"] }))).toMatchObject({
      code: "finesse-unreachable",
    });
    expect(registry.agents).toEqual(["1001"]);
    expect(sessions.at(-1)?.resumed).toBe(true);
    expect(kept.get("1001")?.settings.finesse).toEqual(["https://finesse.test:8445"]);
  });
});

describe("commands", () => {
  test("wait starts at the event a command led to, and sees what came in the same breath after it", async () => {
    await login();
    const [session] = sessions;
    if (session === undefined) throw new Error("no session");
    session.onExecute = () => {
      queueMicrotask(() => session.change("RESERVED"));
      return Promise.resolve("confirmed");
    };
    const { cause } = await command("ready");
    const since = (await registry.status("1001")).lastCommandEvent ?? "";
    const confirmed = events.page({ cause }, undefined, 1).events[0];
    expect(since).toBe(confirmed?.id ?? "none");
  });

  test("a sign-in that meets a running sign-out keeps the session it was confirmed on", async () => {
    prepare = (session) => {
      session.onLogin = async () => {
        // The sign-out is seen while the sign-in waits for its turn.
        if (session.state === "LOGOUT") return;
        session.change("LOGOUT");
        session.emit({ type: "session.signed-out", by: "command" });
        await Promise.resolve();
      };
    };
    await login();
    expect(await login()).toMatchObject({ outcome: "confirmed" });
    // Whatever else waits in the agent's lane has had its turn before a third sign-in has.
    expect(await login()).toMatchObject({ outcome: "confirmed" });
    expect(registry.current()).toMatchObject([{ link: { state: "connected" } }]);
    expect(sessions.map((session) => session.closed)).toEqual([false]);
  });

  test("a CRM's request brings its own cause; under a repeated key the first one stays", async () => {
    await registry.login(
      "1001",
      { settings: settingsFor("1001"), password: "secret-1", idempotencyKey: "gc:0", timeout: 5 },
      "c-crm0001",
    );
    expect(events.page({ cause: "c-crm0001" }, undefined, 10).events).toHaveLength(1);
    const request = { command: { verb: "ready" }, idempotencyKey: "gc:1" } as const;
    const first = await registry.command("1001", request, "c-crm0002");
    const again = await registry.command("1001", request, "c-crm0003");
    expect([first.cause, again.cause]).toEqual(["c-crm0002", "c-crm0002"]);
    expect(events.page({ cause: "c-crm0003" }, undefined, 10).events).toEqual([]);
  });

  test("a repeated logout has its answer although the agent is gone", async () => {
    await login();
    const first = await command("logout", "key");
    expect(await command("logout", "key")).toEqual(first);
  });

  test("an agent whom Finesse signed out is gone and forgotten", async () => {
    await login();
    sessions[0]?.emit({ type: "session.signed-out", by: "finesse", reasonCodeId: "255" });
    expect(registry.agents).toEqual([]);
    expect(kept.size).toBe(0);
  });
});

describe("a CRM that takes an agent up", () => {
  const attach = (password = "secret-1") =>
    registry.attach({ settings: settingsFor("1001", { extension: "" }), password, timeout: 5 });

  test("uses the live session, whose password it must know", async () => {
    await login();
    await command("ready");
    expect((await attach()).state).toBe("READY");
    expect(await thrown(attach("guess"))).toMatchObject({ code: "credentials-refused" });
    expect(sessions).toHaveLength(1);
  });

  test("gets the session of an agent who is signed in at Finesse, without a sign-in", async () => {
    expect((await attach()).state).toBe("READY");
    expect(sessions[0]?.resumed).toBe(true);
    expect(registry.agents).toEqual(["1001"]);
    expect(kept.get("1001")?.password).toBe("secret-1");
  });

  test("hears that the agent is signed out, who then has no session here", async () => {
    prepare = (session) => {
      session.resume = () => {
        session.link = "connected";
        return Promise.resolve();
      };
    };
    expect((await attach()).state).toBe("LOGOUT");
    expect(registry.agents).toEqual([]);
    expect(kept.size).toBe(0);
    expect(sessions[0]?.closed).toBe(true);
  });

  test("gives the agent up to another connector without a sign-out", async () => {
    await login();
    await registry.release("1001");
    expect(registry.agents).toEqual([]);
    expect(kept.size).toBe(0);
    expect(sessions[0]).toMatchObject({ closed: true, executed: [] });
    await registry.release("1001");
  });
});

describe("the end of the connector", () => {
  test("an agent who was signed in elsewhere meanwhile is left there and keeps nobody from stopping", async () => {
    await login();
    const [session] = sessions;
    if (session !== undefined) {
      session.link = "conflict";
      session.onExecute = () =>
        Promise.reject(new CtiError({ code: "signed-in-elsewhere", message: "elsewhere" }));
    }
    expect(await stopAgents(registry, { agents: "logout" }, Math.random)).toMatchObject({
      stopped: true,
      agents: [{ agent: "1001", did: "left" }],
    });
  });

  test("an agent who cannot be signed out keeps it going", async () => {
    await login();
    const [session] = sessions;
    if (session !== undefined) session.onExecute = () => Promise.resolve("refused");
    expect(await stopAgents(registry, { agents: "logout" }, Math.random)).toMatchObject({
      stopped: false,
      agents: [{ agent: "1001", did: "failed" }],
    });
  });
});

describe("after a restart", () => {
  test("sessions resume without a sign-in, and commands wait for that", async () => {
    registry.resume([{ settings: settingsFor("1001"), password: "secret-1" }]);
    expect((await registry.statuses())[0]?.state?.state).toBe("READY");
    expect(sessions[0]?.resumed).toBe(true);
  });

  test("an agent signed out meanwhile is not taken up", async () => {
    prepare = (session) => {
      session.resume = () => {
        session.link = "connected";
        return Promise.resolve();
      };
    };
    registry.resume([{ settings: settingsFor("1001"), password: "secret-1" }]);
    expect(await registry.statuses()).toEqual([]);
  });
});

describe("unattended", () => {
  test("when the last lease is over the agent is made NOT_READY, and the event says so", async () => {
    await login({ unattended: { then: "not-ready", after: 30 } });
    await command("ready");
    registry.putLease("1001", "page-1", { kind: "page", label: "page", ttl: 20 });
    clock.advance(45_000);
    expect(sessions[0]?.executed).toHaveLength(1);
    clock.advance(10_000);
    expect(sessions[0]?.executed.at(-1)).toEqual({ verb: "not-ready" });
    const types = events.page({ types: ["session.unattended"] }, undefined, 10).events;
    expect(types).toHaveLength(1);
  });

  test("leases outlive the worker", async () => {
    await login({ unattended: { then: "logout", after: 30 } });
    registry.putLease("1001", "shell-1", { kind: "shell", label: "shell 7", pid: 7 });
    expect(registry.unattended("1001")).toMatchObject({ then: "logout", after: 30 });
    expect(registry.unattended("1002")).toBeUndefined();
    registry.resume([{ settings: settingsFor("1001"), password: "secret-1" }]);
    expect((await registry.status("1001")).unattended.leases.map(({ id }) => id)).toEqual(["shell-1"]);
  });
});

describe("control API", () => {
  const ask = (path: string, init: RequestInit = {}, api = "1") =>
    server.handle(
      new Request(`http://connector${path}`, { ...init, headers: { "Cti-Api": api, ...init.headers } }),
    );

  test("a face of another version is told how to mend it", async () => {
    const answer = await ask("/v1/status", {}, "2");
    expect(answer.status).toBe(409);
    const body = await answer.json();
    expect(body).toMatchObject({ error: { code: "connector-version" } });
    expect(JSON.stringify(body)).toContain("1.2.3");
    expect(JSON.stringify(body)).toContain("cti stop");
    // What the hint names has to work.
    expect((await ask("/v1/hello", {}, "2")).status).toBe(200);
    expect((await ask("/v1/stop", { method: "POST", body: "{}" }, "2")).status).toBe(200);
  });

  test("a wrong body names its field", async () => {
    const body = JSON.stringify({ command: { verb: "dial" }, idempotencyKey: "k" });
    const answer = await ask("/v1/agents/1001/commands", { method: "POST", body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain("command.number");
    expect((await ask("/v1/agents/1001/commands", { method: "POST", body: "{" })).status).toBe(400);
  });

  test("an unknown agent is 404 not-signed-in, an unknown path says so", async () => {
    expect((await ask("/v1/agents/1999")).status).toBe(404);
    expect(JSON.stringify(await (await ask("/v1/nowhere")).json())).toContain("/v1/nowhere");
  });

  test("an agent's queues and layouts, and the team of that id or the only one", async () => {
    await login();
    const json = async (path: string) => (await ask(`/v1/agents/1001/${path}`)).json();
    expect(await json("queues")).toMatchObject([{ id: "5022", name: "Sales" }]);
    expect(await json("team")).toMatchObject({ id: "1" });
    expect(await json("team?id=")).toMatchObject({ id: "1" });
    expect(await json("team?id=a%26b")).toMatchObject({ id: "a&b" });
    expect(await json("layouts")).toMatchObject([{ name: "Default", columns: [] }]);
    expect((await ask("/v1/agents/1999/queues")).status).toBe(404);
    expect((await ask("/v1/agents/1001/queues/5022")).status).toBe(400);
  });

  test("an event stream counts as somebody being there until it is cancelled", async () => {
    const answer = await ask("/v1/events", { headers: { Accept: "text/event-stream" } });
    expect(server.open).toBe(1);
    const reader = answer.body?.getReader();
    await reader?.read();
    events.append({ type: "session.connecting", node: "a", attempt: 1 }, "1001", undefined);
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain("session.connecting");
    await reader?.cancel();
    expect(server.open).toBe(0);
  });

  test("a silent stream is kept alive with comments", async () => {
    const answer = await ask("/v1/events", { headers: { Accept: "text/event-stream" } });
    const reader = answer.body?.getReader();
    await reader?.read();
    const next = reader?.read();
    clock.advance(15_000);
    expect(new TextDecoder().decode((await next)?.value)).toStartWith(":");
    await reader?.cancel();
  });
});
