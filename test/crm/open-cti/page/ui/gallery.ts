import { openBrowser } from "../../../../browser/browser.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { FakeConnector, greeting } from "./fake-connector.ts";
import { scenes } from "./scenes.ts";
import { answer } from "./stage.ts";

/**
 * Pictures of every scene, to be looked at: `bun test/crm/open-cti/page/ui/gallery.ts FOLDER [NAME…]`. 300 px as in Salesforce's utility bar, and
 * alone in a tab; light and dark.
 */
const [folder = "", ...names] = process.argv.slice(2);
if (folder === "") throw new Error("into which folder?");
await using browser = await openBrowser({ pictures: folder });
await using connector = await FakeConnector.start();
connector.answers = answer;
for (const scene of scenes().filter(({ name }) => names.length === 0 || names.includes(name))) {
  connector.greeting = scene.greeting ?? greeting("1001");
  connector.opening = scene.says;
  const tab = await browser.open("about:blank");
  for (const [look, width, height, scheme] of [
    ["narrow-light", 300, 560, "light"],
    ["narrow-dark", 300, 560, "dark"],
    ["wide-light", 800, 600, "light"],
  ] as const) {
    await tab.resize(width, height);
    await tab.prefer({ "prefers-color-scheme": scheme });
    await tab.goto(connector.url);
    await play(tab, scene);
    await tab.picture(`${scene.name}-${look}`);
    await tab.goto("about:blank");
  }
  await tab.close();
}

async function play(
  tab: Tab,
  scene: { name: string; does?: (tab: Tab) => Promise<void>; shows: RegExp },
): Promise<void> {
  if (scene.name === "refused") void refuse();
  if (scene.does !== undefined) {
    await tab.until(/Recent calls/);
    await scene.does(tab);
  }
  await tab.until(scene.shows);
}

async function refuse(): Promise<void> {
  connector.heard.length = 0;
  const { id } = await connector.next("command");
  connector.say({
    type: "outcome",
    id,
    outcome: {
      verb: "hold",
      outcome: "refused",
      agent: "1001",
      cause: "c",
      message: "Finesse refuses: the call cannot be held",
      elapsed: 80,
      refusal: {
        type: "Generic Error",
        code: "257",
        words: "CF_INVALID_OBJECT_STATE",
        hint: "the other end may have hung up just now: look at the call again",
        late: false,
      },
    },
  });
}
