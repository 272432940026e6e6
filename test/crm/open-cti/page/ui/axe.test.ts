import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Browser, openBrowser } from "../../../../browser/browser.ts";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { FakeConnector, greeting } from "./fake-connector.ts";
import { type Scene, scenes } from "./scenes.ts";
import { answer } from "./stage.ts";

declare const axe: {
  run(options: unknown): Promise<{
    violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
};
/** In the page. */
declare const document: { documentElement: { scrollWidth: number; clientWidth: number } };

/** What axe-core finds wrong, in words. */
async function violations(tab: Tab, rules: string[]): Promise<string[]> {
  return tab.evaluate(async (only) => {
    const { violations: found } = await axe.run({
      runOnly: only,
      resultTypes: ["violations"],
    });
    return found.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html.slice(0, 200)}\n${failureSummary}`),
    );
  }, rules);
}

const everything = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** All that a colour scheme changes. */
const colours = ["color-contrast"];

describe.skipIf(!hasChromium)("the softphone page is for everybody (axe-core)", () => {
  let browser: Browser;
  let connector: FakeConnector;
  let tab: Tab;

  beforeAll(async () => {
    [browser, connector] = await Promise.all([openBrowser(), FakeConnector.start({ axe: true })]);
    connector.answers = answer;
    tab = await browser.open("about:blank");
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await connector[Symbol.asyncDispose]();
  });

  async function show(scene: Scene, width: number, scheme: "light" | "dark"): Promise<void> {
    connector.greeting = scene.greeting ?? greeting("1001");
    connector.opening = scene.says;
    await tab.resize(width, 560);
    await tab.prefer({ "prefers-color-scheme": scheme });
    await tab.goto("about:blank");
    await tab.goto(connector.url);
    if (scene.does !== undefined) {
      await tab.until(/Recent calls/);
      await scene.does(tab);
    }
    await tab.until(scene.shows);
  }

  for (const scene of scenes().filter(({ name }) => name !== "refused"))
    test(scene.name, async () => {
      await show(scene, 300, "light");
      expect(await violations(tab, everything)).toEqual([]);
      await tab.prefer({ "prefers-color-scheme": "dark" });
      expect(await violations(tab, colours)).toEqual([]);
      // Nothing is to be scrolled sideways, in the utility bar or zoomed in on.
      expect(
        await tab.evaluate(
          () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
        ),
      ).toBe(true);
      await tab.resize(160, 300);
      expect(
        await tab.evaluate(
          () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
        ),
      ).toBe(true);
    });
});
