import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type SimulatedSalesforce, startSalesforce } from "../../src/simulator/salesforce/start.ts";
import { testCertificate } from "../finesse/certificates.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { certificateOf } from "./certificate-of.ts";
import { hasChromium } from "./launch.ts";

/** As a page of Open CTI has it (reference §3). */
type Answer = { success: boolean; returnValue: Record<string, unknown> | null; errors: unknown };
type Method = (given: Record<string, unknown>) => void;
declare const sforce: { opencti: Record<string, Method> & { CALL_TYPE: Record<string, string> } };
/** The first click's payload, and who takes it. */
declare const clicked: Promise<unknown>;
declare const given: (payload: unknown) => void;

const certificate = testCertificate({ names: ["127.0.0.1"] });

/** The host page of the simulated Salesforce in a real browser, with the smallest softphone that there can be in its frame. */
describe.skipIf(!hasChromium)("the simulated Salesforce's page", () => {
  let org: SimulatedSalesforce;
  let softphone: ReturnType<typeof serveSoftphone>;
  let browser: Browser;

  beforeAll(async () => {
    org = await startSalesforce({});
    softphone = serveSoftphone(org.url);
    browser = await openBrowser({ trust: [certificate.cert, await certificateOf(org.url)] });
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await softphone.stop(true);
    await org.close();
  });

  async function open() {
    const adapter = encodeURIComponent(`https://127.0.0.1:${softphone.port}/softphone`);
    const tab = await browser.open(`${org.url}/lightning/page/home?adapter=${adapter}`);
    const phone = tab.frame(/\/softphone\?/);
    await phone.until("script loaded");
    const call = (method: string, given: Record<string, unknown>): Promise<Answer> =>
      phone.evaluate(
        ({ method, given }) =>
          new Promise<Answer>((callback) => sforce.opencti[method]?.({ ...given, callback })),
        { method, given },
      );
    return { tab, phone, call };
  }

  test("search and pop shows the record, saveLog makes the Task, and the page says who called", async () => {
    const { tab, call } = await open();
    const popped = await call("searchAndScreenPop", {
      searchParams: "5551234",
      callType: "inbound",
      deferred: false,
    });
    expect(popped.success).toBe(true);
    await tab.until({ role: "heading", name: /Mia Short/ });
    expect(org.pops().map(({ search, record, by }) => [search, record, by])).toEqual([
      ["5551234", "Mia Short (Contact)", "searchAndScreenPop"],
    ]);
    const saved = await call("saveLog", {
      value: {
        entityApiName: "Task",
        Subject: "Call",
        CallObject: "01J:1001",
        CallType: "Inbound",
        Status: "Completed",
      },
    });
    expect(saved.success).toBe(true);
    expect(org.tasks().map(({ fields }) => fields.CallObject)).toEqual(["01J:1001"]);
    await tab.close();
  });

  test("a number is a link once click-to-dial is on, and its click reaches the softphone with the record", async () => {
    const { tab, phone, call } = await open();
    await phone.evaluate(() => {
      sforce.opencti.onClickToDial?.({ listener: given });
    });
    await call("enableClickToDial", {});
    await call("searchAndScreenPop", { searchParams: "5551234", callType: "inbound", deferred: false });
    await tab.click({ role: "button", name: "5551234" });
    const payload = await phone.evaluate(() => clicked);
    expect(payload).toMatchObject({
      number: "5551234",
      objectType: "Contact",
      recordId: expect.stringMatching(/^003/),
    });
    await tab.close();
  });

  test("the panel is closed by the softphone, and opened by the user", async () => {
    const { tab, call } = await open();
    await call("setSoftphonePanelVisibility", { visible: false });
    await tab.until({ role: "button", name: "Phone", expanded: false });
    await tab.click({ role: "button", name: "Phone" });
    await tab.until({ role: "button", name: "Phone", expanded: true });
    await tab.close();
  });
});

function serveSoftphone(org: string) {
  const text = `<!doctype html><html lang="en"><title>Softphone</title><p id="said"></p>
<script>globalThis.clicked = new Promise((resolve) => { globalThis.given = resolve; });</script>
<script src="${org}/support/api/62.0/lightning/opencti_min.js" onload="said.textContent = 'script loaded'"></script></html>`;
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: certificate.cert, key: certificate.key },
    fetch: () =>
      new Response(text, {
        headers: { "Content-Type": "text/html", "Content-Security-Policy": `frame-ancestors ${org}` },
      }),
  });
}
