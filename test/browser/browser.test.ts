import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { testCertificate } from "../finesse/certificates.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { hasChromium } from "./launch.ts";
import { servePages, type Served } from "./subject.ts";

// What the browser has and Bun has not.
declare const document: { visibilityState: string; hasFocus(): boolean };
declare const location: { pathname: string };
declare const isSecureContext: boolean;
declare const Notification: new (title: string, options: { body: string }) => unknown;

const certificate = testCertificate({ names: ["localhost", "127.0.0.1"] });

describe.skipIf(!hasChromium)("a browser", () => {
  let pages: Served;
  let browser: Browser;

  beforeAll(async () => {
    pages = servePages(certificate);
    browser = await openBrowser({ trust: [certificate.cert] });
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await pages.close();
  });

  test("finds by role and name, by text, and waits for what comes later", async () => {
    const tab = await browser.open(`${pages.localhost}/form`);
    await tab.click({ role: "button", name: "Later" });
    expect((await tab.until({ role: "status", name: /^/ })).role).toBe("status");
    await tab.until("came later");
    expect(await tab.find({ role: "button", name: "Hidden" })).toEqual([]);
    await tab.click({ role: "button", name: "Later" });
    await tab.gone("came later");
    await tab.close();
  });

  test("clicks, types and presses as a person does", async () => {
    const tab = await browser.open(`${pages.localhost}/form`);
    await tab.fill({ role: "textbox", name: "Number" }, "+49 (30) é日");
    await tab.until({ role: "textbox", name: "Number", value: "+49 (30) é日", focused: true });
    await tab.press("ctrl+a");
    await tab.type("112");
    await tab.press("tab");
    await tab.until({ role: "checkbox", focused: true, checked: false });
    await tab.press("space");
    await tab.until({ role: "checkbox", checked: true });
    await tab.press("shift+tab", "enter");
    await tab.until("sent 112");
    // Every event is the browser's own, as of a person.
    expect(await tab.evaluate(() => (globalThis as unknown as { untrusted: number }).untrusted)).toBe(0);
    await tab.close();
  });

  test("a button under something is not clicked before that is gone", async () => {
    const tab = await browser.open(`${pages.localhost}/covered`);
    const clicked = tab.click({ role: "button", name: "Under" });
    await tab.press("esc");
    await clicked;
    await tab.until("clicked under");
    await tab.close();
  });

  for (const [what, at] of [
    ["of the same site", "127.0.0.1"],
    ["of another site, in a process of its own", "localhost"],
  ] as const)
    test(`a frame ${what}: seen, clicked at its place, typed into`, async () => {
      const tab = await browser.open(`${pages.origin(at)}/outer?${pages.loopback}/form`);
      const inner = tab.frame(/^[^?]+\/form$/);
      await inner.fill({ role: "textbox", name: "Number" }, "110");
      await tab.press("enter");
      await inner.until("sent 110");
      await inner.click({ role: "button", name: "Later" });
      await tab.until("came later");
      expect(await tab.frame(/outer/).find("came later")).toEqual([]);
      expect(await inner.evaluate(() => location.pathname)).toBe("/form");
      // A new document in the same place.
      await tab.click({ role: "button", name: "Swap" });
      await tab.frame(/\/covered$/).until("on top");
      await tab.close();
    });

  test("errors of a page are told: console, uncaught, refused by its policy", async () => {
    const tab = await browser.open(`${pages.localhost}/faulty`);
    await tab.untilSo(async () => tab.troubles.length >= 3);
    const told = tab.troubles.toSorted().join("\n");
    expect(told).toMatch(/^console: wrong 7/m);
    expect(told).toMatch(/^uncaught: Error: thrown/m);
    expect(told).toMatch(/^security: .*Content Security Policy/m);
    tab.tolerate(/wrong|thrown|Content Security Policy/);
    expect(tab.troubles).toEqual([]);
    await tab.close();
  });

  test("what does not come is told with what there is instead", async () => {
    const tab = await browser.open(`${pages.localhost}/form`);
    await tab.until({ role: "button", name: "Later" });
    const failed = await tab
      .until({ role: "button", name: "Never" }, { timeout: 100 })
      .catch((error: Error) => error);
    expect(String(failed)).toContain("after 100 ms there is no button Never");
    expect(String(failed)).toMatch(/textbox "Number"[\s\S]*button "Later"/);
    await tab.close();
  });

  test("tabs of a profile share their storage; another profile has its own; focus and visibility are as of a window", async () => {
    const first = await browser.open(`${pages.localhost}/form`);
    await first.evaluate(() => localStorage.setItem("kept", "yes"));
    const second = await browser.open(`${pages.localhost}/form`);
    expect(await second.evaluate(() => localStorage.getItem("kept"))).toBe("yes");
    const shown = () => ({ visible: document.visibilityState === "visible", focused: document.hasFocus() });
    await second.untilSo(async () => (await second.evaluate(shown)).focused);
    await first.untilSo(async () => !(await first.evaluate(shown)).visible);
    await first.focus();
    await first.untilSo(async () => (await first.evaluate(shown)).focused);
    expect(await second.evaluate(shown)).toEqual({ visible: false, focused: false });
    const other = await browser.open(`${pages.localhost}/form`, await browser.profile());
    expect(await other.evaluate(() => localStorage.getItem("kept"))).toBeNull();
    for (const tab of [first, second, other]) await tab.close();
  });

  test("no network, and again; a WebSocket feels it too", async () => {
    const tab = await browser.open(`${pages.localhost}/socket`);
    tab.tolerate(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    await tab.until("socket open");
    await tab.offline(true);
    await tab.until("browser offline");
    expect(await tab.evaluate(() => fetch("/form").catch(() => "none"))).toBe("none");
    await tab.offline(false);
    await tab.until("browser online");
    await tab.close();
  });

  test("notifications are told; pictures can be taken; a crash ends the tab", async () => {
    await browser.grant(["notifications"]);
    const tab = await browser.open(`${pages.localhost}/form`);
    await tab.evaluate(() => void new Notification("Ringing", { body: "Ada" }));
    await tab.untilSo(async () => tab.notifications.length === 1);
    expect(tab.notifications).toEqual([{ title: "Ringing", body: "Ada" }]);
    await tab.resize(320, 480);
    const png = Buffer.from(await tab.screenshot());
    expect([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
      "PNG",
      320,
      480,
    ]);
    await tab.crash();
    expect(tab.closed).toBe(true);
  });
});

describe.skipIf(!hasChromium)("browsers", () => {
  test("trust what they are told to, and nothing else; leave nothing behind; several at once", async () => {
    const pages = servePages(certificate);
    try {
      const [trusting, distrusting] = await Promise.all([
        openBrowser({
          trust: [certificate.cert],
          hosts: { "acme.my.salesforce.com": `127.0.0.1:${pages.port}` },
        }),
        openBrowser(),
      ]);
      const tab = await trusting.open(`https://acme.my.salesforce.com/form`);
      await tab.until("Number");
      expect(await tab.evaluate(() => isSecureContext)).toBe(true);
      const refused = await distrusting.open(`${pages.localhost}/form`).catch(String);
      expect(refused).toContain("ERR_CERT_AUTHORITY_INVALID");
      const unknown = await trusting.open("https://www.example.com/").catch(String);
      expect(unknown).toContain("ERR_NAME_NOT_RESOLVED");
      const { pid, folder } = trusting;
      expect(existsSync(folder)).toBe(true);
      await Promise.all([trusting.close(), distrusting.close()]);
      expect(() => process.kill(pid, 0)).toThrow("ESRCH");
      expect(existsSync(folder)).toBe(false);
    } finally {
      await pages.close();
    }
  });

  test("a page's error fails the test in which nobody expected it", async () => {
    const pages = servePages(certificate);
    const browser = await openBrowser({ trust: [certificate.cert] });
    const tab = await browser.open(`${pages.localhost}/faulty`);
    await tab.untilSo(async () => tab.troubles.length >= 3);
    const failed = await browser[Symbol.asyncDispose]().catch(String);
    await pages.close();
    expect(failed).toContain("errors in the browser:");
    expect(failed).toContain("wrong 7");
  });
});
