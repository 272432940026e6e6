import { describe, expect, test } from "bun:test";
import { hasChromium } from "../browser/launch.ts";
import { Office } from "./open-cti-office.ts";

describe.skipIf(!hasChromium)("Salesforce in trouble, and the page its only way", () => {
  test("the answer to a save is lost: the person hears of it, and no later news makes a second Task", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    const { tab, phone } = seat;
    tab.tolerate(/ERR_CONTENT_LENGTH_MISMATCH/);
    await office.signIn(seat);
    await office.ready(seat);
    await office.takeCall(seat, "5551234");
    await office.org.post("fail", { fault: "lost", count: 1 });
    await phone.click({ role: "button", name: "Hang up" });
    await office.serving.until(({ deliveries }) => deliveries.missed > 0);
    expect((await office.org.tasks()).length).toBe(1);
    await phone.click({ role: "button", name: /^Wrap-up reason/ });
    await phone.click({ role: "option", name: "Support" });
    await phone.until({ role: "button", name: "Wrap-up reason Support" });
    await phone.fill({ role: "textbox", name: "Notes" }, "Later.");
    await phone.until("✓ saved");
    await office.serving.until(({ deliveries }) => deliveries.owed === 0);
    expect((await office.org.tasks()).length).toBe(1);
    expect((await office.serving.cti("deliveries list --missed")).out).toContain(
      "has not said whether it saved",
    );
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);

  test("Salesforce is down when the call comes and ends: the page works on, and says what could not be done", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    const { tab, phone } = seat;
    tab.tolerate(/ERR_|Failed to load/);
    await office.signIn(seat);
    await office.ready(seat);
    await office.org.post("fail", { fault: "down" });
    await office.stage.sim("call", { agent: "1001", from: "5551234" });
    await phone.click({ role: "button", name: "Answer" });
    await phone.until({ role: "button", name: "Hold", disabled: false });
    await phone.until(/could not be opened/);
    await tab.picture("salesforce-down");
    await phone.click({ role: "button", name: "Hang up" });
    await phone.until({ role: "button", name: /^Wrap-up/ });
    // Whether it was saved nobody can say: a person decides.
    await office.serving.until(({ deliveries }) => deliveries.missed === 1);
    expect((await office.serving.cti("deliveries list --missed")).out).toContain(
      "has not said whether it saved",
    );
    expect((await office.org.pops()).length).toBe(0);
    expect(await office.org.tasks()).toEqual([]);
    await office.org.post("heal", {});
    await office.serving.ok("deliveries retry --missed");
    await office.serving.until(({ deliveries }) => deliveries.owed === 0 && deliveries.missed === 0);
    const tasks = await office.org.tasks();
    expect(tasks.map(({ fields }) => fields.CallType)).toEqual(["Inbound"]);
  }, 60_000);

  test("a call without a page: its Task waits for one, and comes when it opens", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    await office.signIn(seat);
    await office.ready(seat);
    await office.takeCall(seat, "5551234");
    const other = await office.browser.open("about:blank");
    await seat.tab.close();
    await office.serving.until(({ adapters }) => adapters.every(({ clients }) => clients.length === 0));
    await office.stage.sim("hangup", {});
    await office.serving.until(({ deliveries }) => deliveries.owed === 1);
    expect((await office.org.tasks()).length).toBe(0);
    await office.sit();
    const [task] = await office.org.until(async () => {
      const tasks = await office.org.tasks();
      return tasks.length > 0 && tasks;
    }, "the Task");
    expect(task?.fields).toMatchObject({ CallType: "Inbound", Status: "Completed" });
    expect(task?.fields.WhoId).toMatch(/^003/);
    await other.close();
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);
});
