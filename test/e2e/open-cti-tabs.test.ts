import { describe, expect, test } from "bun:test";
import { hasChromium } from "../browser/launch.ts";
import { Office } from "./open-cti-office.ts";

const follows = "Another tab leads";

const completed = (office: Office, count: number) =>
  office.org.until(async () => {
    const tasks = (await office.org.tasks()).filter(({ fields }) => fields.Status === "Completed");
    return tasks.length === count && tasks;
  }, `${count} completed Tasks`);

describe.skipIf(!hasChromium)("the softphone in Salesforce's page", () => {
  test("two tabs: one of them pops and saves; the other takes over within a second when that is closed", async () => {
    await using office = await Office.open();
    const first = await office.sit();
    await office.signIn(first);
    await office.ready(first);
    // The browser is known by its cookie.
    const second = await office.sit();
    await second.phone.until({ role: "button", name: "Ready" });
    await first.phone.until(follows);
    await second.tab.picture("tabs-leader");
    await first.tab.focus();
    await second.phone.until(follows);
    await office.takeCall(first);
    await second.phone.until("Mia Short");
    await first.tab.until({ role: "heading", name: "Mia Short" });
    expect((await office.org.pops()).map(({ search }) => search)).toEqual(["5551234"]);
    await first.tab.close();
    const closed = performance.now();
    await second.phone.gone(follows);
    expect(performance.now() - closed).toBeLessThan(1000);
    await second.phone.click({ role: "button", name: "Hang up" });
    const [task] = await completed(office, 1);
    expect(task?.fields.WhoId).toMatch(/^003/);
    expect((await office.org.pops()).length).toBe(1);
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);

  test("closed in a call and opened again: no sign-in, the call is there, and its Task comes once", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    await office.signIn(seat);
    await office.ready(seat);
    await office.takeCall(seat);
    const blank = await office.browser.open("about:blank");
    await seat.tab.close();
    await blank.close().catch(() => undefined);
    const again = await office.sit();
    await again.phone.until({ role: "article", name: "Call with Mia Short" });
    await again.tab.picture("reopened");
    await again.phone.click({ role: "button", name: "Hang up", disabled: false });
    const [task] = await completed(office, 1);
    expect(task?.fields.WhoId).toMatch(/^003/);
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);

  test("the worker dies with kill -9 in a call: the page says so calmly, comes back, the call is still there", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    const { tab, phone } = seat;
    tab.tolerate(/WebSocket connection to .* failed/);
    await office.signIn(seat);
    await office.ready(seat);
    await office.takeCall(seat);
    const { workerPid } = await office.serving.until(() => true);
    process.kill(workerPid, "SIGKILL");
    await phone.until(/No connection to the connector.*Calls go on/);
    await tab.picture("worker-gone");
    await phone.gone(/No connection to the connector/);
    await phone.until({ role: "button", name: "Hold", disabled: false });
    // The connector keeps no names: the page has told it again.
    await phone.until({ role: "article", name: "Call with Mia Short" });
    await tab.picture("worker-back");
    await phone.click({ role: "button", name: "Hang up" });
    const [task] = await completed(office, 1);
    expect(task?.fields.WhoId).toMatch(/^003/);
    expect((await office.org.pops()).length).toBe(1);
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);

  test("a number clicked in a record is dialled, and its Task is about that record", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    const { tab, phone } = seat;
    await office.signIn(seat);
    await tab.until("click-to-dial on");
    await tab.click({ role: "button", name: "Ana Souza" });
    await tab.until({ role: "heading", name: "Ana Souza" });
    const [shown] = await tab.find({ role: "button", name: /\d{4}$/ });
    await tab.click({ role: "button", name: shown?.name ?? "" });
    await phone.until({ role: "button", name: "Hold", disabled: false });
    await phone.until({ role: "article", name: "Call with Ana Souza" });
    await tab.picture("dialled");
    await phone.click({ role: "button", name: "Hang up" });
    const [task] = await completed(office, 1);
    const id = await tab.evaluate(() => document.getElementById("record")?.dataset.id);
    expect(task?.fields).toMatchObject({ CallType: "Outbound", WhoId: id });
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);

  test("several records match: the one that the agent chooses comes up and is the Task's", async () => {
    await using office = await Office.open();
    const seat = await office.sit();
    const { tab, phone } = seat;
    await office.signIn(seat);
    await office.ready(seat);
    await office.takeCall(seat, "4155550110");
    await phone.until("2 records match. Who is it?");
    await tab.picture("who-is-it");
    await phone.click({ role: "button", name: /João Souza/ });
    await tab.until({ role: "heading", name: "João Souza" });
    const id = await tab.evaluate(() => document.getElementById("record")?.dataset.id);
    await phone.click({ role: "button", name: "Hang up" });
    const [task] = await completed(office, 1);
    expect(task?.fields.WhoId).toBe(id);
    expect(await office.org.complaints()).toEqual([]);
  }, 60_000);

  test("Salesforce is on the internet, the softphone on this computer: Chromium's permission decides, and is enough", async () => {
    await using office = await Office.open({ internet: true });
    const refused = await office.sit();
    await refused.tab.frame(/^chrome-error:/).until({ role: "image" });
    await refused.tab.picture("no-permission");
    await refused.tab.close();
    await office.browser.grant(["loopbackNetwork"], office.org.url);
    const seat = await office.sit();
    await office.signIn(seat);
    await office.ready(seat);
    await office.takeCall(seat);
    await seat.phone.click({ role: "button", name: "Hang up" });
    await completed(office, 1);
    // Let in again by its cookie, as a third party that it is.
    await seat.tab.reload();
    await seat.phone.until({ role: "button", name: /^Wrap-up/ });
  }, 60_000);
});

declare const document: { getElementById(id: string): { dataset: Record<string, string> } | null };
