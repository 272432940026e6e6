import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { call } from "../../../samples.ts";
import { OpenedPages } from "./opened.ts";
import { page, session } from "./stage.ts";

/** In the page. */
declare const window: {
  AudioContext: new () => { state: string; createOscillator(): { start(at: number): void } };
  Notification: { requestPermission(): Promise<string> };
  heard: string[];
};
declare const document: { body: { dataset: Record<string, string> } };

const rings = page(session("RESERVED", [call()]));
const silent = page(session("READY"));

/** Notes what is played and asked for from now on; a change of the document tells whoever waits. */
async function listen(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    window.heard = [];
    const note = (what: string): void => {
      window.heard.push(what);
      document.body.dataset.heard = String(window.heard.length);
    };
    const { AudioContext } = window;
    window.AudioContext = class extends AudioContext {
      override createOscillator(): { start(at: number): void } {
        note(`tone ${this.state}`);
        return super.createOscillator();
      }
    };
    window.Notification.requestPermission = () => {
      note("asks for notifications");
      return Promise.resolve("denied");
    };
  });
}
const heard = (tab: Tab): Promise<string[]> => tab.evaluate(() => window.heard);

describe.skipIf(!hasChromium)("what is heard of a call that rings, under the page's own policy", () => {
  let pages: OpenedPages;

  beforeAll(async () => {
    pages = await OpenedPages.start();
  });
  afterAll(() => pages[Symbol.asyncDispose]());

  test("nothing, until somebody wants it; and nothing is asked of the browser", async () => {
    const tab = await pages.open(silent);
    await listen(tab);
    await tab.until({ role: "button", name: "Ring sound", pressed: false });
    pages.connector.show(rings);
    await tab.until({ role: "button", name: "Answer", focused: true });
    await tab.press("enter");
    expect(await heard(tab)).toEqual([]);
  });

  test("the switch lets it be heard once, and then every call, without a file", async () => {
    const tab = await pages.open(silent);
    await listen(tab);
    await tab.click({ role: "button", name: "Ring sound" });
    await tab.until({ role: "button", name: "Ring sound", pressed: true });
    await tab.untilSo(async () => (await heard(tab)).length === 2);
    pages.connector.show(rings);
    await tab.untilSo(async () => (await heard(tab)).length >= 4);
    expect(new Set(await heard(tab))).toEqual(new Set(["tone running"]));
    expect(tab.troubles).toEqual([]);
    // It is kept, and can be taken back.
    await tab.reload();
    await tab.until({ role: "button", name: "Ring sound", pressed: true });
    await tab.click({ role: "button", name: "Ring sound" });
    await tab.until({ role: "button", name: "Ring sound", pressed: false });
  });

  test("of several tabs only the one that leads rings", async () => {
    const tab = await pages.open(silent);
    await tab.click({ role: "button", name: "Ring sound" });
    await listen(tab);
    pages.connector.say({ type: "lead", leads: false });
    await tab.until(/Another tab leads/);
    pages.connector.show(rings);
    await tab.until({ role: "button", name: "Answer" });
    expect(await heard(tab)).toEqual([]);
  });
});
