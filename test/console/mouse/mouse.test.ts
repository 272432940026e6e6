import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "../../e2e/stage.ts";
import type { ScreenStage } from "../../terminal/screen-stage.ts";
import { onACall, openConsole, openOffice, signedIn } from "../stage/office.ts";

let office: Stage;
beforeEach(async () => {
  office = await openOffice();
  await signedIn(office);
});
afterEach(() => office.close());

/** Presses the button where a text stands. */
function click(stage: ScreenStage, text: string): void {
  const { row, column } = stage.find(text);
  stage.send(`\u001b[<0;${column + 1};${row + 1}M\u001b[<0;${column + 1};${row + 1}m`);
}

function wheel(stage: ScreenStage, way: "up" | "down", row: number): void {
  stage.send(`\u001b[<${way === "up" ? 64 : 65};5;${row + 1}M`);
}

function rowOf(stage: ScreenStage, sight: RegExp): number {
  return stage.screen().findIndex((line) => sight.test(line));
}

function wanted(office: Stage): void {
  mkdirSync(join(office.folder, "config/cti"), { recursive: true });
  writeFileSync(join(office.folder, "config/cti/config.toml"), "[console]\nmouse = true\n");
}

test("off by default: the terminal is not asked for it, and what it sends is no key", async () => {
  await using stage = openConsole(office);
  await stage.until(/● READY/);
  stage.press("?");
  await stage.until("What can be done");
  stage.press("esc");
  await stage.until((text) => !text.includes("What can be done"));
  expect(stage.raw.text).not.toContain("?1000h");
  click(stage, "help");
  stage.press("6");
  await stage.until("deliveries");
  stage.press("1");
  await stage.until("Calls");
  stage.type(":mouse on\n");
  await stage.until(() => stage.raw.text.includes("\u001b[?1006h"));
  click(stage, "help");
  await stage.until("What can be done");
  stage.press("esc");
  await stage.until((text) => !text.includes("What can be done"));
  stage.type(":mouse off\n");
  await stage.until(() => stage.raw.text.includes("\u001b[?1000l"));
});

test("keys of the footer, calls and events are clicked, the wheel goes through events and lists; all is off afterwards", async () => {
  wanted(office);
  await using stage = openConsole(office);
  await onACall(office, stage);
  click(stage, "hold");
  await stage.until(/◇ HOLD[^]*◇ HELD/);
  click(stage, "dial");
  await stage.until("a name to find");
  stage.type("2002\n");
  await stage.until(/▸ ◌ INITIATED[^]*2002 ◐ alerting/);
  click(stage, "5551234");
  await stage.until(/▸ ◇ HELD/);
  wheel(stage, "up", rowOf(stage, /Events/) + 3);
  await stage.until(/Events · paused/);
  // The event that is clicked is the one that is opened.
  click(stage, "call.started");
  await stage.until(/▸ .*call.started +ALERTING/);
  stage.press("2");
  await stage.until(/── Events[^]*▸/);
  for (let notch = 0; notch < 20; notch++) wheel(stage, "down", 10);
  await stage.until(/▸ .*call.changed +INITIATED ↔ 2002/);
  stage.press("?");
  await stage.until("What can be done");
  wheel(stage, "down", 10);
  stage.press("esc");
  await stage.until((text) => !text.includes("What can be done"));
  stage.press("q");
  await stage.until("Leave the console?");
  stage.press("y");
  expect(await stage.exited).toBe(0);
  expect(stage.leftBehind).toEqual([]);
  expect(stage.raw.text).toContain("\u001b[?1000l");
}, 30_000);
