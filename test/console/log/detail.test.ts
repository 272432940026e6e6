import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { detailRows, detailText, openDetail, scrollDetail } from "../../../src/console/log/detail.ts";
import { eventFields, fieldRows } from "../../../src/console/log/fields.ts";
import { prettyLines } from "../../../src/console/log/pretty.ts";
import { readWire, type WireEntry } from "../../../src/console/log/wire.ts";
import { type Row, widthOf } from "../../../src/console/overlays/cells.ts";
import type { TraceQuery } from "../../../src/control/contract.ts";
import { CtiError } from "../../../src/model/errors.ts";
import { bodies, eventAt, sampleCall } from "./events.ts";

const textOf = (row: Row): string => row.map(({ text }) => text).join("");
const ringing = eventAt(1, { type: "call.started", call: sampleCall() }, { agent: "1001", cause: "c-1" });

function recordAt(second: number, record: Partial<WireEntry> = {}): WireEntry {
  return {
    id: String(second),
    at: new Date(Date.parse(ringing.at) + second * 1000).toISOString(),
    channel: "rest",
    direction: "out",
    peer: "fina.example.com:8445",
    agent: "1001",
    cause: undefined,
    requestId: undefined,
    summary: "PUT /finesse/api/User/1001 → 202",
    text: "<User><state>READY</state></User>",
    ...record,
  };
}

describe("an opened event", () => {
  test("tells everything that is known, a call with its participants and variables", () => {
    const lines = fieldRows(eventFields(ringing), 80).map((row) => textOf(row).trimEnd());
    const text = lines.join("\n");
    expect(text).toMatch(/^ at {5}\d\d:\d\d:\d\d\.000 {2}2026-03-02T09:00:01\.000Z$/m);
    expect(text).toMatch(/^ agent {2}1001$/m);
    expect(text).toMatch(/^ cause {2}c-1$/m);
    expect(text).toMatch(/^ call$/m);
    expect(text).toMatch(/^ {3}party +5551234$/m);
    expect(text).toMatch(/^ {3}participants 1$/m);
    expect(text).toMatch(/^ {5}mediaAddress +2001$/m);
    expect(text).toMatch(/^ {5}callVariable1 +4711$/m);
    expect(text).not.toContain("undefined");
  });

  test("has exactly its rows and columns, and loses nothing of a long value", () => {
    const hard = fc.string({ unit: fc.constantFrom("a", " ", "日", "👩‍👩‍👧", "ב", "\u001b"), maxLength: 200 });
    const size = fc.record({
      columns: fc.integer({ min: 20, max: 150 }),
      rows: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...bodies), hard, size, fc.nat(60), (body, long, { columns, rows }, by) => {
        const call = sampleCall({ variables: { long } });
        for (const event of [eventAt(1, body), eventAt(1, { type: "call.ended", call })]) {
          const detail = scrollDetail(openDetail(event, "fields"), by, columns, rows);
          const drawn = detailRows(detail, columns, rows, true);
          expect(drawn.length).toBe(rows);
          for (const row of drawn) expect(widthOf(textOf(row))).toBe(columns);
        }
      }),
    );
    const value = "0123456789".repeat(30);
    const text = fieldRows([{ level: 0, name: "v", value }], 40).map((row) => textOf(row).slice(4).trim());
    expect(text.join("")).toBe(value);
  });

  test("scrolls from its first line to its last and no farther", () => {
    const open = openDetail(ringing, "fields");
    expect(scrollDetail(open, -1, 80, 10)).toBe(open);
    const end = scrollDetail(open, Number.POSITIVE_INFINITY, 80, 10);
    expect(scrollDetail(end, 1, 80, 10)).toBe(end);
    const lines = fieldRows(eventFields(ringing), 80);
    expect(detailRows(end, 80, 10, true).at(-1)).toEqual(lines.at(-1));
    expect(textOf(detailRows(end, 80, 10, true)[0] ?? [])).toContain(`${lines.length}/${lines.length}`);
  });

  test("is copied whole, and harmless to a terminal", () => {
    const event = eventAt(1, { type: "message.received", text: "\u001b]0;x\u0007", from: undefined });
    expect(JSON.parse(detailText(openDetail(event, "fields")))).toEqual(JSON.parse(JSON.stringify(event)));
    expect(detailText(openDetail(event, "fields"))).not.toContain("\u001b");
  });
});

describe("what went over the wire", () => {
  const traceOf = (records: readonly WireEntry[], asked: TraceQuery[] = []) => ({
    trace: (query: TraceQuery) => {
      asked.push(query);
      const fit = records.filter(
        ({ cause, agent, at }) =>
          (query.cause === undefined || cause === query.cause) &&
          (query.agent === undefined || agent === query.agent) &&
          (query.until === undefined || at <= query.until),
      );
      return Promise.resolve({ records: fit, more: false });
    },
  });
  const shown = async (...records: WireEntry[]): Promise<string> => {
    const wire = await readWire(traceOf(records), ringing);
    return detailRows({ ...openDetail(ringing, "wire"), wire }, 80, 20, true)
      .map((row) => textOf(row).trimEnd())
      .join("\n")
      .trimEnd();
  };

  test("is found by the cause", async () => {
    const text = await shown(
      recordAt(-9, { cause: "c-1" }),
      recordAt(0, { cause: "other" }),
      recordAt(1, { cause: "c-1", direction: "in", channel: "xmpp", summary: "message", text: '{"a":[1]}' }),
    );
    expect(text).toContain("On the wire · call.started");
    expect(text).toContain("2 of the same cause");
    expect(text).toMatch(
      /^ → \S+ {2}rest {2}PUT \/finesse\/api\/User\/1001 → 202 {2}fina\.example\.com:8445$/m,
    );
    expect(text).toContain("   <User>\n     <state>READY</state>\n   </User>");
    expect(text).toMatch(/^ ← \S+ {2}xmpp {2}message/m);
    expect(text).toContain('     "a": [');
  });

  test("without records of the cause it is the agent's around that time", async () => {
    const text = await shown(
      recordAt(-60),
      recordAt(-2),
      recordAt(0),
      recordAt(60),
      recordAt(0, { agent: "1002" }),
    );
    expect(text).toContain("2 around that time");
  });

  test("none, not yet, and not at all", async () => {
    expect(await shown()).toContain("nothing is recorded of it");
    const loading = detailRows({ ...openDetail(ringing, "wire") }, 80, 4, true).map(textOf);
    expect(loading.join()).toContain("reading what went over the wire");
    const failing = {
      trace: () => Promise.reject(new CtiError({ code: "no-connector", message: "no connector is running" })),
    };
    const wire = await readWire(failing, ringing);
    const failed = detailRows({ ...openDetail(ringing, "wire"), wire }, 80, 4, true).map(textOf);
    expect(failed.join()).toContain("no connector is running");
  });

  test("is copied as it was recorded", async () => {
    const wire = await readWire(traceOf([recordAt(0, { cause: "c-1" })]), ringing);
    expect(detailText({ ...openDetail(ringing, "wire"), wire })).toContain(
      "\n<User><state>READY</state></User>",
    );
  });
});

describe("messages made readable", () => {
  const cases: [what: string, text: string, lines: string[]][] = [
    ["nothing", "  \n", []],
    [
      "XML",
      "<a x='1>2'><b/><c>t</c><d></d></a>",
      ["<a x='1>2'>", "  <b/>", "  <c>t</c>", "  <d></d>", "</a>"],
    ],
    [
      "XML inside XML",
      "<n>&lt;U&gt;&lt;s&gt;a &amp;amp; b&lt;/s&gt;&lt;/U&gt;</n>",
      ["<n>", "  <U>", "    <s>a &amp; b</s>", "  </U>", "</n>"],
    ],
    ["a declaration", "<?xml version='1.0'?><a/>", ["<?xml version='1.0'?>", "<a/>"]],
    ["JSON", '{"a":{"b":1}}', ["{", '  "a": {', '    "b": 1', "  }", "}"]],
    ["half of something", "<a><b", ["<a><b"]],
    ["no JSON", "{oops\nsecond", ["{oops", "second"]],
    ["a form", "a=1&b=2", ["a=1&b=2"]],
  ];
  for (const [what, text, lines] of cases)
    test(what, () => {
      expect(prettyLines(text)).toEqual(lines);
    });

  test("whatever it is, nothing is left out and nothing is thrown", () => {
    const piece = fc.constantFrom(
      "<a>",
      "</a>",
      "<b/>",
      "<",
      ">",
      "x",
      "&lt;c&gt;",
      "&amp;",
      '"',
      "<!--",
      "-->",
      " ",
      "\n",
      "{",
      "}",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        const bare = (some: string): string =>
          some.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").replace(/\s/g, "");
        expect(bare(bare(prettyLines(text).join("")))).toBe(bare(bare(text)));
      }),
    );
  });
});
