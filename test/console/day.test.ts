import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Stage } from "../e2e/stage.ts";
import type { TerminalStage } from "../terminal/stage.ts";
import { hasTmux } from "../terminal/tmux.ts";
import { changing, customerCalls, openConsole, openInTmux, openOffice, password } from "./stage/office.ts";
import { pressShown } from "./stage/shown-keys.ts";

/**
 * An agent's day, worked with keys that the screen shows at that moment and with nothing else; texts are typed only into fields. The screens
 * that are kept are the same with and without tmux.
 */
async function aDay(office: Stage, stage: TerminalStage): Promise<void> {
  const looks = (name: string): Promise<void> => stage.expectScreen(`day-${name}`, { mask: changing });

  await stage.until("nobody is signed in");
  await pressShown(stage, "sign in");
  await stage.until("kept nowhere");
  stage.type("1001");
  await pressShown(stage, "next field");
  stage.type("2001");
  await pressShown(stage, "next field");
  stage.type(password);
  await looks("1-sign-in");
  await pressShown(stage, "goes on");
  await stage.until(/○ NOT_READY/);
  await pressShown(stage, "ready");
  await stage.until(/● READY/);

  await customerCalls(office);
  await stage.until("Call from 5551234");
  await looks("2-ringing");
  await pressShown(stage, "answer");
  await stage.until(/◆ TALKING[^]*◆ ACTIVE/);
  await pressShown(stage, "hold");
  await stage.until(/◇ HOLD[^]*◇ HELD/);
  await pressShown(stage, "retrieve");
  await stage.until(/◆ TALKING[^]*◆ ACTIVE/);

  await pressShown(stage, "consult");
  await stage.until("a name to find");
  stage.type("köh");
  await stage.until("2002 (Jürgen Köhler)");
  await pressShown(stage, "calls");
  await stage.until(/▸ ◌ INITIATED[^]*2002 ◐ alerting/);
  await office.sim("phone", { agent: "1002", action: "answer" });
  await stage.until(/▸ ◆ ACTIVE/);
  await stage.until("is on hold");
  await looks("3-consulting");
  await pressShown(stage, "hand over");
  await stage.until(/◍ WRAP_UP/);

  await pressShown(stage, "wrap-up");
  await stage.until("Complaint");
  stage.type("compl");
  await stage.until("1 of 6");
  await looks("4-wrap-up");
  await pressShown(stage, "takes it");
  await stage.until("wrap-up Complaint");

  await pressShown(stage, "dial");
  await stage.until("a name to find");
  stage.paste("(555) 123-4567");
  await stage.until("Enter calls 5551234567");
  await looks("5-dial");
  await pressShown(stage, "calls");
  await stage.until(/▸ ◆ ACTIVE .*→ 5551234567/);
  await pressShown(stage, "hang up");
  await stage.until("dropped (5551234567");

  await pressShown(stage, "not ready");
  await stage.until("Break");
  stage.type("bre");
  await stage.until("1 of 7");
  await pressShown(stage, "takes it");
  await stage.until(/○ NOT_READY[^]*Break/);
  await pressShown(stage, "sign out");
  await stage.until("End of Shift");
  await pressShown(stage, "takes it");
  await stage.until("Nobody is signed in.");
  await pressShown(stage, "quit");
  expect(await stage.exited).toBe(0);
}

describe("an agent's day at 80×24, with keys that are shown", () => {
  let office: Stage;
  beforeEach(async () => {
    office = await openOffice();
  });
  afterEach(() => office.close());

  test("in a terminal: rings, announces, never shows the password, wipes nothing, leaves the screen as it was", async () => {
    await using stage = openConsole(office);
    await aDay(office, stage);
    expect(stage.raw.text).not.toContain(password);
    expect(stage.raw.bells).toBe(1);
    expect(stage.raw.notifications).toEqual(["Call from 5551234", "cti: Call from 5551234"]);
    const { titles } = stage.raw;
    expect(titles).toContain("☎ Call from 5551234");
    expect(titles).toContain("READY · 1001 · cti");
    expect(stage.raw.clears).toBe(0);
    expect(stage.leftBehind).toEqual([]);
    expect(stage.text.trim()).toBe("");
  }, 60_000);

  test.skipIf(!hasTmux)(
    "in tmux: the same screens; bell, notification and title get through",
    async () => {
      await using stage = openInTmux(office, {
        configuration: [
          "set -g allow-passthrough on",
          "set -g set-titles on",
          "set -g set-titles-string '#T'",
        ],
      });
      await aDay(office, stage);
      expect(stage.raw.text).not.toContain(password);
      expect(stage.raw.bells).toBe(1);
      expect(stage.raw.notifications).toEqual(["Call from 5551234", "cti: Call from 5551234"]);
      expect(stage.raw.titles).toContain("☎ Call from 5551234");
    },
    60_000,
  );
});
