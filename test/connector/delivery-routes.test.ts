import { beforeEach, describe, expect, test } from "bun:test";
import type { EventLog } from "../../src/connector/event-log.ts";
import type { Registry } from "../../src/connector/registry.ts";
import { ControlServer } from "../../src/connector/server.ts";
import type { Trace } from "../../src/connector/trace.ts";
import type { DeliveriesRequest, DeliveryPage, DeliveryStatus } from "../../src/model/delivery.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { Redactor } from "../../src/platform/redact.ts";

const owed: DeliveryStatus = {
  id: "d-1-1",
  adapter: "ebs",
  kind: "CallReleased",
  policy: "record",
  text: "call with 5551234 ended",
  attempts: 2,
  state: "owed",
  createdAt: "2026-01-05T09:00:00.000Z",
  expiresAt: "2026-01-06T09:00:00.000Z",
};
const page: DeliveryPage = { deliveries: [owed], total: 7 };

let asked: unknown[];
let server: ControlServer;

/** The rooms of the server that these requests have no business in. */
function untouched<Room extends object>(): Room {
  return new Proxy({} as Room, {
    get: () => {
      throw new Error("a request about deliveries touched another room");
    },
  });
}

beforeEach(() => {
  asked = [];
  const answer = (what: string) => (request: DeliveriesRequest) => {
    asked.push({ [what]: request });
    return { done: [owed], refused: [{ id: "d-1-9", why: "there is no such delivery", unknown: true }] };
  };
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
    registry: untouched<Registry>(),
    events: untouched<EventLog>(),
    trace: untouched<Trace>(),
    adapters: () => [],
    askAdapter: () => Promise.reject(new Error("nobody asks an adapter here")),
    deliveries: {
      counts: () => ({ owed: 0, missed: 0 }),
      list: (query, limit) => {
        asked.push({ list: query, limit });
        return page;
      },
      retry: answer("retry"),
      discard: answer("discard"),
    },
    stop: () => Promise.resolve({ stopped: true, agents: [] }),
    redactor: new Redactor(),
    clock: new ManualClock(),
    log: { write: () => {} },
  });
});

async function ask(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await server.handle(
    new Request(`http://connector/v1/${path}`, {
      headers: { "Cti-Api": "1" },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    }),
  );
  return { status: answer.status, body: await answer.json() };
}

describe("GET /deliveries", () => {
  test("a hundred of all by default, the page as the desk gives it", async () => {
    expect(await ask("deliveries")).toEqual({ status: 200, body: page });
    expect(asked).toEqual([{ list: {}, limit: 100 }]);
  });

  test("by state, adapter and agent; a thousand at most", async () => {
    await ask("deliveries?state=missed&adapter=ebs&agent=1001&limit=5");
    await ask("deliveries?limit=5000");
    expect(asked).toEqual([
      { list: { state: "missed", adapter: "ebs", agent: "1001" }, limit: 5 },
      { list: {}, limit: 1000 },
    ]);
  });

  test.each(["state=late", "limit=0", "limit=many", "adapter=", "sate=missed"])(
    "%s is a usage error, and the desk is not asked",
    async (query) => {
      expect(await ask(`deliveries?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: "usage", message: expect.stringContaining(query.split("=")[0] ?? "") } },
      });
      expect(asked).toEqual([]);
    },
  );
});

describe.each(["retry", "discard"])("POST /deliveries/%s", (what) => {
  test.each([
    [{ ids: ["d-1-1", "d-1-9"] }],
    [{ query: {} }],
    [{ query: { state: "missed", adapter: "ebs", agent: "1001" } }],
  ])("%j goes to the desk as it is", async (request) => {
    expect(await ask(`deliveries/${what}`, request)).toMatchObject({
      status: 200,
      body: { done: [{ id: "d-1-1" }], refused: [{ id: "d-1-9", unknown: true }] },
    });
    expect(asked).toEqual([{ [what]: request }]);
  });

  test.each([
    [{}, "ids or a query"],
    [{ ids: ["d-1-1"], query: {} }, "ids or a query"],
    [{ ids: [] }, "ids"],
    [{ ids: "d-1-1" }, "ids"],
    [{ ids: [7] }, "ids"],
    [{ query: { state: "gone" } }, "query.state"],
    [{ query: { agent: "" } }, "query.agent"],
    // What is misspelt must not mean all.
    [{ query: { sate: "missed" } }, "query.sate"],
    [{ query: { state: "missed" }, limit: 3 }, "limit"],
    [[], "the body"],
  ])("%j is a usage error that names the field, and nothing is done", async (request, words) => {
    expect(await ask(`deliveries/${what}`, request)).toMatchObject({
      status: 400,
      body: { error: { code: "usage", message: expect.stringContaining(words) } },
    });
    expect(asked).toEqual([]);
  });
});

test.each([
  ["deliveries/retry", undefined],
  ["deliveries/burn", { query: {} }],
  ["deliveries", { query: {} }],
  ["deliveries/retry/d-1-1", { query: {} }],
])("%s is no path of the control API with that method", async (path, body) => {
  expect(await ask(path, body)).toMatchObject({ status: 400, body: { error: { code: "usage" } } });
  expect(asked).toEqual([]);
});
