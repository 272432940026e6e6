import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CallLayout, LayoutEntry } from "../../../src/model/call-layout.ts";
import { type Row, widthOf } from "../../../src/console/overlays/cells.ts";
import { dataHeight, dataRows, headingOf, popOverOf } from "../../../src/console/panels/call-data.ts";
import { callsHeight, callsPanel } from "../../../src/console/panels/calls.ts";
import { incomingRows } from "../../../src/console/panels/incoming.ts";
import { callWith, noon, stateWith } from "../overlays/stage.tsx";

const textOf = (row: Row): string => row.map(({ text }) => text).join("");
const linesOf = (rows: readonly Row[]): string[] => rows.map((row) => textOf(row).trimEnd());

function entry(displayName: string, variable: string, inPopOver?: boolean): LayoutEntry {
  return { displayName, variable, inPopOver, editable: undefined };
}

function layoutOf(more: Partial<CallLayout> = {}): CallLayout {
  return {
    id: "1",
    name: "Default Layout",
    description: undefined,
    type: "DEFAULT",
    header: entry("Customer", "callVariable1", true),
    columns: [
      [
        entry("Order", "user.order", true),
        entry("Segment", "callVariable3", true),
        entry("", "callVariable4", false),
      ],
      [entry("Campaign", "BACampaign")],
    ],
    ...more,
  };
}

const call = callWith({
  variables: {
    callVariable4: "late",
    callVariable1: "Ana Müller",
    callVariable3: " ",
    BACampaign: "spring",
    "user.order": "A 17",
    "user.secret": "not for eyes",
  },
});
const layouts = [layoutOf()];

describe("by the administrator's layout", () => {
  test("columns side by side, under their names and in their order; what is empty too where there is room", () => {
    expect(linesOf(dataRows(call, layouts, 80, 3))).toEqual([
      "    Order              A 17               Campaign           spring",
      "    Segment            –",
      "    callVariable4      late",
    ]);
  });

  test("without room what is empty goes first; height is for what is there", () => {
    expect(linesOf(dataRows(call, layouts, 80, 2))).toEqual([
      "    Order              A 17               Campaign           spring",
      "    callVariable4      late",
    ]);
    expect(dataHeight(call, layouts, 80)).toBe(2);
  });

  test("then the end of it, and the last line says how much", () => {
    expect(linesOf(dataRows(call, layouts, 40, 2))).toEqual([
      "    Order              A 17",
      "    … 2 more: v shows all",
    ]);
    expect(linesOf(dataRows(call, layouts, 80, 1))).toEqual(["    … 3 more: v shows all"]);
    expect(dataRows(call, layouts, 80, 0)).toEqual([]);
  });

  test("one column under the other where it is narrow; a column without entries takes no room", () => {
    expect(linesOf(dataRows(call, layouts, 40, 9))).toEqual([
      "    Order              A 17",
      "    Segment            –",
      "    callVariable4      late",
      "    Campaign           spring",
    ]);
    const long = callWith({ variables: { a: "x".repeat(60) } });
    const [line] = dataRows(long, [layoutOf({ columns: [[entry("A", "a")], []] })], 100, 5);
    expect(textOf(line ?? [])).toContain("x".repeat(60));
  });

  test("the call names its layout", () => {
    const own = layoutOf({ name: "Orders", type: "CUSTOM", columns: [[entry("No.", "user.order")]] });
    const named = callWith({ variables: { ...call.variables, "user.Layout": "Orders" } });
    expect(linesOf(dataRows(named, [layoutOf(), own], 80, 9))).toEqual(["    No.                A 17"]);
    expect(linesOf(dataRows(call, [layoutOf(), own], 80, 9))).toHaveLength(3);
  });
});

test.each<[string, CallLayout[] | undefined]>([
  ["before layouts are read", undefined],
  ["where Finesse has none", []],
  ["where the layout lays nothing out", [layoutOf({ columns: [[], []] })]],
])("%s all variables are shown as they come", (_, none) => {
  expect(linesOf(dataRows(call, none, 80, 9))).toEqual([
    "    callVariable4      late               user.order         A 17",
    "    callVariable1      Ana Müller         user.secret        not for eyes",
    "    BACampaign         spring",
  ]);
});

test("a call is named by its header, unless that is the number that stands there anyhow", () => {
  expect(headingOf(call, layouts)).toBe("Ana Müller");
  expect(headingOf(callWith({ variables: { callVariable1: "5551234 " } }), layouts)).toBe("");
  expect(headingOf(call, [layoutOf({ header: undefined })])).toBe("");
  expect(headingOf(call, undefined)).toBe("");
});

test("while it rings: the header, then what is meant for it, each once", () => {
  expect(popOverOf(call, layouts)).toEqual(["Ana Müller", "Order: A 17", "Campaign: spring"]);
  const twice = layoutOf({
    columns: [[entry("Name", "callVariable1", true), entry("O", "user.order", false)]],
  });
  expect(popOverOf(call, [twice])).toEqual(["Ana Müller"]);
  expect(popOverOf(call, [layoutOf({ header: entry("Customer", "callVariable1", false) })])).toEqual([
    "Order: A 17",
    "Campaign: spring",
  ]);
  expect(popOverOf(call, undefined)).toEqual(["late", "Ana Müller", "spring", "A 17", "not for eyes"]);
});

test("panel and bar say so", () => {
  const ringing = { ...call, state: "ALERTING", actions: ["ANSWER"] };
  const state = stateWith({ layouts }, [ringing]);
  expect(linesOf(incomingRows(state, noon, 80))[1]).toBe("    Ana Müller · Order: A 17 · Campaign: spring");
  const lines = linesOf(callsPanel(state, noon, 80, callsHeight(state, 80)));
  expect(lines).toHaveLength(5);
  expect(lines[1]).toContain("← 5551234  Ana Müller  Sales");
  expect(lines.at(-1)).toBe("    callVariable4      late");
  expect(lines.join("\n")).not.toContain("not for eyes");
});

test("whatever the layout and the call hold: never more rows than given, each as wide as the screen, and nothing lost unsaid", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.constantFrom("", " ", "日本語".repeat(9), "דנה כהן", "a\nb\u001b[31m", "😀👨‍👩‍👧"),
  );
  const variable = fc.constantFrom("callVariable1", "user.a", "user.b[0]", "BAStatus", "toString", "none");
  const made = fc.record({
    displayName: text,
    variable,
    inPopOver: fc.option(fc.boolean(), { nil: undefined }),
  });
  const column = fc.array(made, { maxLength: 10 });
  fc.assert(
    fc.property(
      fc.option(fc.tuple(fc.option(made, { nil: undefined }), fc.array(column, { maxLength: 2 })), {
        nil: undefined,
      }),
      fc.dictionary(variable, text, { noNullPrototype: true }),
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 0, max: 30 }),
      (layout, variables, columns, rows) => {
        const whole = (one: Pick<LayoutEntry, "displayName" | "variable" | "inPopOver">): LayoutEntry => ({
          ...one,
          editable: undefined,
        });
        const given =
          layout === undefined
            ? undefined
            : [
                layoutOf({
                  header: layout[0] && whole(layout[0]),
                  columns: layout[1].map((entries) => entries.map(whole)),
                }),
              ];
        const one = callWith({ variables });
        const drawn = dataRows(one, given, columns, rows);
        expect(drawn.length).toBeLessThanOrEqual(rows);
        for (const row of drawn) expect(widthOf(textOf(row))).toBe(columns);
        const needed = dataHeight(one, given, columns);
        if (rows > 0) expect(drawn.some((row) => /… \d+ more/.test(textOf(row)))).toBe(needed > rows);
        for (const row of incomingRows(
          stateWith({ layouts: given }, [{ ...one, actions: ["ANSWER"] }]),
          noon,
          columns,
        ))
          expect(widthOf(textOf(row))).toBe(columns);
      },
    ),
  );
});
