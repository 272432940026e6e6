import { describe, expect, test } from "bun:test";
import { buildLadder, causeLetter } from "../../../src/console/ladder/ladder.ts";
import type { Ladder } from "../../../src/console/ladder/contract.ts";
import { rawLines } from "../../../src/console/ladder/raw.ts";
import { answeredCall, callOf, party, Story } from "./story.ts";

const told = ({ steps, causes }: Ladder): string[] =>
  steps.map(({ from, to, label, cause, failed }) =>
    [
      `${from} > ${to}: ${label}`,
      ...(cause === undefined ? [] : [causeLetter(cause), causes[cause] ?? ""]),
      ...(failed ? ["FAILED"] : []),
    ].join(" "),
  );

test("a call that a CRM answers: request, REST call, notification and message are tied by the cause", () => {
  const ladder = buildLadder(answeredCall().source());
  expect(ladder.columns.map(({ id, title }) => `${id} ${title}`)).toEqual([
    "crm CRM",
    "connector connector",
    "finesse Finesse",
    "party:42001 agent 42001",
    "party:03001234567 03001234567",
  ]);
  expect(told(ladder)).toEqual([
    "finesse > connector: agent RESERVED",
    "party:03001234567 > finesse: calls 8001",
    "finesse > party:42001: rings",
    "finesse > connector: call ALERTING",
    "connector > crm: NewInboundCall",
    "crm > connector: AnswerCall A c-aaaaaaa",
    "connector > finesse: PUT Dialog ANSWER A c-aaaaaaa",
    "finesse > connector: 202 A c-aaaaaaa",
    "party:42001 > finesse: answers A c-aaaaaaa",
    "finesse > connector: call ACTIVE A c-aaaaaaa",
    "connector > crm: InboundCall ACTIVE A c-aaaaaaa",
    "finesse > connector: agent TALKING",
    "party:03001234567 > finesse: leaves",
    "party:42001 > finesse: leaves",
    "finesse > connector: call DROPPED; call ended",
  ]);
  expect(ladder.steps.map(({ gap }) => gap)).toEqual([
    undefined,
    2,
    0,
    0,
    1,
    2500,
    1,
    9,
    30,
    0,
    0,
    4,
    62_000,
    0,
    0,
  ]);
  expect(ladder).toMatchObject({ agent: "1001", party: "03001234567", leftOut: 0, more: false });
});

test("what belongs to other calls stays away: their notifications, requests, and the agent's states of another time", () => {
  const story = answeredCall();
  const other = callOf({ id: "16802400", interaction: "I-9" });
  story
    .after(500)
    .call("call.started", other)
    .gc("AnswerCall#1001", "16802400", "c-bbbbbbb")
    .rest("PUT /finesse/api/Dialog/16802400", "ANSWER", "c-bbbbbbb")
    .call("call.changed", { ...other, state: "ACTIVE" }, "c-bbbbbbb")
    .record({
      channel: "rest",
      direction: "in",
      summary: "GET /finesse/api/User/1001/Dialogs → 200",
      text: "16802321",
    })
    .record({ channel: "xmpp", direction: "in", summary: "iq result", text: "16802321" })
    .after(60_000)
    .state("READY");
  expect(told(buildLadder(story.source()))).toEqual(told(buildLadder(answeredCall().source())));
});

describe("a consult and a transfer", () => {
  const customer = (state: string) => party("03001234567", state);
  const own = (state: string) => party("42001", state, "AGENT_DEVICE");
  const colleague = (state: string) => party("42002", state, "AGENT_DEVICE");
  const consult = (state: string, participants = [own(state)]) =>
    callOf({
      id: "16802399",
      interaction: "I-2",
      parent: "I-1",
      direction: "out",
      state,
      from: "42001",
      to: "42002",
      dialedNumber: "42002",
      party: "42002",
      customer: undefined,
      participants,
    });
  const story = (): Story =>
    new Story()
      .call("call.started", callOf({ state: "ACTIVE", participants: [customer("ACTIVE"), own("ACTIVE")] }))
      .after(1000)
      .rest("PUT /finesse/api/Dialog/16802321", "CONSULT_CALL", "c-1111111")
      .call(
        "call.changed",
        callOf({ state: "HELD", participants: [customer("ACTIVE"), own("HELD")] }),
        "c-1111111",
      )
      .call("call.started", consult("INITIATED"), "c-1111111")
      .call("call.changed", consult("INITIATED", [own("INITIATED"), colleague("ALERTING")]))
      .after(3000)
      .call("call.changed", consult("ACTIVE", [own("ACTIVE"), colleague("ACTIVE")]))
      .after(2000)
      .rest("PUT /finesse/api/Dialog/16802321", "TRANSFER", "c-2222222")
      .call("call.ended", consult("DROPPED", []), "c-2222222")
      .call(
        "call.released",
        callOf({
          state: "DROPPED",
          secondaryId: "16802399",
          participants: [customer("ACTIVE"), own("DROPPED"), colleague("ACTIVE")],
        }),
        "c-2222222",
      );

  test("are one ladder with all parties", () => {
    const ladder = buildLadder(story().source());
    expect(ladder.columns.slice(3).map(({ title }) => title)).toEqual([
      "agent 42001",
      "03001234567",
      "agent 42002",
    ]);
    const all = told(ladder);
    expect(all).toContain("party:42001 > finesse: holds A c-1111111");
    expect(all).toContain("party:42001 > finesse: dials 42002 A c-1111111");
    expect(all).toContain("finesse > connector: consult INITIATED A c-1111111");
    expect(all).toContain("finesse > party:42002: rings");
    expect(all).toContain("party:42002 > finesse: answers");
    expect(all).toContain("finesse > connector: consult ended B c-2222222");
    expect(all).toContain("party:42002 > finesse: joins B c-2222222");
    expect(all).toContain("party:42001 > finesse: leaves B c-2222222");
  });

  test("are the same from the consult call's side", () => {
    expect(told(buildLadder(story().source("I-2")))).toEqual(told(buildLadder(story().source("I-1"))));
  });
});

test("deliveries: tied to their post by its id; without the trace told by the event; given up ones marked", () => {
  const story = new Story()
    .call("call.started", callOf())
    .record({
      channel: "http",
      direction: "out",
      peer: "ebs:4000",
      summary: "POST ScreenPop",
      requestId: "d-1",
    })
    .after(12)
    .record({
      channel: "http",
      direction: "in",
      peer: "ebs:4000",
      summary: "POST ScreenPop → 200",
      requestId: "d-1",
    })
    .delivery("delivery.sent", { interaction: "I-1" })
    .after(20)
    .delivery("delivery.sent", { id: "d-2", kind: "CallEstablished", interaction: "I-1" })
    .delivery("delivery.expired", { id: "d-3", interaction: "I-1" })
    .delivery("delivery.sent", { id: "d-4", interaction: "I-9" });
  expect(told(buildLadder(story.source())).slice(-4)).toEqual([
    "connector > crm: ScreenPop",
    "crm > connector: 200 ScreenPop taken after 12 ms",
    "connector > crm: CallEstablished taken after 12 ms",
    "connector > crm: ScreenPop given up: it came too late FAILED",
  ]);
});

test("what Salesforce is asked for goes by its own short name", () => {
  const story = new Story()
    .call("call.started", callOf())
    .record({
      channel: "http",
      direction: "out",
      peer: "acme.my.salesforce.com",
      summary: "POST /services/data/v62.0/sobjects/Task/",
      requestId: "d-1",
    })
    .record({
      channel: "http",
      direction: "in",
      peer: "acme.my.salesforce.com",
      summary: "POST /services/data/v62.0/sobjects/Task/ → 201",
      requestId: "d-1",
    })
    .delivery("delivery.sent", { kind: "Task", interaction: "I-1" });
  expect(told(buildLadder(story.source())).slice(-2)).toEqual([
    "connector > crm: POST sobjects/Task",
    expect.stringContaining("crm > connector: 201 Task taken after"),
  ]);
});

test("refusals and broken links are marked", () => {
  const story = new Story()
    .call("call.started", callOf())
    .rest("PUT /finesse/api/Dialog/16802321", "HOLD", "c-1111111", "400")
    .event({
      type: "command.failed",
      verb: "hold",
      refusal: { type: "Generic Error", code: "1", words: "no such line", hint: undefined, late: true },
    })
    .event({ type: "session.failed-over", from: "a", to: "b" });
  expect(told(buildLadder(story.source())).slice(-3)).toEqual([
    "finesse > connector: 400 A c-1111111 FAILED",
    "finesse > connector: hold refused: no such line FAILED",
    "connector > connector: over to b FAILED",
  ]);
});

test("a call that goes on takes what happens to the link with it, until the agent has another call", () => {
  const story = new Story()
    .call("call.started", callOf({ state: "ACTIVE" }))
    .after(300_000)
    .event({ type: "session.conflict", node: "a" })
    .after(300_000)
    .call("call.started", callOf({ id: "16802400", interaction: "I-9" }))
    .after(1000)
    .event({ type: "session.gap", from: "", to: "" });
  expect(told(buildLadder(story.source())).at(-1)).toBe("finesse > connector: signed in elsewhere FAILED");
});

test("without a trace the journal alone makes a ladder; what steers a terminal is made visible", () => {
  const story = answeredCall();
  story.records.length = 0;
  story.event({ type: "call.changed", call: callOf({ state: "AC\u001b[31mTIVE" }) });
  const ladder = buildLadder(story.source());
  expect(told(ladder)).toContain("finesse > connector: call ACTIVE A c-aaaaaaa");
  expect(ladder.steps.every(({ kind }) => kind === "event" || kind === "phone")).toBe(true);
  expect(JSON.stringify(ladder)).not.toContain("\\u001b");
});

test("nothing known", () => {
  expect(buildLadder(answeredCall().source("I-unknown"))).toMatchObject({ steps: [], causes: [], agent: "" });
});

test("more parties than there is room for share a column; a call without end is cut in its middle", () => {
  const crowd = Array.from({ length: 9 }, (_each, at) => party(`5550${at}`, "ACTIVE"));
  const story = new Story().call("call.started", callOf({ participants: crowd }));
  for (let at = 0; at < 1500; at++) story.after(10).call("call.changed", callOf({ state: "ACTIVE" }));
  for (let at = 0; at < 1500; at++) story.after(10).call("call.changed", callOf({ state: "HELD" }));
  const ladder = buildLadder(story.source());
  expect(ladder.columns).toHaveLength(8);
  expect(ladder.columns.at(-1)?.title).toBe("others");
  const ids = new Set(ladder.columns.map(({ id }) => id));
  expect(ladder.steps.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
  expect(ladder.steps).toHaveLength(2000);
  expect(ladder.leftOut).toBeGreaterThan(1000);
});

test("letters go on after Z", () => {
  expect([0, 25, 26, 51, 52].map(causeLetter)).toEqual(["A", "Z", "AA", "AZ", "BA"]);
});

test("a step's raw lines: the message as it was recorded, then the event", () => {
  const source = answeredCall().source();
  const ladder = buildLadder(source);
  const step = ladder.steps.find(({ label }) => label === "call ACTIVE");
  if (step === undefined) throw new Error("no such step");
  const lines = rawLines(step, source);
  expect(lines[0]).toContain("xmpp in fin:8445  c-aaaaaaa");
  expect(lines).toContain("<id>16802321</id>");
  expect(lines.join("\n")).toContain('"type": "call.changed"');
});
