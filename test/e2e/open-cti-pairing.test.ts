import { describe, expect, test } from "bun:test";
import { hasChromium } from "../browser/launch.ts";
import { Office } from "./open-cti-office.ts";

interface Pairing {
  token: string;
  url: string;
}

describe.skipIf(!hasChromium)("a page beside one agent, who signed in at the command line", () => {
  const pair = async (office: Office): Promise<Pairing> =>
    JSON.parse((await office.serving.ok("open-cti pair --json")).out) as Pairing;

  test("by its address: once, without a trace in the address bar; a reload needs no more; leaving ends it", async () => {
    await using office = await Office.open({ salesforce: false, table: { "sign-in": "pairing" } });
    await office.serving.ok("login -a 1001 -e 2001");
    const { url } = await pair(office);
    const tab = await office.browser.open(url);
    await tab.until({ role: "button", name: "Not ready" });
    expect(await tab.evaluate(() => location.href)).toBe(office.page);
    expect(await tab.evaluate(() => `${document.cookie}${JSON.stringify(localStorage)}`)).not.toContain(
      url.slice(url.indexOf("#pair=") + 6),
    );
    await tab.reload();
    await tab.until({ role: "button", name: "Not ready" });
    // The same code lets no second browser in.
    const thief = await office.browser.open(url, await office.browser.profile());
    await thief.until({ role: "textbox", name: "Pairing code" });
    await thief.until(/expired|used|not good|no longer|unknown|wrong/i);
    await thief.picture("pairing-refused");
    expect(await thief.find({ role: "button", name: "Not ready" })).toEqual([]);
    await thief.close();
    await tab.click({ role: "button", name: "Not ready" });
    await tab.click({ role: "option", name: "Leave this page, stay signed in" });
    await tab.until({ role: "textbox", name: "Pairing code" });
    await tab.reload();
    await tab.until({ role: "textbox", name: "Pairing code" });
    const { agents } = await office.serving.until(() => true);
    expect(agents.map(({ agent, state }) => [agent, state.state])).toEqual([["1001", "NOT_READY"]]);
  }, 60_000);

  test("in Salesforce's frame, by a code that is pasted", async () => {
    await using office = await Office.open({ table: { "sign-in": "pairing" } });
    await office.serving.ok("login -a 1001 -e 2001");
    const { tab, phone } = await office.sit();
    await phone.fill({ role: "textbox", name: "Pairing code" }, (await pair(office)).token);
    await tab.picture("pairing");
    await tab.press("enter");
    await phone.until({ role: "button", name: "Not ready" });
    await tab.reload();
    await phone.until({ role: "button", name: "Not ready" });
  }, 60_000);
});

declare const document: { cookie: string };
declare const location: { href: string };
