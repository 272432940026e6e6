import { type Browser, openBrowser } from "../browser/browser.ts";
import { certificateOf } from "../browser/certificate-of.ts";
import type { Scope } from "../browser/scope.ts";
import type { Tab } from "../browser/tab.ts";
import { freePorts } from "../interop/servers/server.ts";
import { SalesforceProcess } from "./salesforce.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

export interface OfficeOptions {
  /** Added to `[adapters.open-cti]`. */
  table?: Record<string, unknown>;
  simulatorArgs?: string[];
  /** False: no Salesforce, the page is a plain softphone. */
  salesforce?: boolean;
  /** Where the browser goes for the page, where that is not where the connector listens. */
  page?: string;
  /** The browser takes Salesforce's address for one of the internet, as it is at home. */
  internet?: boolean;
}

/** One tab of a person: the whole page, and the softphone in it. */
export interface Seat {
  tab: Tab;
  phone: Scope;
}

interface Running {
  stage: Stage;
  serving: Serving;
  browser: Browser;
  page: string;
  salesforce: SalesforceProcess | undefined;
  /** Ends all but the browser. */
  running: AsyncDisposableStack;
}

/** `cti sim`, `cti sim salesforce`, `cti serve` with the softphone page, all of them the binary, and a browser before them. */
export class Office implements AsyncDisposable {
  readonly stage: Stage;
  readonly serving: Serving;
  readonly browser: Browser;
  /** Where the connector serves the softphone. */
  readonly page: string;
  readonly #salesforce: SalesforceProcess | undefined;
  readonly #running: AsyncDisposableStack;

  private constructor({ stage, serving, browser, page, salesforce, running }: Running) {
    this.stage = stage;
    this.serving = serving;
    this.browser = browser;
    this.page = page;
    this.#salesforce = salesforce;
    this.#running = running;
  }

  static async open({
    table = {},
    simulatorArgs = [],
    salesforce = true,
    internet = false,
    page: through,
  }: OfficeOptions = {}): Promise<Office> {
    await using started = new AsyncDisposableStack();
    const stage = await new Stage({ simulatorArgs }).open();
    started.defer(() => stage.close());
    const org = salesforce ? await SalesforceProcess.start(stage) : undefined;
    started.defer(() => org?.end());
    const [port = 0] = await freePorts(1);
    const serving = new Serving(
      stage,
      "softphone",
      {
        listen: `127.0.0.1:${port}`,
        "sign-in": "page",
        ...(org !== undefined && { script: org.script, "frame-ancestors": [org.url] }),
        ...table,
      },
      "open-cti",
    );
    started.defer(() => serving.end());
    await serving.start();
    const page = through ?? `https://127.0.0.1:${port}/softphone`;
    await org?.softphone(page);
    const trust = await Promise.all([page, ...(org === undefined ? [] : [org.url])].map(certificateOf));
    const { port: away } = new URL(org?.url ?? page);
    const spaces = `--ip-address-space-overrides=127.0.0.1:${away}=public,[::1]:${away}=public`;
    const browser = await openBrowser({ trust, switches: internet ? [spaces] : [] });
    return new Office({ stage, serving, browser, page, salesforce: org, running: started.move() });
  }

  get org(): SalesforceProcess {
    if (this.#salesforce === undefined) throw new Error("there is no Salesforce in this office");
    return this.#salesforce;
  }

  /** A tab with the softphone: in Salesforce's page, or by itself where there is none. */
  async sit(profile?: string): Promise<Seat> {
    const address =
      this.#salesforce === undefined ? this.page : `${this.#salesforce.url}/lightning/page/home`;
    const tab = await this.browser.open(address, profile);
    return { tab, phone: tab.frame(/^https:\/\/127\.0\.0\.1:\d+\/softphone/) };
  }

  /** Signs in as a person does; resolves once the state is shown. */
  async signIn({ phone }: Seat, agent = "1001", extension = "2001"): Promise<void> {
    await phone.fill({ role: "textbox", name: "Agent" }, agent);
    await phone.fill({ role: "textbox", name: "Extension" }, extension);
    await phone.fill({ role: "textbox", name: "Password" }, this.stage.password);
    await phone.click({ role: "button", name: "Sign in" });
    await phone.until(/Not ready/);
  }

  /** A call rings at agent 1001, who answers it in the page. */
  async takeCall({ tab, phone }: Seat, from = "5551234"): Promise<void> {
    await tab.focus();
    await this.stage.sim("call", { agent: "1001", from });
    await phone.click({ role: "button", name: "Answer" });
    await phone.until({ role: "button", name: "Hold", disabled: false });
  }

  async ready({ phone }: Seat): Promise<void> {
    await phone.click({ role: "button", name: /^Not ready/ });
    await phone.click({ role: "option", name: /^Ready/ });
    await phone.until({ role: "button", name: /^Ready/ });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { troubles } = this.browser;
    await this.browser.close();
    await this.#running.disposeAsync();
    if (troubles.length > 0) throw new Error(`errors in the browser:\n${troubles.join("\n")}`);
  }
}
