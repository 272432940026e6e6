import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasChromium } from "../browser/launch.ts";
import { Office, type Seat } from "./open-cti-office.ts";

/** Mia Short, one Contact of the simulated org. */
const mia = { number: "5551234", id: "0035g0000000008AAA" };

describe.skipIf(!hasChromium)("a call from ring to Task, in Salesforce's page", () => {
  let office: Office;
  let seat: Seat;
  let colleague: Seat;

  beforeAll(async () => {
    office = await Office.open();
    seat = await office.sit();
    colleague = await office.sit(await office.browser.profile());
    await office.signIn(colleague, "1002", "2002");
    await seat.tab.focus();
  });
  afterAll(async () => {
    await office[Symbol.asyncDispose]();
  });

  test("who signs in in the page is not ready, becomes ready there, and click-to-dial is on", async () => {
    await office.signIn(seat);
    await seat.tab.picture("signed-in");
    await office.ready(seat);
    await seat.tab.until("click-to-dial on");
    await seat.tab.until({ role: "button", name: "Phone", expanded: true });
    await seat.tab.picture("ready");
  });

  test("the call rings: the closed panel opens, the record comes up once, by the right number", async () => {
    const { tab, phone } = seat;
    await tab.click({ role: "button", name: "Phone" });
    await tab.until({ role: "button", name: "Phone", expanded: false });
    await office.stage.sim("call", { agent: "1001", from: mia.number });
    await tab.until({ role: "button", name: "Phone", expanded: true });
    await phone.until({ role: "button", name: "Answer", focused: true });
    await tab.until({ role: "heading", name: "Mia Short" });
    await phone.until({ role: "button", name: "Open Contact" });
    await tab.picture("ringing");
    const [pop, ...more] = await office.org.pops();
    expect(more).toEqual([]);
    expect(pop).toMatchObject({
      by: "searchAndScreenPop",
      search: mia.number,
      callType: "inbound",
      deferred: false,
    });
  });

  test("answered, held and taken back in the page, as Finesse has it", async () => {
    const { tab, phone } = seat;
    await phone.click({ role: "button", name: "Answer" });
    await phone.until({ role: "button", name: "Hold", disabled: false });
    expect(await legs(office, "1001")).toEqual(["ACTIVE"]);
    await tab.picture("talking");
    await phone.click({ role: "button", name: "Hold" });
    await phone.until({ role: "button", name: "Resume", disabled: false });
    expect(await legs(office, "1001")).toEqual(["HELD"]);
    await tab.picture("held");
    await phone.click({ role: "button", name: "Resume" });
    await phone.until({ role: "button", name: "Hold", disabled: false });
  });

  test("a colleague is asked, joins a conference, and leaves it again", async () => {
    const { tab, phone } = seat;
    await consult(seat, colleague);
    await tab.picture("consulting");
    await phone.click({ role: "button", name: "Conference", disabled: false });
    await phone.until({ role: "button", name: "Hold", disabled: false });
    await phone.gone("consultation");
    await phone.gone({ role: "button", name: "Resume" });
    await tab.picture("conference");
    await colleague.tab.focus();
    await colleague.phone.click({ role: "button", name: "Hang up", disabled: false });
    await colleague.phone.gone({ role: "button", name: "Hang up" });
    await tab.focus();
    await phone.until({ role: "button", name: "Consult", disabled: false });
  });

  test("the customer is handed over, and the first agent wraps up with a reason and a note", async () => {
    const { tab, phone } = seat;
    await consult(seat, colleague);
    await phone.click({ role: "button", name: "Hand over", disabled: false });
    await phone.until({ role: "button", name: "Wrap-up then Ready" });
    await phone.gone("consultation");
    await phone.click({ role: "button", name: /^Wrap-up reason/ });
    await phone.until({ role: "combobox", name: "Find a reason", focused: true });
    await tab.picture("wrap-up");
    const [first] = await phone.find({ role: "option" });
    await phone.click({ role: "option", name: first?.name ?? "" });
    await phone.until({ role: "button", name: `Wrap-up reason ${first?.name}` });
    await phone.fill({ role: "textbox", name: "Notes" }, "Wants a new <lamp>; Jürgen calls back.");
    await phone.until("✓ saved");
    await tab.picture("noted");
    const task = await office.org.until(async () => {
      const tasks = await office.org.tasks();
      const mine = tasks.filter(({ fields }) => String(fields.CallObject).endsWith(":1001"));
      return mine.length === 1 && mine[0]?.fields.CallDisposition === first?.name && mine[0];
    }, "a Task with its disposition");
    await office.org.until(async () => {
      const [own] = (await office.org.tasks()).filter(({ id }) => id === task.id);
      return String(own?.fields.Description).includes("Wants a new <lamp>; Jürgen calls back.");
    }, "a Task with its note");
    const { CallObject, CallDurationInSeconds, ...fields } = task.fields;
    expect(CallObject).toMatch(/^[0-9A-Z]{20}:1001$/);
    expect(CallDurationInSeconds).toBeGreaterThan(0);
    expect(fields).toMatchObject({
      CallType: "Inbound",
      CallDisposition: first?.name,
      WhoId: mia.id,
      Status: "Completed",
      TaskSubtype: "Call",
    });
  });

  test("the second agent's leg has a Task of its own, about the same customer", async () => {
    await colleague.tab.focus();
    await colleague.phone.click({ role: "button", name: "Hang up", disabled: false });
    const tasks = await office.org.until(async () => {
      const all = (await office.org.tasks()).filter(({ fields }) => fields.Status === "Completed");
      return all.some(({ fields }) => String(fields.CallObject).endsWith(":1002")) && all;
    }, "the colleague's Task");
    await colleague.tab.picture("colleague-after");
    expect(new Set(tasks.map(({ fields }) => fields.CallObject)).size).toBe(tasks.length);
    expect(await office.org.complaints()).toEqual([]);
  });
});

/** Asks the colleague at 2002, who answers. */
async function consult(seat: Seat, colleague: Seat): Promise<void> {
  await seat.phone.click({ role: "button", name: "Consult" });
  await seat.phone.until({ role: "combobox", name: "Number or name", focused: true });
  await seat.tab.type("2002");
  await seat.tab.press("enter");
  await seat.phone.until("consultation");
  await colleague.tab.focus();
  await colleague.phone.click({ role: "button", name: "Answer" });
  await colleague.phone.until({ role: "button", name: "Hang up", disabled: false });
  await seat.tab.focus();
  await seat.phone.until({ role: "button", name: "Hand over", disabled: false });
}

async function legs(office: Office, agent: string): Promise<string[]> {
  const { agents } = await office.serving.until(() => true);
  return agents.find((each) => each.agent === agent)?.calls.map(({ state }) => state) ?? [];
}
