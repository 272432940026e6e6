import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeScreen, difference } from "./expect-screen.ts";
import { TerminalStage } from "./stage.ts";

const folder = mkdtempSync(join(tmpdir(), "cti-screens-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clock =
  "stty -echo; printf 'since \\033[1;32m09:41:07\\033[0m\\r\\n日本'; read line; printf 'more'; read line";

function open(): TerminalStage {
  return new TerminalStage(["/bin/sh", "-c", clock], { columns: 20, rows: 3, screens: folder });
}

const stored = `┌─ 20×3 ─────────────┐
│since ▒▒▒▒▒▒▒▒      │
│日本                │
│                    │
└────────────────────┘
1:7 "▒▒▒▒▒▒▒▒" bold green
`;

test("a screen is stored as people read it, without what changes from run to run", async () => {
  await using stage = open();
  await stage.until("日本");
  expect(describeScreen(stage.picture(), { styles: true, mask: [/\d+:\d+:\d+/] })).toBe(stored);
});

test("a screen that is not stored yet is shown and refused; stored when asked for; then compared", async () => {
  await using stage = open();
  await stage.until("日本");
  const expectation = { styles: true, mask: [/\d+:\d+:\d+/], timeout: 20 };
  await expect(stage.expectScreen("clock", expectation)).rejects.toThrow("there is no screen");
  process.env.CTI_UPDATE_SCREENS = "1";
  await stage.expectScreen("clock", expectation);
  delete process.env.CTI_UPDATE_SCREENS;
  expect(readFileSync(join(folder, "clock.txt"), "utf8")).toBe(stored);
  await stage.expectScreen("clock", expectation);
  stage.press("enter");
  await stage.until("more");
  const error = await stage.expectScreen("clock", expectation).catch((reason: Error) => reason.message);
  expect(error).toContain(
    "\n  │since ▒▒▒▒▒▒▒▒      │\n- │日本                │\n+ │日本more            │\n  │",
  );
});

test("a screen that comes late is waited for", async () => {
  await using stage = open();
  await stage.until("日本");
  process.env.CTI_UPDATE_SCREENS = "1";
  await stage.expectScreen("late");
  delete process.env.CTI_UPDATE_SCREENS;
  await using again = open();
  await again.expectScreen("late");
});

test("two texts are told apart by the lines that one has and the other has not", () => {
  expect(difference("a\nb\nc\nd", "a\nx\nc\nd\ne")).toBe("  a\n- b\n+ x\n  c\n  d\n+ e");
  expect(difference("same", "same")).toBe("  same");
});
