import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { hasChromium } from "../browser/launch.ts";
import type { Scope } from "../browser/scope.ts";
import { freePorts } from "../interop/servers/server.ts";
import { startRelay } from "../interop/servers/relay.ts";
import { Office } from "./open-cti-office.ts";

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}
declare const axe: {
  run(options: Record<string, unknown>): Promise<{ violations: Violation[]; passes: unknown[] }>;
};

/** What axe-core finds wrong in the page as it is now: WCAG 2.2 A and AA, and its best practices. */
async function violations(page: Scope): Promise<string[]> {
  await page.inject(readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8"));
  const found = await page.evaluate(async () => {
    const { violations, passes } = await axe.run({ iframes: false });
    return { violations, passed: passes.length };
  });
  expect(found.passed).toBeGreaterThan(10);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n  ${failureSummary}`),
  );
}

describe.skipIf(!hasChromium)("the page as a softphone of its own", () => {
  test("from sign-in to wrap-up with the keyboard alone, and axe-core finds nothing on the way", async () => {
    await using office = await Office.open({ salesforce: false });
    const { tab, phone } = await office.sit();
    await phone.until({ role: "button", name: "Sign in" });
    expect(await violations(phone)).toEqual([]);
    await phone.tabTo({ role: "textbox", name: "Agent" });
    await tab.type("1001");
    await phone.tabTo({ role: "textbox", name: "Extension" });
    await tab.type("2001");
    await phone.tabTo({ role: "textbox", name: "Password" });
    await tab.type(office.stage.password);
    await tab.press("enter");
    await phone.until({ role: "button", name: "Not ready" });
    await tab.picture("plain-signed-in");
    expect(await violations(phone)).toEqual([]);

    await phone.tabTo({ role: "button", name: "Not ready" });
    await tab.press("enter");
    await phone.until({ role: "combobox", name: "Find a state or reason", focused: true });
    await tab.picture("plain-states");
    expect(await violations(phone)).toEqual([]);
    await tab.type("ready");
    await tab.press("enter");
    await phone.until({ role: "button", name: "Ready" });

    await office.stage.sim("call", { agent: "1001", from: "5551234" });
    await phone.until({ role: "button", name: "Answer", focused: true });
    await tab.picture("plain-ringing");
    expect(await violations(phone)).toEqual([]);
    await tab.press("enter");
    await phone.until({ role: "button", name: "Hold", disabled: false });
    await tab.press("alt+h");
    await phone.until({ role: "button", name: "Resume", disabled: false });
    await tab.press("alt+h");
    await phone.until({ role: "button", name: "Hold", disabled: false });
    expect(await violations(phone)).toEqual([]);
    await phone.tabTo({ role: "button", name: "Keypad" });
    await tab.press("enter");
    await tab.picture("plain-keypad");
    expect(await violations(phone)).toEqual([]);
    await tab.press("esc");
    await phone.tabTo({ role: "textbox", name: "Notes" });
    await tab.type("Calls again.");
    await phone.until("✓ saved");
    await tab.press("alt+x");
    await phone.until({ role: "button", name: /^Wrap-up( then Ready)?$/ });
    await phone.tabTo({ role: "button", name: /^Wrap-up reason/ });
    await tab.press("enter");
    await phone.until({ role: "combobox", name: "Find a reason", focused: true });
    await tab.picture("plain-wrap-up");
    expect(await violations(phone)).toEqual([]);
    await tab.press("down", "enter");
    await phone.until({ role: "button", name: /^Wrap-up reason (?!Choose)/ });
    expect(await violations(phone)).toEqual([]);
    await tab.press("?");
    await phone.until({ role: "dialog", name: "Keyboard" });
    await tab.picture("plain-help");
    expect(await violations(phone)).toEqual([]);
    await tab.press("esc");
    await phone.gone({ role: "dialog", name: "Keyboard" });
  }, 60_000);

  test("a narrow panel, a large letter size, dark and forced colours: axe-core finds nothing, nothing stands out at the side", async () => {
    await using office = await Office.open({ salesforce: false });
    const seat = await office.sit();
    const { tab, phone } = seat;
    await office.signIn(seat);
    await office.ready(seat);
    await office.stage.sim("call", { agent: "1001", from: "5551234" });
    await phone.click({ role: "button", name: "Answer" });
    await phone.until({ role: "button", name: "Hold", disabled: false });
    for (const [name, width, features] of [
      ["narrow", 300, {}],
      ["dark", 420, { "prefers-color-scheme": "dark" }],
      ["contrast", 420, { "forced-colors": "active" }],
      ["wide", 1100, {}],
    ] as const) {
      await tab.resize(width, 640);
      await tab.prefer(features);
      await tab.picture(`plain-${name}`);
      expect(await violations(phone)).toEqual([]);
      const wider = await phone.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider).toBe(0);
    }
  }, 60_000);

  test("the wire dies without a word: the page says so within half a minute, and knows what has become of the call once it is back", async () => {
    const [port = 0] = await freePorts(1);
    const relay = await startRelay(port);
    const through = `https://127.0.0.1:${relay.port}/softphone`;
    try {
      await using office = await Office.open({
        salesforce: false,
        table: { listen: `127.0.0.1:${port}`, url: through },
        page: through,
      });
      const seat = await office.sit();
      const { tab, phone } = seat;
      tab.tolerate(/WebSocket connection to .* failed/);
      await office.signIn(seat);
      await office.ready(seat);
      relay.freeze();
      await office.stage.sim("call", { agent: "1001", from: "5551234" });
      await phone.until(/No connection to the connector/, { timeout: 30_000 });
      await tab.picture("plain-silent");
      expect(await phone.find({ role: "button", name: "Answer" })).toEqual([]);
      relay.cut();
      relay.thaw();
      // The call has rung out meanwhile.
      await phone.until({ role: "button", name: /^Not ready/ }, { timeout: 20_000 });
      await phone.gone(/No connection to the connector/);
    } finally {
      await relay.close();
    }
  }, 90_000);

  test("a wrong password is said, and asked for again; nothing of it is kept in the browser", async () => {
    await using office = await Office.open({ salesforce: false });
    const { tab, phone } = await office.sit();
    await phone.fill({ role: "textbox", name: "Agent" }, "1001");
    await phone.fill({ role: "textbox", name: "Extension" }, "2001");
    await phone.fill({ role: "textbox", name: "Password" }, "Xq7-Zwiebelkuchen");
    await phone.click({ role: "button", name: "Sign in" });
    await phone.until(/password/i);
    await phone.until(/refuse|wrong|not accept/i);
    await tab.picture("plain-refused");
    const kept = await phone.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain("Zwiebelkuchen");
    expect(office.serving.log).not.toContain("Zwiebelkuchen");
  }, 60_000);
});

declare const document: { cookie: string; documentElement: { scrollWidth: number; clientWidth: number } };
