import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeScreen, difference, expectScreen } from "./expect-screen.ts";
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
  const compare = (): Promise<void> => expectScreen(stage, folder, "clock", expectation, false);
  await expect(compare()).rejects.toThrow("there is no screen");
  await expectScreen(stage, folder, "clock", expectation, true);
  expect(readFileSync(join(folder, "clock.txt"), "utf8")).toBe(stored);
  await compare();
  stage.press("enter");
  await stage.until("more");
  const error = await compare().catch((reason: Error) => reason.message);
  expect(error).toContain(
    "\n  │since ▒▒▒▒▒▒▒▒      │\n- │日本                │\n+ │日本more            │\n  │",
  );
});

test("a screen that comes late is waited for", async () => {
  await using stage = open();
  await stage.until("日本");
  await expectScreen(stage, folder, "late", {}, true);
  await using again = open();
  await expectScreen(again, folder, "late", {}, false);
});

test("two texts are told apart by the lines that one has and the other has not", () => {
  expect(difference("a\nb\nc\nd", "a\nx\nc\nd\ne")).toBe("  a\n- b\n+ x\n  c\n  d\n+ e");
  expect(difference("same", "same")).toBe("  same");
});
