import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Browser, openBrowser } from "../../../../browser/browser.ts";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { pageProtocol, type PageState } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { call } from "../../../samples.ts";
import { FakeConnector, greeting } from "./fake-connector.ts";
import { answer, ayesha, log, others, page, session } from "./scenes.ts";

/** In the page. */
declare const document: { title: string; activeElement: { textContent: string } | null };
declare const location: { href: string };
declare const history: { length: number };

const rings = call({ queue: { number: "8001", name: "Sales" } });
const talks = call({
  ...rings,
  state: "ACTIVE",
  actions: ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"],
});
const held = call({ ...rings, state: "HELD", actions: ["RETRIEVE", "DROP", "TRANSFER", "CONFERENCE"] });
const consult = call({
  id: "2",
  interaction: "I-2",
  parent: "I-1",
  state: "ACTIVE",
  party: "2002",
  customer: undefined,
  actions: ["HOLD", "DROP"],
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

  test("a call rings: title, alert, and the focus on its answer; Enter answers", async () => {
    await opened(page(session("READY")));
    connector.show(page(session("RESERVED", [rings]), known()));
    await tab.until({ role: "button", name: "Answer", focused: true });
    await tab.until({ role: "alert", name: /^/ });
    expect(await tab.text()).toContain("Call from Fatima Noor, 03001234567, Sales");
    expect(await tab.evaluate(() => document.title)).toBe("◐ Fatima Noor calls");
    await tab.press("enter");
    expect(await connector.next("command")).toMatchObject({ command: { verb: "answer", call: rings.id } });
    connector.show(page(session("TALKING", [talks]), known()));
    await tab.until({ role: "button", name: "Hold" });
    expect(await tab.evaluate(() => document.title)).toBe("Softphone");
  });

  test("whoever writes is not disturbed by a call that rings, and answers by a key", async () => {
    await opened(page(session("HOLD", [held]), known()));
    await tab.click({ role: "textbox", name: "Notes" });
    await tab.type("He ");
    connector.show(page(session("HOLD", [held, { ...rings, id: "9", interaction: "I-9" }]), known("He ")));
    await tab.until(/Answer/);
    await tab.press("alt+a");
    expect(await connector.next("command")).toMatchObject({ command: { verb: "answer", call: "9" } });
  });

  test("a refusal stands beside the call, in Finesse's words, until it is dismissed", async () => {
    await opened(page(session("TALKING", [talks]), known()));
    await tab.click({ role: "button", name: "Hold" });
    const { id } = await connector.next("command");
    await tab.until({ role: "button", name: "Hold", disabled: true });
    connector.say({
      type: "outcome",
      id,
      outcome: {
        verb: "hold",
        outcome: "refused",
        agent: "1001",
        cause: "c",
        message: "not held",
        elapsed: 1,
        refusal: { type: "t", code: "1", words: "CF_BUSY", hint: "wait a moment", late: false },
      },
    });
    await tab.until(/not held: CF_BUSY\s+wait a moment/);
    await tab.until({ role: "button", name: "Hold", disabled: false });
    await tab.click({ role: "button", name: "Dismiss" });
    await tab.gone(/CF_BUSY/);
  });

  test("the keyboard alone: consults by name, hands over, changes the state with a reason", async () => {
    await opened(page(session("TALKING", [talks]), known()));
    await tab.press("alt+c");
    await tab.until({ role: "combobox", name: "Number or name", focused: true });
    await connector.next("phone-book");
    await tab.type("okon");
    await tab.press("down", "enter");
    expect(await connector.next("command")).toMatchObject({
      command: { verb: "consult", number: "+44 20 7946 0958", call: talks.id },
    });
    connector.show(page(session("TALKING", [held, consult]), known()));
    await tab.until("consultation");
    await tab.press("alt+t");
    expect(await connector.next("command")).toMatchObject({ command: { verb: "transfer", call: held.id } });
    connector.show(
      page(session("WORK", [{ ...talks, state: "WRAP_UP", actions: ["UPDATE_CALL_DATA"] }]), known()),
    );
    await tab.until(/Choose a reason/);
    await tab.press("alt+w");
    await tab.until({ role: "combobox", name: "Find a reason", focused: true });
    await tab.type("invoice");
    await tab.press("enter");
    expect(await connector.next("command")).toMatchObject({
      command: { verb: "wrap-up", reasons: ["Question about an invoice"], call: talks.id },
    });
    await tab.press("alt+s");
    await tab.until({ role: "combobox", name: "Find a state or reason", focused: true });
    await tab.type("lun");
    await tab.press("enter");
    expect(await connector.next("command")).toMatchObject({
      command: { verb: "not-ready", reason: "Lunch" },
    });
    // The focus is where it was before the menu.
    expect(await focused()).toContain("Wrap-up");
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

  test("notes are saved after a pause and when one leaves them, and nothing is lost with the connection", async () => {
    await opened(page(session("TALKING", [talks]), known()));
    await tab.click({ role: "textbox", name: "Notes" });
    await tab.type("Wants a refund");
    await tab.until("saving…");
    expect(await connector.next("note")).toEqual({
      type: "note",
      callObject: "I-1:1001",
      text: "Wants a refund",
    });
    connector.show(page(session("TALKING", [talks]), known("Wants a refund")));
    await tab.until("✓ saved");
    connector.greeting = undefined;
    connector.drop();
    await tab.until(/No connection to the connector/);
    await tab.type(", soon");
    await tab.until("saved when the connection is back");
    await tab.until({ role: "button", name: "Hold", disabled: true });
    await tab.until({ role: "textbox", name: "Notes", value: "Wants a refund, soon" });
    connector.greeting = greeting("1001");
    connector.opening = [
      { type: "state", state: page(session("TALKING", [talks]), known("Wants a refund")) },
    ];
    connector.drop();
    expect(await connector.next("note")).toEqual({
      type: "note",
      callObject: "I-1:1001",
      text: "Wants a refund, soon",
    });
    await tab.until({ role: "button", name: "Hold", disabled: false });
  });

  test("of several records the agent chooses one", async () => {
    await opened(page(session("TALKING", [talks]), known(undefined, others)));
    await tab.click({ role: "button", name: /Fatima Noor-Schneider/ });
    expect(await connector.next("chosen")).toEqual({
      type: "chosen",
      callObject: "I-1:1001",
      match: others[1] as (typeof others)[0],
    });
  });

  test("dials a number pasted in any notation; what cannot be dialled stays", async () => {
    await opened(page(session("NOT_READY")));
    await tab.press("alt+d");
    await tab.type("(0300) 123-45 67");
    await tab.until(/calls .*03001234567/);
    await tab.press("enter");
    const { id, command } = await connector.next("command");
    expect(command).toEqual({ verb: "dial", number: "03001234567" });
    connector.say({ type: "error", id, error: { code: "refused", message: "no line" } });
    await tab.until("no line");
    await tab.until({ role: "combobox", name: "Number or name", value: "(0300) 123-45 67" });
  });

  test("tones are typed, each sent at once", async () => {
    await opened(page(session("TALKING", [talks]), known()));
    await tab.press("alt+k");
    await tab.until(/nothing yet/);
    await tab.type("4#");
    expect(await connector.next("command")).toMatchObject({ command: { verb: "dtmf", digits: "4" } });
    expect(await connector.next("command")).toMatchObject({ command: { verb: "dtmf", digits: "#" } });
    await tab.press("esc");
    await tab.until({ role: "button", name: "Keypad", focused: true });
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
