import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Browser, openBrowser } from "../../../../browser/browser.ts";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Tab } from "../../../../browser/tab.ts";
import type { PageState } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { call } from "../../../samples.ts";
import { FakeConnector, greeting } from "./fake-connector.ts";
import { answer, ayesha, log, others, page, session } from "./stage.ts";

/** In the page. */
declare const document: { title: string; activeElement: { textContent: string } | null };

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

describe.skipIf(!hasChromium)("calls at the softphone page", () => {
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

  test("who it is is told again to a connector that has forgotten it", async () => {
    await opened(page(session("TALKING", [talks]), known()));
    await tab.until({ role: "article", name: "Call with Fatima Noor" });
    connector.opening = [{ type: "state", state: page(session("TALKING", [talks]), known(undefined, [])) }];
    connector.drop();
    expect(await connector.next("matches")).toEqual({
      type: "matches",
      callObject: "I-1:1001",
      matches: [ayesha],
    });
  });

  test("a second reason is offered where Finesse takes several, and there alone", async () => {
    const given = { ...talks, wrapUpReasons: ["Sale"] };
    await opened(page(session("TALKING", [given], { deployment: "UCCE" }), known()));
    await tab.until({ role: "button", name: /^Wrap-up reason/ });
    expect(await tab.find({ role: "button", name: "Add another" })).toEqual([]);
    connector.show(page(session("TALKING", [given], { deployment: "UCCX" }), known()));
    await tab.click({ role: "button", name: "Add another" });
    await tab.type("complaint");
    await tab.press("enter");
    expect(await connector.next("command")).toMatchObject({
      command: { verb: "wrap-up", reasons: ["Sale", "Complaint"] },
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
});
