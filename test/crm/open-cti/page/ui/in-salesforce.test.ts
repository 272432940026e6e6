import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Browser, openBrowser } from "../../../../browser/browser.ts";
import { certificateOf } from "../../../../browser/certificate-of.ts";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Scope } from "../../../../browser/scope.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { testCertificate } from "../../../../finesse/certificates.ts";
import { type SimulatedSalesforce, startSalesforce } from "../../../../../src/simulator/salesforce/start.ts";
import { call } from "../../../samples.ts";
import { FakeConnector } from "./fake-connector.ts";
import { answer, log, page, session } from "./stage.ts";

const rings = call({ customer: "5551234", party: "5551234" });
const logged = log(rings, { number: "5551234" });

/** The page where it belongs: in Lightning's frame, with the org's script (both a stub's). */
describe.skipIf(!hasChromium)("the softphone page in Salesforce", () => {
  let org: SimulatedSalesforce;
  let connector: FakeConnector;
  let browser: Browser;
  let tab: Tab;
  let phone: Scope;

  beforeAll(async () => {
    const certificate = testCertificate({ names: ["127.0.0.1"] });
    org = await startSalesforce({});
    connector = await FakeConnector.start({ org: new URL(org.url).origin, tls: certificate });
    connector.answers = answer;
    connector.opening = [
      { type: "lead", leads: true },
      { type: "state", state: page(session("READY")) },
    ];
    browser = await openBrowser({ trust: [certificate.cert, await certificateOf(org.url)] });
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await connector[Symbol.asyncDispose]();
    await org.close();
  });
  beforeEach(async () => {
    if (tab !== undefined) await tab.close();
    connector.heard.length = 0;
    tab = await browser.open(`${org.url}/lightning/page/home?adapter=${encodeURIComponent(connector.url)}`);
    phone = tab.frame(/\/softphone\?/);
    await phone.until(/Waiting for the next call/);
  });

  test("says that it can open records, and Salesforce hears that it is up", async () => {
    expect(await connector.next("hello")).toMatchObject({ openCti: true });
    await tab.until(/click-to-dial on/);
  });

  test("a call that rings opens the record, brings the panel up, and tells who it is", async () => {
    await tab.click({ role: "button", name: "Phone" });
    connector.say({
      type: "pop",
      callObject: logged.callObject,
      number: "5551234",
      callType: "Inbound",
      deferred: false,
    });
    connector.show(page(session("RESERVED", [rings]), [{ log: logged, matches: [], recordId: undefined }]));
    await tab.until({ role: "heading", name: /Mia Short/ });
    expect((await connector.next("matches")).matches.map(({ name, type }) => [name, type])).toEqual([
      ["Mia Short", "Contact"],
    ]);
    await phone.until({ role: "button", name: "Answer", focused: true });
  });

  test("a number clicked at a record is dialled with the record", async () => {
    await tab.until(/click-to-dial on/);
    await tab.fill({ role: "textbox", name: "Search" }, "5551234");
    await tab.press("enter");
    await tab.click({ role: "button", name: "Mia Short" });
    await tab.click({ role: "button", name: "5551234" });
    const { id: _, ...asked } = await connector.next("click-to-dial");
    expect(asked).toMatchObject({
      number: "5551234",
      objectType: "Contact",
      recordId: expect.stringMatching(/^003/),
      recordName: "Mia Short",
    });
  });

  test("saves a Task once, changes it later, also after the page was loaded anew", async () => {
    const ended = { ...logged, endedAt: new Date().toISOString(), seconds: 61, disposition: "Sale" };
    connector.say({ type: "save", id: "s1", log: ended, recordId: undefined });
    const { recordId } = await connector.next("saved");
    await connector.next("hello");
    await tab.reload();
    await connector.next("hello");
    await phone.until(/Waiting for the next call/);
    connector.say({
      type: "save",
      id: "s2",
      log: { ...ended, notes: "Sends it tomorrow." },
      recordId: undefined,
    });
    expect((await connector.next("saved")).recordId).toBe(recordId);
    expect(org.tasks().map(({ fields }) => fields)).toEqual([
      expect.objectContaining({
        CallObject: logged.callObject,
        CallType: "Inbound",
        CallDurationInSeconds: 61,
        CallDisposition: "Sale",
        Status: "Completed",
        Description: expect.stringContaining("Sends it tomorrow."),
      }),
    ]);
    expect(org.complaints().map(({ text }) => text)).toEqual([]);
  });
});
