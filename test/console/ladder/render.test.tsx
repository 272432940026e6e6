import { describe, expect, test } from "bun:test";
import { DOMParser } from "@xmldom/xmldom";
import fc from "fast-check";
import type { Ladder } from "../../../src/console/ladder/contract.ts";
import { buildLadder } from "../../../src/console/ladder/ladder.ts";
import { ladderSvg } from "../../../src/console/ladder/ladder-svg.ts";
import { ladderText } from "../../../src/console/ladder/ladder-text.ts";
import { ladderRows, ladderTop, ladderWindow, LadderView } from "../../../src/console/ladder/ladder-view.tsx";
import { gapText } from "../../../src/console/ladder/layout.ts";
import { widthOf } from "../../../src/console/overlays/cells.ts";
import { ComponentStage } from "../../terminal/component.ts";
import { answeredCall, callOf, party, Story } from "./story.ts";

const ladder = buildLadder(answeredCall().source());
const now = Date.parse("2026-01-05T09:05:00.000Z");

/** Names of other scripts, and as many columns as there may be. */
function strange(): Ladder {
  const numbers = ["شركة الاتصالات", "株式会社東京コールセンター", "👩‍👩‍👧‍👦", "नमस्ते दुनिया", "x".repeat(300)];
  return buildLadder(
    new Story()
      .call(
        "call.started",
        callOf({ customer: numbers[0], participants: numbers.map((number) => party(number, "ACTIVE")) }),
      )
      .rest("PUT /finesse/api/Dialog/16802321", "株式会社".repeat(40), "c-1111111")
      .source(),
  );
}

test("the text at 80 columns", () => {
  expect(ladderText(ladder, 80)).toBe(`03001234567 with agent 1001 · 2026-01-05T09:00:00.000Z · I-1

                       CRM         Finesse   03001234567
                           connector    agent 42001
00:00.000               │      │◀─────│      │      │    agent RESERVED
00:00.002    +2ms       │      │      │◀─────┼──────│    calls 8001
00:00.002    +0ms       │      │      │─────▶│      │    rings
00:00.002    +0ms       │      │◀─────│      │      │    call ALERTING
00:00.003    +1ms       │◀─────│      │      │      │    NewInboundCall
00:02.503  +2.50s A     │─────▶│      │      │      │    AnswerCall
00:02.504    +1ms A     │      │─────▶│      │      │    PUT Dialog ANSWER
00:02.513    +9ms A     │      │◀╌╌╌╌╌│      │      │    202
00:02.543   +30ms A     │      │      │◀─────│      │    answers
00:02.543    +0ms A     │      │◀─────│      │      │    call ACTIVE
00:02.543    +0ms A     │◀─────│      │      │      │    InboundCall ACTIVE
00:02.547    +4ms       │      │◀─────│      │      │    agent TALKING
01:04.547  +1m02s       │      │      │◀─────┼──────│    leaves
01:04.547    +0ms       │      │      │◀─────│      │    leaves
01:04.547    +0ms       │      │◀─────│      │      │    call DROPPED; call end…

A c-aaaaaaa
`);
});

test("no line is wider than asked, whatever the names, and wide characters keep the lanes in their places", () => {
  fc.assert(
    fc.property(fc.integer({ min: 80, max: 300 }), (width) => {
      for (const each of [ladder, strange()]) {
        const lines = ladderText(each, width).split("\n");
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        const lanes = lines
          .filter((line) => /^\d\d:/.test(line))
          .map((line) => [...line].findIndex((character) => character === "│"));
        expect(new Set(lanes).size).toBe(1);
      }
    }),
    { numRuns: 60 },
  );
});

test("time since the step before is short at any length", () => {
  const gaps = [undefined, 0, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 9e9, 9e12];
  expect(gaps.map(gapText)).toEqual([
    "",
    "+0ms",
    "+999ms",
    "+1.00s",
    "+59.99s",
    "+1m00s",
    "+59m59s",
    "+1h00m",
    "+2500h",
    "+99999h",
  ]);
  for (const gap of gaps) expect(gapText(gap).length).toBeLessThanOrEqual(7);
});

/** Of XML; that a replacement character stands there is none. */
function problemsOf(svg: string): string[] {
  const problems: string[] = [];
  const onError = (level: string, message: string) => void (level !== "warning" && problems.push(message));
  new DOMParser({ onError }).parseFromString(svg, "image/svg+xml");
  return problems;
}

describe("the picture", () => {
  test("is well-formed, always the same, on white, with fonts by name and an arrow for each step", () => {
    for (const each of [ladder, strange(), buildLadder(answeredCall().source("I-unknown"))]) {
      const svg = ladderSvg(each);
      expect(ladderSvg(each)).toBe(svg);
      expect(problemsOf(svg)).toEqual([]);
      expect(svg.match(/marker-end=/g) ?? []).toHaveLength(each.steps.length);
    }
    expect(ladderSvg(ladder)).toContain('fill="#ffffff"');
    expect(ladderSvg(ladder)).toContain("font-family=");
    expect(ladderSvg(ladder)).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  test("takes any label: none breaks out of its element", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (label) => {
        const [step] = ladder.steps;
        if (step === undefined) throw new Error("no step");
        expect(problemsOf(ladderSvg({ ...ladder, party: label, steps: [{ ...step, label }] }))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("the view", () => {
  test("is exactly as large as it is told, at any size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(20),
        (columns, rows, chosen) => {
          for (const each of [ladder, strange()]) {
            const top = ladderTop(0, chosen, each.steps.length, rows);
            const drawn = ladderRows({ ladder: each, columns, rows, chosen, top, now });
            expect(drawn).toHaveLength(rows);
            for (const row of drawn)
              expect(row.reduce((sum, { text }) => sum + widthOf(text), 0)).toBe(columns);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("scrolls no more than it must, and never past its ends", () => {
    const rows = 14;
    const window = ladderWindow(rows);
    expect(ladderTop(0, window - 1, 100, rows)).toBe(0);
    expect(ladderTop(0, window, 100, rows)).toBe(1);
    expect(ladderTop(40, 39, 100, rows)).toBe(39);
    expect(ladderTop(99, 99, 100, rows)).toBe(100 - window);
    expect(ladderTop(5, 2, 3, rows)).toBe(0);
  });

  test("at 80 by 24 the chosen step is in reverse and told in full below", async () => {
    const chosen = ladder.steps.length - 1;
    await using stage = new ComponentStage(
      <LadderView ladder={ladder} columns={80} rows={24} chosen={chosen} top={0} now={now} colours />,
    );
    await stage.until("15/15");
    expect(stage.text).toContain("03001234567 with agent 1001  09:00:00.000  5:00 ago");
    expect(stage.text).toContain("│─────▶│");
    expect(stage.text).toContain("call DROPPED; call ended");
    const lit = stage.cells().find((row) => row.some(({ style }) => style.inverse)) ?? [];
    expect(lit.map(({ text }) => text).join("")).toContain("01:04.547");
  });
});
