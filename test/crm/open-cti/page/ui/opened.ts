import { type Browser, openBrowser } from "../../../../browser/browser.ts";
import type { Tab } from "../../../../browser/tab.ts";
import type { PageState } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { FakeConnector, greeting } from "./fake-connector.ts";
import { answer } from "./stage.ts";

/** A browser and a connector for the tests of one file. */
export class OpenedPages implements AsyncDisposable {
  readonly connector: FakeConnector;
  readonly #browser: Browser;
  #tab: Tab | undefined;

  private constructor(browser: Browser, connector: FakeConnector) {
    this.#browser = browser;
    this.connector = connector;
    connector.answers = answer;
  }

  static async start(): Promise<OpenedPages> {
    return new OpenedPages(...(await Promise.all([openBrowser(), FakeConnector.start()])));
  }

  /** The page in a tab of its own, as narrow as in Salesforce's utility bar. */
  async open(state: PageState): Promise<Tab> {
    await this.#tab?.close();
    const tab = await this.#browser.open("about:blank");
    this.#tab = tab;
    await tab.resize(300, 560);
    this.connector.greeting = greeting("1001");
    this.connector.opening = [
      { type: "lead", leads: true },
      { type: "state", state },
    ];
    await tab.goto(this.connector.url);
    await tab.until(/Recent calls/);
    this.connector.heard.length = 0;
    return tab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser[Symbol.asyncDispose]();
    await this.connector[Symbol.asyncDispose]();
  }
}
