import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasChromium } from "../../../../browser/launch.ts";
import type { PageState } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { call } from "../../../samples.ts";
import { OpenedPages } from "./opened.ts";
import { ayesha, log, page, session } from "./stage.ts";

const talks = call({
  state: "ACTIVE",
  actions: ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"],
  variables: { callVariable1: "CUST-778", callVariable9: "x" },
});
const held = call({
  ...talks,
  state: "HELD",
  actions: ["RETRIEVE", "DROP", "TRANSFER", "CONFERENCE", "UPDATE_CALL_DATA"],
});
const consult = call({
  id: "2",
  interaction: "I-2",
  parent: "I-1",
  direction: "internal",
  state: "ACTIVE",
  party: "2002",
  customer: undefined,
  dialedNumber: undefined,
  variables: {},
  actions: ["HOLD", "DROP"],
});
const known = (notes?: string): PageState["logs"] => [
  { log: log(talks, { notes }), matches: [ayesha], recordId: undefined },
];
const consulting = page(session("TALKING", [held, consult]), known());

describe.skipIf(!hasChromium)("while a colleague is asked", () => {
  let pages: OpenedPages;

  beforeAll(async () => {
    pages = await OpenedPages.start();
  });
  afterAll(() => pages[Symbol.asyncDispose]());

  test("he is called by his name, from the phone book that was read once for that", async () => {
    const tab = await pages.open(consulting);
    await tab.until({ role: "article", name: "Call with Björn Åkesson" });
    pages.connector.heard.length = 0;
    for (let at = 0; at < 3; at++) pages.connector.show(consulting);
    await tab.press("alt+n");
    await tab.type("x");
    await pages.connector.next("note");
    expect(pages.connector.heard.map(({ type }) => type)).not.toContain("phone-book");
  });

  test("what he says is written down at the customer's call, with a reason and the customer's data at hand", async () => {
    const tab = await pages.open(consulting);
    const { connector } = pages;
    await tab.gone({ role: "textbox", name: "Notes" });
    await tab.click({ role: "button", name: "Notes, reason and data", expanded: false });
    await tab.until(/Customer\s+CUST-778/);
    await tab.click({ role: "button", name: /^Wrap-up reason/ });
    await tab.type("complaint");
    await tab.press("enter");
    expect(await connector.next("command")).toMatchObject({
      command: { verb: "wrap-up", reasons: ["Complaint"], call: held.id },
    });
    await tab.click({ role: "textbox", name: "Notes" });
    await tab.type("Björn knows");
    expect(await connector.next("note")).toMatchObject({ callObject: "I-1:1001", text: "Björn knows" });
    await tab.click({ role: "button", name: "Notes, reason and data", expanded: true });
    await tab.gone({ role: "textbox", name: "Notes" });
  });

  test("the keys for notes and reasons mean the customer's call", async () => {
    const tab = await pages.open(consulting);
    await tab.press("alt+n");
    await tab.until({ role: "textbox", name: "Notes", focused: true });
    await tab.press("alt+w");
    await tab.until({ role: "combobox", name: "Find a reason", focused: true });
    await tab.press("esc");
    await tab.until({ role: "textbox", name: "Notes" });
  });

  test("whoever writes goes on writing when another call becomes the one that matters", async () => {
    const tab = await pages.open(page(session("TALKING", [talks]), known()));
    const { connector } = pages;
    await tab.click({ role: "textbox", name: "Notes" });
    await tab.type("He ");
    connector.show(page(session("TALKING", [talks, call({ id: "9", interaction: "I-9" })]), known()));
    await tab.until({ role: "button", name: "Answer" });
    await tab.type("is angry");
    await tab.until({ role: "textbox", name: "Notes", value: "He is angry", focused: true });
    connector.show(consulting);
    await tab.until("consultation");
    await tab.until({ role: "textbox", name: "Notes", focused: true });
  });
});
