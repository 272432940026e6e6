import { afterEach, describe, expect, test } from "bun:test";
import { Stage } from "../../outbox/stage.ts";
import { stamped } from "./event-samples.ts";
import { type Heard, Receiver, type Reply } from "./receiver.ts";
import { live, owed, type WebhookLife } from "./stage.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function office(reply: (heard: Heard) => Reply | Promise<Reply>) {
  const stage = new Stage();
  const receiver = await Receiver.open(reply);
  const url = `http://127.0.0.1:${receiver.port}/hooks/very-secret`;
  ends.push(
    () => stage.remove(),
    () => receiver.close(),
  );
  const beginWith = (before: WebhookLife | undefined, urls: Record<string, string>): WebhookLife => {
    const life = live(stage, { urls }, before);
    ends.push(() => life.webhooks.close());
    return life;
  };
  const begin = (before?: WebhookLife, to = url): WebhookLife => beginWith(before, { crm: to });
  return { receiver, url, begin, beginWith, life: begin() };
}

const about = (agent: string, attempt = 1) =>
  stamped({ type: "session.connecting", node: "a", attempt }, agent);
const state = (life: WebhookLife) => life.webhooks.states()[0];

describe("what an answer means", () => {
  for (const status of [400, 409, 413, 415, 422])
    test(`${status}: this one is refused and listed, the next one goes`, async () => {
      let first = true;
      const { receiver, life } = await office(() => {
        const reply = { status: first ? status : 204 };
        first = false;
        return reply;
      });
      life.happen(about("1001", 1));
      life.happen(about("1001", 2));
      await life.until(() => owed(life) === 0);
      expect(receiver.heard).toHaveLength(2);
      const missed = [...life.deliveries.missed.values()];
      expect(missed.map(({ why }) => why)).toEqual([
        `the receiver of crm at 127.0.0.1:${receiver.port} answered HTTP ${status}`,
      ]);
      expect(JSON.stringify(missed)).not.toContain("very-secret");
    });

  for (const status of [301, 302, 307, 401, 403, 404, 405, 408, 421, 423, 425, 429, 500, 502, 503, 504, 599])
    test(`${status}: tried again until it is taken`, async () => {
      let tries = 0;
      const { receiver, life } = await office(() => {
        tries += 1;
        return { status: tries < 3 ? status : 204, headers: { Location: "http://127.0.0.1:1/" } };
      });
      life.happen(about("1001"));
      await life.until(() => owed(life) === 0);
      expect(receiver.heard).toHaveLength(3);
      expect(life.deliveries.missed.size).toBe(0);
      expect(state(life)).toMatchObject({ sent: 1, failed: 2, problem: undefined });
    });

  for (const status of [200, 201, 202, 204, 299])
    test(`${status}: taken`, async () => {
      const { receiver, life } = await office(() => ({ status, ...(status !== 204 && { body: "thanks" }) }));
      life.happen(about("1001"));
      await life.until(() => owed(life) === 0);
      expect(receiver.heard).toHaveLength(1);
    });
});

describe("410 Gone", () => {
  test("ends it: what is owed is given up unasked, nothing more is owed, also after a restart", async () => {
    let status = 410;
    const { receiver, life, begin } = await office(() => ({ status }));
    for (let attempt = 1; attempt <= 5; attempt++) life.happen(about("1001", attempt));
    await life.until(() => owed(life) === 0);
    expect(receiver.heard).toHaveLength(1);
    expect(life.deliveries.missed.size).toBe(5);
    expect(state(life)?.offSince).toBeString();
    expect(life.logged.filter((line) => line.includes("410"))).toHaveLength(1);
    life.happen(about("1001", 6));
    expect(owed(life)).toBe(0);

    const next = begin(life);
    next.happen(about("1001", 7));
    expect(owed(next)).toBe(0);
    expect(state(next)?.offSince).toBe(state(life)?.offSince ?? "");

    // Somebody has it tried again, later, and it is taken.
    next.clock.advance(120_000);
    status = 204;
    next.desk.retry({ query: { state: "missed" } });
    await next.until(() => owed(next) === 0);
    expect(state(next)?.offSince).toBeUndefined();
    next.happen(about("1001", 8));
    await next.until(() => owed(next) === 0);
    expect(receiver.heard.at(-1)?.body).toContain('"attempt":8');

    // Nor is it off after the next restart.
    const last = begin(next);
    last.happen(about("1001", 9));
    expect(owed(last)).toBe(1);
    await last.until(() => owed(last) === 0);
  });

  test("of one address says nothing of another", async () => {
    const { receiver, life, begin, url } = await office(({ path }) => ({
      status: path.endsWith("/new") ? 204 : 410,
    }));
    life.happen(about("1001"));
    await life.until(() => owed(life) === 0);
    const next = begin(life, `${url}/new`);
    next.happen(about("1001", 2));
    await next.until(() => owed(next) === 0);
    expect(receiver.heard.at(-1)?.path).toEndWith("/new");
  });
});

describe("later", () => {
  for (const [status, retryAfter] of [
    [429, (_: WebhookLife) => "120"],
    [503, (life: WebhookLife) => new Date(life.clock.now() + 120_000).toUTCString()],
  ] as const)
    test(`${status} with Retry-After: nobody calls before, all are told soon after`, async () => {
      let times = 0;
      const { receiver, begin } = await office(() => {
        times += 1;
        return times === 1 ? { status, headers: { "Retry-After": wait } } : { status: 204 };
      });
      const life = begin();
      const wait = retryAfter(life);
      life.happen(about("1001"));
      await life.until(() => state(life)?.problem !== undefined);
      const since = life.clock.now();
      for (const agent of ["1002", "1003", "1004", "1005"]) life.happen(about(agent));
      await life.until(() => life.clock.now() >= since + 110_000, 1000);
      expect(receiver.heard).toHaveLength(1);
      expect(state(life)?.problem).toContain("not to be called for 1");
      await life.until(() => owed(life) === 0, 250);
      expect(life.clock.now() - since).toBeLessThan(125_000);
      expect(receiver.heard).toHaveLength(6);
    });

  test("nonsense in Retry-After, or a hundred years, is no reason to fall silent for longer than an hour", async () => {
    for (const header of ["never", "-5", "1e9", "999999999", "99999999999", new Date(4e12).toUTCString()]) {
      let times = 0;
      const { begin } = await office(() => ({
        status: times++ === 0 ? 503 : 204,
        headers: { "Retry-After": header },
      }));
      const life = begin();
      life.happen(about("1001"));
      await life.until(() => state(life)?.problem !== undefined);
      life.clock.advance(3_600_000);
      await life.until(() => owed(life) === 0);
    }
  });

  test("a clock that is set back does not make it wait for more than an hour either", async () => {
    let times = 0;
    const { begin } = await office(() => ({
      status: times++ === 0 ? 503 : 204,
      headers: { "Retry-After": "60" },
    }));
    const life = begin();
    life.happen(about("1001"));
    await life.until(() => state(life)?.problem !== undefined);
    life.clock.sleep(-86_400_000);
    life.desk.retry({ query: { state: "owed" } });
    await life.until(() => owed(life) === 0);
  });
});

describe("a receiver that is away", () => {
  test("is asked by one try at a time, and all lanes go when it is back", async () => {
    let down = true;
    const gate = { promise: Promise.resolve() };
    const { receiver, life } = await office(async () => {
      await gate.promise;
      return { status: down ? 503 : 204 };
    });
    life.happen(about("1001"));
    await life.until(() => state(life)?.problem !== undefined);
    receiver.mostOpen = 0;
    for (let agent = 1002; agent < 1040; agent++) life.happen(about(String(agent)));
    const heard = receiver.heard.length;
    await life.until(() => receiver.heard.length >= heard + 5, 250);
    expect(receiver.mostOpen).toBe(1);
    down = false;
    await life.until(() => owed(life) === 0);
    const told = new Set(receiver.heard.map(({ headers }) => headers["webhook-id"]));
    expect(told.size).toBe(39);
  });

  test("one that answers too late counts as away, and gets it again", async () => {
    let slow = true;
    const { receiver, life } = await office(() => (slow ? undefined : { status: 204 }));
    life.happen(about("1001"));
    await receiver.until(() => receiver.heard.length === 1);
    slow = false;
    await life.until(() => owed(life) === 0, 250);
    expect(receiver.heard).toHaveLength(2);
    expect(receiver.heard[1]?.headers["webhook-id"]).toBe(receiver.heard[0]?.headers["webhook-id"] ?? "");
    expect(state(life)).toMatchObject({ sent: 1, failed: 1 });
  });

  test("for longer than a day: listed as missed, never silently gone", async () => {
    const { life } = await office(() => ({ status: 503 }));
    life.happen(about("1001"));
    await life.until(() => state(life)?.problem !== undefined);
    await life.until(() => owed(life) === 0, 600_000);
    expect([...life.deliveries.missed.values()].map(({ why }) => why)).toEqual([
      expect.stringContaining("answered HTTP 503"),
    ]);
  });

  test("a target that is not configured any more: what was owed to it is listed", async () => {
    const { life, beginWith } = await office(() => ({ status: 503 }));
    life.happen(about("1001"));
    await life.until(() => state(life)?.problem !== undefined);
    const next = beginWith(life, {});
    await next.until(() => owed(next) === 0);
    expect([...next.deliveries.missed.values()].map(({ why }) => why)).toEqual([
      "there is no webhook target crm any more",
    ]);
  });

  test("closing ends what is under way, and says so", async () => {
    const { receiver, life } = await office(() => undefined);
    life.happen(about("1001"));
    await receiver.until(() => receiver.heard.length === 1);
    await life.webhooks.close();
    await life.until(() => state(life)?.problem !== undefined);
    expect(state(life)?.problem).toContain("was not waited for any longer");
  });
});
