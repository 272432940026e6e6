import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openConnectorStore } from "../../../src/connector/database.ts";
import { nextBoot } from "../../../src/connector/event-id.ts";
import { EventLog } from "../../../src/connector/event-log.ts";
import { Journal } from "../../../src/connector/journal.ts";
import type { DeliveryDraft } from "../../../src/crm/adapter.ts";
import { lanes } from "../../../src/crm/open-cti/webhooks/lane-key.ts";
import { Webhooks } from "../../../src/crm/open-cti/webhooks/webhooks.ts";
import { Deliveries } from "../../../src/crm/outbox/outbox.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { Agent, request } from "../../../src/platform/undici.ts";
import { call } from "../../../test/crm/samples.ts";
import { inTurn, median, report } from "./report.ts";

const rounds = 5;
const messages = 2000;
const agents = 50;
/** Owed at once, as where many agents work: a backlog is another matter. */
const waiting = 64;

/**
 * Outbound webhooks a second beside a bare undici loop that posts the same bytes to the same receiver over as many connections: `Webhooks` alone
 * (signed, guarded, timed, traced); and from the event to the receiver's answer, with event, debt and delivery on disk.
 */
export async function measure(): Promise<void> {
  const child = Bun.spawn(["bun", join(import.meta.dir, "webhooks-receiver.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const folder = mkdtempSync(join(tmpdir(), "cti-bench-"));
  const { value } = await child.stdout.getReader().read();
  const url = `http://127.0.0.1:${Number(Buffer.from(value ?? []).toString())}/`;
  const line = openLine(folder, url);
  const dispatcher = new Agent({ connections: lanes, allowH2: false });
  try {
    // The same bytes, taken from a message of ours.
    const sample = await line.sample();
    const post = async (): Promise<void> => {
      const answer = await request(url, { method: "POST", ...sample, dispatcher });
      await answer.body.dump();
      if (answer.statusCode !== 204) throw new Error(`HTTP ${answer.statusCode}`);
    };
    const keep = keeper(folder, sample.body);
    const whole = (): Promise<number> => line.send(messages);
    const bare = (): Promise<number> => inLanes(post);
    const bareKept = (): Promise<number> => inLanes(() => keep(post));
    const alone = await inTurn(rounds, () => inLanes(line.post), bare);
    told(`webhooks, signed and posted, ${lanes} at once`, alone, "bare undici", 0.4);
    told("webhooks, event on disk to answer", await inTurn(rounds, whole, bare), "bare undici", 0.05);
    told("the same", await inTurn(rounds, whole, bareKept), "undici and two SQLite commits", 0.15);
  } finally {
    await Promise.all([line.end(), dispatcher.destroy()]);
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Commits a message before it is posted, and that it was posted: what "at least once" costs whoever promises it. */
function keeper(folder: string, body: string): (post: () => Promise<void>) => Promise<void> {
  const database = new Database(join(folder, "bare.sqlite"));
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = NORMAL");
  database.run("CREATE TABLE owed (id INTEGER PRIMARY KEY, body TEXT) STRICT");
  const put = database.query("INSERT INTO owed (id, body) VALUES (?, ?)");
  const drop = database.query("DELETE FROM owed WHERE id = ?");
  let count = 0;
  return async (post) => {
    count += 1;
    const id = count;
    put.run(id, body);
    await post();
    drop.run(id);
  };
}

function told(
  what: string,
  rates: { ours: number[]; theirs: number[] },
  yardstick: string,
  target: number,
): void {
  const ours = median(rates.ours);
  const theirs = median(rates.theirs);
  const ratio = ours / theirs;
  const [left, right] = [`${ours.toFixed(0)}/s`, `${yardstick} ${theirs.toFixed(0)}/s`];
  report(what, left, right, `${ratio.toFixed(2)}×`, `≥ ${target}×`, ratio >= target);
}

interface Line {
  /** One event, as the outbox has it sent. */
  post(lane: number): Promise<void>;
  /** Messages a second, each from its event on. */
  send(count: number): Promise<number>;
  sample(): Promise<Sample>;
  end(): Promise<void>;
}

interface Sample {
  headers: Record<string, string>;
  body: string;
}

/** Journal, outbox and webhooks as a worker puts them together. */
function openLine(folder: string, url: string): Line {
  const store = openConnectorStore(folder, (trouble) => {
    throw new Error(trouble);
  });
  const boot = nextBoot(store, Date.now());
  let done = 0;
  let wanted = 0;
  let finished = Promise.withResolvers<void>();
  let more = (): void => {};
  const deliveries = new Deliveries({
    store,
    boot,
    clock: systemClock,
    random: Math.random,
    tell: (news) => {
      const other = news.find(({ body }) => body.type !== "delivery.sent");
      if (other !== undefined) throw new Error(`${other.body.type}: a receiver that is well was expected`);
      events.appendAll(news);
      done += news.length;
      more();
      if (done === wanted) finished.resolve();
    },
  });
  const posted = Promise.withResolvers<Sample>();
  const webhooks = new Webhooks({
    targets: [{ name: "bench", url, events: ["call"], variables: false }],
    allowNetworks: ["127.0.0.1"],
    secrets: { bench: `whsec_${Buffer.alloc(32, 1).toString("base64")}` },
    source: "urn:cti:bench",
    port: {
      clock: systemClock,
      owe: (work) => deliveries.run("open-cti", work),
      wake: (key) => deliveries.wake("open-cti", key),
      log: () => {},
      trace: ({ direction, text }) => {
        if (direction === "out")
          posted.resolve({
            body: text,
            headers: {
              "content-type": "application/cloudevents+json; charset=utf-8",
              "user-agent": "cti-webhooks/1",
              "webhook-id": "d-1-1",
              "webhook-timestamp": "1700000000",
              "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}`,
            },
          });
      },
    },
  });
  const events: EventLog = new EventLog({
    journal: new Journal({ store, riders: [deliveries], recordVariables: false }),
    boot,
    clock: systemClock,
    prepare: (event) => {
      if (event.type === "call.changed") deliveries.run("open-cti", (out) => webhooks.owe(event, out));
    },
  });
  deliveries.addAdapter({ name: "open-cti" }, 60_000);
  deliveries.begin({
    name: "open-cti",
    start: async () => {},
    stop: async () => {},
    health: () => {
      throw new Error("not asked here");
    },
    send: (delivery, signal) => webhooks.send(delivery, signal),
  });
  const send = async (count: number): Promise<number> => {
    done = 0;
    wanted = count;
    finished = Promise.withResolvers<void>();
    const started = performance.now();
    let begun = 0;
    more = () => {
      for (; begun < count && begun - done < waiting; begun++)
        events.append({ type: "call.changed", call: call() }, String(1001 + (begun % agents)), undefined);
    };
    more();
    await finished.promise;
    return (count * 1000) / (performance.now() - started);
  };
  const never = new AbortController().signal;
  return {
    send,
    async post(lane) {
      const drafts: DeliveryDraft[] = [];
      const stamp = { id: `${boot}-0`, at: "2026-01-05T09:00:00.000Z", agent: String(1001 + lane) };
      const out = { add: (draft: DeliveryDraft) => void drafts.push(draft), expirePops() {}, keep() {} };
      webhooks.owe({ ...stamp, type: "call.changed", call: call() }, out);
      for (const draft of drafts) {
        const now = Date.now();
        const delivery = { ...draft, id: `d-1-${lane}`, createdAt: now, expiresAt: now + 60_000, attempt: 1 };
        const { result } = await webhooks.send(delivery, never);
        if (result !== "sent") throw new Error(result);
      }
    },
    sample: async () => {
      await send(1);
      return posted.promise;
    },
    end: async () => {
      await webhooks.close();
      await deliveries.end(1000);
      store.close();
    },
  };
}

/** Messages a second when each lane sends its next as soon as it may. */
async function inLanes(work: (lane: number) => Promise<void>): Promise<number> {
  let left = messages;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (left > 0) {
        left -= 1;
        await work(lane);
      }
    }),
  );
  return (messages * 1000) / (performance.now() - started);
}
