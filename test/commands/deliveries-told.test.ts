import { describe, expect, test } from "bun:test";
import { deliveriesLine } from "../../src/commands/deliveries-text.ts";
import { eventText } from "../../src/words/event-text.ts";
import { durationInWords } from "../../src/words/time.ts";
import type { DeliveryBrief } from "../../src/model/delivery.ts";
import { plain } from "../../src/platform/terminal.ts";
import { delivery, event, fakeControl, now, run } from "./harness.ts";

const owed = delivery();
const behind = delivery({ id: "d-7-13", createdAt: "2026-01-05T09:09:50.000Z" });
const tooOld = delivery({ id: "d-3-1", state: "missed", missedAt: "2026-01-05T09:06:30.000Z" });

describe("cti status", () => {
  test("one line when something is owed or missed, nothing when all is well", async () => {
    const shown = await run(["status"], fakeControl({ deliveries: [owed, behind, tooOld] }));
    expect(shown.stdout.trimEnd().split("\n").at(-1)).toBe(
      "deliveries  2 owed, oldest 2:10 · 1 missed (cti deliveries list --missed)",
    );
    expect((await run(["status"], fakeControl())).stdout).not.toContain("deliveries");
  });

  test("also where nobody is signed in and no adapter is left", async () => {
    const { stdout, exitCode } = await run(["status"], fakeControl({ agents: [], deliveries: [tooOld] }));
    expect(exitCode).toBe(7);
    expect(stdout).toBe("nobody is signed in\n\ndeliveries  1 missed (cti deliveries list --missed)\n");
  });

  const mark = (style: string, text: string): string => `<${style}:${text}>`;
  test.each([
    [{ owed: 0, missed: 0 }, undefined],
    [undefined, undefined],
    [
      { owed: 1, missed: 0, oldest: "2026-01-05T09:09:58.000Z" },
      "<bold:deliveries>  1 owed, oldest 0:02 (cti deliveries)",
    ],
    [
      { owed: 3, missed: 0, oldest: "2026-01-05T09:07:50.000Z" },
      "<bold:deliveries>  <yellow:3 owed, oldest 2:10> (cti deliveries)",
    ],
    [{ owed: 0, missed: 1 }, "<bold:deliveries>  <red:1 missed> (cti deliveries list --missed)"],
  ])("%j: late is yellow, missed is red", (counts, line) => {
    expect(deliveriesLine(counts, { paint: mark, now })).toBe(line);
  });
});

describe("events", () => {
  const { state: _state, createdAt: _made, expiresAt: _until, retryAt: _retry, why: _why, ...rest } = owed;
  const pop: DeliveryBrief = { ...rest, kind: "ScreenPop", policy: "pop", id: "d-7-1" };
  const retryAt = "2026-01-05T09:09:01.000Z";
  test.each([
    [{ type: "delivery.sent" as const, delivery: pop, elapsed: 4 }, "ScreenPop 03001234567 sent in 4 ms"],
    [
      { type: "delivery.sent" as const, delivery: pop, elapsed: 125_000, note: "opened 4 records" },
      "ScreenPop 03001234567 sent in 2 min (opened 4 records)",
    ],
    [
      { type: "delivery.delayed" as const, delivery: pop, why: "no answer", retryAt },
      "ScreenPop 03001234567 delayed: no answer, again in 1 s",
    ],
    [
      { type: "delivery.expired" as const, delivery: pop, why: "it came too late" },
      "ScreenPop 03001234567 given up: it came too late",
    ],
    [
      { type: "delivery.failed" as const, delivery: pop, why: "HTTP 400\u001b[2J" },
      "ScreenPop 03001234567 refused: HTTP 400␛[2J",
    ],
  ])("%j", (body, words) => expect(eventText(event(1, body), plain)).toEndWith(`  ${words}  ebs d-7-1`));

  test("a gap says how long nobody watched", () => {
    const gap = {
      type: "session.gap" as const,
      from: "2026-01-05T09:07:50.000Z",
      to: "2026-01-05T09:09:00.000Z",
    };
    expect(eventText(event(1, gap), plain)).toContain("nobody watched for 1:10");
  });
});

test.each([
  [0, "0 s"],
  [-5, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_600_000, "1 h"],
  [47 * 3_600_000, "47 h"],
  [48 * 3_600_000, "2 days"],
])("%d ms in words", (milliseconds, words) => expect(durationInWords(milliseconds)).toBe(words));
