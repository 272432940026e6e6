import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Browser, openBrowser } from "../../../../browser/browser.ts";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { pageProtocol, type PageState } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { call } from "../../../samples.ts";
import { FakeConnector, greeting } from "./fake-connector.ts";
import { answer, ayesha, log, page, session } from "./stage.ts";

/** In the page. */
declare const document: { title: string; activeElement: { textContent: string } | null };
declare const location: { href: string };

const rings = call({ queue: { number: "8001", name: "Sales" } });
const talks = call({
  ...rings,
  state: "ACTIVE",
  actions: ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"],
});
const known = (notes?: string, matches = [ayesha]): PageState["logs"] => [
  { log: log(rings, { notes }), matches, recordId: undefined },
];

describe.skipIf(!hasChromium)("the softphone page in a browser", () => {
  let browser: Browser;
  let connector: FakeConnector;
  let tab: Tab;

  beforeAll(async () => {
    [browser, connector] = await Promise.all([openBrowser(), FakeConnector.start()]);
    connector.answers = answer;
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await connector[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    if (tab !== undefined) await tab.close();
    tab = await browser.open("about:blank");
    await tab.resize(300, 560);
    connector.greeting = greeting("1001");
    connector.heard.length = 0;
  });

  async function opened(state: PageState): Promise<void> {
    connector.opening = [{ type: "state", state }];
    await tab.goto(connector.url);
    await tab.until(/Recent calls/);
    connector.heard.length = 0;
  }
  const focused = (): Promise<string> => tab.evaluate(() => document.activeElement?.textContent ?? "");

  test("signs in; the password is gone from the page, and what was missing is said", async () => {
    connector.greeting = greeting(undefined);
    connector.opening = [];
    await tab.goto(connector.url);
    await tab.fill({ role: "textbox", name: "Agent" }, "1001");
    await tab.press("enter");
    await tab.until("At which extension?");
    await tab.fill({ role: "textbox", name: "Extension" }, "42001");
    await tab.press("tab");
    await tab.type("secret");
    await tab.press("enter");
    const asked = await connector.next("sign-in");
    expect(asked).toMatchObject({ agent: "1001", extension: "42001", password: "secret" });
    await tab.until({ role: "textbox", name: "Password", value: "" });
    connector.say({
      type: "error",
      id: asked.id,
      error: { code: "credentials-refused", message: "Finesse refuses it", hint: "try the other one" },
    });
    await tab.until(/Finesse refuses it\s+try the other one/);
    connector.say(greeting("1001"), { type: "state", state: page(session("READY")) });
    await tab.until(/Waiting for the next call/);
  });

  test("a pairing token leaves the address at once, and is said once", async () => {
    connector.opening = [{ type: "state", state: page(session("READY")) }];
    await tab.goto(`${connector.url}?mode=Lightning#pair=one-time%2Btoken`);
    await tab.until(/Waiting/);
    expect(await connector.next("hello")).toMatchObject({
      version: pageProtocol,
      pairing: "one-time+token",
      openCti: false,
    });
    expect(await tab.evaluate(() => location.href)).toBe(`${connector.url}?mode=Lightning`);
    connector.drop();
    expect(await connector.next("hello")).not.toHaveProperty("pairing");
  });

  test("signed in elsewhere: signs in again here, as the same agent", async () => {
    connector.greeting = greeting("1001", "pairing");
    const away = {
      state: "conflict",
      since: new Date().toISOString(),
      node: "fina.example.com:8445",
    } as const;
    await opened(page(session("READY", [], { link: away })));
    await tab.click({ role: "button", name: "Sign in again" });
    await tab.until({ role: "textbox", name: "Agent", value: "1001" });
    await tab.click({ role: "textbox", name: "Password" });
    await tab.type("secret");
    await tab.press("enter");
    expect(await connector.next("sign-in")).toMatchObject({
      agent: "1001",
      extension: "42001",
      password: "secret",
    });
    connector.say(greeting("1001", "pairing"), { type: "state", state: page(session("READY")) });
    await tab.until(/Recent calls/);
  });

  test("Tab goes through everything and out again: no traps", async () => {
    await opened(page(session("TALKING", [talks]), known()));
    const seen: string[] = [];
    for (let at = 0; at < 60; at++) {
      await tab.press("tab");
      const name = await focused();
      if (seen[0] !== undefined && name === seen[0] && seen.length > 5) break;
      seen.push(name);
    }
    for (const name of ["Hold", "Consult", "Transfer", "Conference", "Keypad", "Hang up", "Call", "Dial pad"])
      expect(seen.map((text) => text.trim())).toContain(name);
    expect(seen.length).toBeLessThan(60);
  });

  test("? lists the keys; a call that rings closes the list", async () => {
    await opened(page(session("READY")));
    await tab.click({ role: "button", name: "Keyboard and help" });
    await tab.until({ role: "dialog", name: "Keyboard" });
    connector.show(page(session("RESERVED", [rings]), known()));
    await tab.until({ role: "button", name: "Answer", focused: true });
  });

  test("another tab leads, until this one is told to", async () => {
    await opened(page(session("READY")));
    connector.say({ type: "lead", leads: false });
    await tab.click({ role: "button", name: "Lead here" });
    await connector.next("focus");
    connector.say({ type: "lead", leads: true });
    await tab.gone(/Another tab leads/);
  });

  test("what becomes of an agent who leaves is told short, and whole to whoever asks", async () => {
    await opened(page(session("READY"), [], { then: "logout", after: 300 }));
    const short = { role: "button", name: "If you leave: signed out in 5 min" } as const;
    const found = await tab.until({ ...short, expanded: false });
    expect(found.description).toMatch(/last page is closed.*signed out after 5 min/);
    await tab.click(short);
    await tab.until({ ...short, expanded: true });
    connector.show(page(session("READY"), [], { then: "keep", after: 60 }));
    await tab.until("If you leave: stays as it is");
    connector.show({ ...page(session("READY")), unattended: undefined });
    await tab.gone(/If you leave/);
  });

  test("values are texts, whatever they are", async () => {
    const evil = '<img src=x onerror="document.title=1"><b>';
    await opened(
      page(
        session("TALKING", [
          {
            ...talks,
            party: evil,
            customer: evil,
            variables: { [evil]: evil },
            queue: { number: undefined, name: evil },
          },
        ]),
        known(evil, [{ ...ayesha, name: evil }]),
      ),
    );
    await tab.until(/<img src=x/);
    expect(await tab.find({ role: "image", name: /img/ })).toEqual([]);
  });
});
