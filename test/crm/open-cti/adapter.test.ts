import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveryDraft, Outbox } from "../../../src/crm/adapter.ts";
import { OpenCtiAdapter } from "../../../src/crm/open-cti/adapter.ts";
import { pageDesk, programDesk } from "../../../src/crm/open-cti/desks.ts";
import { readOpenCtiSettings } from "../../../src/crm/open-cti/settings.ts";
import type { Call } from "../../../src/model/call.ts";
import type { CtiEvent } from "../../../src/model/events.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import type { Table } from "../../../src/platform/config-file.ts";
import { call } from "../samples.ts";
import { FakePort, session } from "./page/stage.ts";
import { RecordsStage } from "./records-stage.ts";
import { token } from "./webhooks/inbound-stage.ts";
import { secret } from "./webhooks/stage.ts";

const folder = mkdtempSync(join(tmpdir(), "cti-adapter-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of open.splice(0)) await end();
});

async function stage(table: Table, secrets: Record<string, string> = {}) {
  const place = { label: "adapters.open-cti", folder };
  const settings = await readOpenCtiSettings(table, place, {
    profile: "default",
    environment: { HOME: folder },
  });
  const clock = new ManualClock(Date.UTC(2026, 0, 5, 9));
  const fake = new FakePort(clock);
  const states: string[] = [];
  const told = new Set<() => void>();
  const adapter = new OpenCtiAdapter(settings, secrets);
  const port = {
    ...fake.port,
    healthChanged: () => {
      states.push(adapter.health().state);
      for (const each of told) each();
    },
    owe: (work: (out: Outbox) => void) => work({ add() {}, expirePops() {}, keep() {} }),
  };
  adapter.load(port);
  open.push(() => adapter.stop());
  const owed: DeliveryDraft[] = [];
  const expired: string[] = [];
  const tell = (type: string, given: Call): void => {
    const at = new Date(clock.now()).toISOString();
    const event = { id: "1-1", at, agent: "1001", type, call: { ...given, stateSince: at } };
    adapter.owe(event as unknown as CtiEvent, {
      add: (draft) => owed.push(draft),
      expirePops: (interaction) => expired.push(interaction),
      keep() {},
    });
  };
  return { adapter, fake, clock, states, told, owed, expired, tell };
}

const salesforce = { "client-id": "3MVG9abc" };
const kinds = (owed: readonly DeliveryDraft[]): string[] => owed.map(({ kind }) => kind);
const rings = call({ state: "ALERTING", customer: "03001234567", party: "03001234567" });

describe("a call, from ring to record", () => {
  test("owes one pop and one record", async () => {
    const { tell, owed, expired } = await stage({ salesforce });
    tell("call.started", rings);
    tell("call.changed", { ...rings, state: "ACTIVE" });
    tell("call.released", { ...rings, state: "WRAP_UP" });
    tell("call.ended", { ...rings, state: "DROPPED" });
    expect(kinds(owed)).toEqual(["ScreenPop", "Task"]);
    expect(expired).toEqual(["I-1"]);
  });

  test("that a colleague asks about through a queue pops with the hand-over, and is one record", async () => {
    const { tell, owed } = await stage({ salesforce });
    const asked: Call = {
      ...rings,
      type: "PREROUTE_ACD_IN",
      direction: "internal",
      customer: undefined,
      party: "42002",
      from: "42002",
    };
    tell("call.started", asked);
    tell("call.changed", { ...asked, state: "ACTIVE" });
    expect(owed).toEqual([]);
    tell("call.changed", { ...rings, type: "TRANSFER", state: "ACTIVE" });
    expect(owed).toMatchObject([{ kind: "ScreenPop", text: "03001234567 to agent 1001" }]);
    tell("call.released", { ...rings, type: "TRANSFER", state: "DROPPED" });
    expect(kinds(owed)).toEqual(["ScreenPop", "Task"]);
  });

  test("that nobody answers expires its pop, and owes no record", async () => {
    const { tell, owed, expired } = await stage({ salesforce });
    for (const interaction of ["I-1", "I-2"]) {
      tell("call.started", { ...rings, interaction });
      tell("call.released", { ...rings, interaction, state: "DROPPED" });
      tell("call.ended", { ...rings, interaction, state: "DROPPED" });
    }
    expect(kinds(owed)).toEqual(["ScreenPop", "ScreenPop"]);
    expect(expired).toEqual(["I-1", "I-2"]);
  });

  test("an event of no agent's, or of no call, owes nothing", async () => {
    const { adapter, owed } = await stage({ salesforce });
    const out: Outbox = { add: (draft) => owed.push(draft), expirePops() {}, keep() {} };
    adapter.owe({ id: "1-1", at: "", type: "call.started", call: rings } as CtiEvent, out);
    adapter.owe({ id: "1-1", at: "", agent: "1001", type: "session.gap", from: "", to: "" }, out);
    expect(owed).toEqual([]);
  });

  test("a pop is not sent before the agent's calls are known, nor after the call", async () => {
    const { tell, owed, adapter, fake } = await stage({ salesforce });
    tell("call.started", rings);
    const [pop] = owed;
    if (pop === undefined) throw new Error("nothing is owed");
    const send = () =>
      adapter.send(
        { ...pop, id: "d-1", createdAt: 0, expiresAt: 0, attempt: 1 },
        new AbortController().signal,
      );
    expect(await send()).toMatchObject({ result: "retry" });
    fake.sessions.set("1001", session("1001", { state: undefined, calls: [rings] }));
    expect(await send()).toMatchObject({ result: "retry" });
    for (const calls of [[], [{ ...rings, state: "WRAP_UP" }], [{ ...rings, interaction: "I-2" }]]) {
      fake.sessions.set("1001", session("1001", { calls }));
      expect(await send()).toEqual({ result: "rejected", why: "its call is over" });
    }
  });
});

describe("how the adapter is", () => {
  test("down while a port is somebody else's, and up as soon as it is ours: both are told, with since when", async () => {
    const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    open.push(() => other.stop(true));
    const { adapter, clock, states, told } = await stage(
      { webhooks: { inbound: { listen: `127.0.0.1:${other.port}` } } },
      { webhookToken: token, webhookInbound: secret },
    );
    await adapter.start();
    expect(states).toEqual(["down"]);
    const { since, summary, error } = adapter.health();
    expect({ since, summary }).toEqual({ since: "2026-01-05T09:00:00.000Z", summary: error?.message ?? "" });
    await other.stop(true);
    const up = Promise.withResolvers<void>();
    told.add(up.resolve);
    clock.advance(15_000);
    await up.promise;
    expect(states).toEqual(["down", "up"]);
    expect(adapter.health()).toMatchObject({
      since: "2026-01-05T09:00:15.000Z",
      summary: expect.stringContaining("commands at"),
    });
    expect(adapter.health().error).toBeUndefined();
  });
});

describe("who may say what of whose call", () => {
  test("an agent by either name, of his own calls alone", () => {
    const at = new RecordsStage();
    open.push(() => at.close());
    const status = (agent: string) => session(agent === "ayesha" ? "1001" : agent);
    const page = pageDesk(() => ({ records: at.records, port: { status } }));
    const program = programDesk(() => ({ records: at.records, port: { status } }));
    at.tell("call.started", { ...rings, state: "ACTIVE" });
    expect(page.logs("ayesha")).toHaveLength(1);
    expect(page.logs("1002")).toEqual([]);
    page.note("ayesha", "I-1:1001", "calls back");
    program.note(
      { agent: "ayesha", interaction: "I-1", text: "", who: "003A", what: undefined },
      { id: "1", cause: "c" },
    );
    expect(page.logs("1001")[0]?.log).toMatchObject({ notes: "calls back", who: "003A" });
    for (const callObject of ["I-1:1001", "I-9:1002"])
      expect(() => page.note("1002", callObject, "mine now")).toThrow("too long ago");
    page.matched("1002", "I-1:1001", [{ id: "003B", type: "Contact", name: "Eve" }]);
    expect(page.logs("1001")[0]?.matches).toEqual([]);
    expect(() =>
      program.popResult(
        { agent: "1002", interaction: "I-1", matches: [], popped: undefined },
        { id: "1", cause: "c" },
      ),
    ).toThrow("has no call I-1");
  });
});
