import { Connection } from "./cdp.ts";
import { launch, type Launched, type LaunchOptions } from "./launch.ts";
import { Tab } from "./tab.ts";

export interface BrowserOptions extends LaunchOptions {
  /** Folder for pictures; else where the variable CTI_PICTURES says, or nowhere. */
  pictures?: string;
}

/** Starts a Chromium of its own. `await using` ends it, and fails the test when a page had errors that nobody expected. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const launched = await launch(options);
  const connection = await Connection.open(launched.devtools);
  const browser = new Browser(launched, connection, options.pictures ?? process.env.CTI_PICTURES);
  await browser.begin();
  return browser;
}

export class Browser implements AsyncDisposable {
  readonly tabs: Tab[] = [];
  readonly #launched: Launched;
  readonly #connection: Connection;
  readonly #pictures: string | undefined;
  readonly #adopting = new Map<string, Promise<Tab>>();
  readonly #awaited = new Map<string, (tab: Promise<Tab>) => void>();
  #closing: Promise<void> | undefined;

  constructor(launched: Launched, connection: Connection, pictures: string | undefined) {
    this.#launched = launched;
    this.#connection = connection;
    this.#pictures = pictures;
  }

  get pid(): number {
    return this.#launched.pid;
  }

  /** Holds its profile, and is gone when it is. */
  get folder(): string {
    return this.#launched.folder;
  }

  /** Follows every tab from its very beginning. */
  async begin(): Promise<void> {
    const { browser } = this.#connection;
    browser.on("Target.attachedToTarget", ({ sessionId, targetInfo: { targetId } }) => {
      const session = this.#connection.session(sessionId);
      const tab = new Tab(this.#connection, session, targetId, { pictures: this.#pictures });
      const adopting = tab.frames.adopt(session).then(() => {
        this.tabs.push(tab);
        return tab;
      });
      adopting.catch(() => tab.ended());
      browser.on("Target.detachedFromTarget", (gone) => {
        if (gone.sessionId === sessionId) tab.ended();
      });
      this.#adopting.set(targetId, adopting);
      this.#awaited.get(targetId)?.(adopting);
    });
    await browser.send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
      filter: [{ type: "page" }, { exclude: true }],
    });
  }

  /** A browser profile with nothing in it yet: another person's, or this one's after a clean-up. Its id is for `open`. */
  async profile(): Promise<string> {
    const { browserContextId } = await this.#connection.browser.send("Target.createBrowserContext", {
      disposeOnDetach: true,
    });
    return browserContextId;
  }

  /** Opens a tab in front, or a window beside. Throws when there is nothing at that address. */
  async open(url: string, profile?: string, newWindow = false): Promise<Tab> {
    const { targetId } = await this.#connection.browser.send("Target.createTarget", {
      url: "about:blank",
      ...(newWindow && { newWindow }),
      ...(profile !== undefined && { browserContextId: profile }),
    });
    const tab = await (this.#adopting.get(targetId) ??
      new Promise<Tab>((resolve) => this.#awaited.set(targetId, resolve)));
    await tab.goto(url);
    return tab;
  }

  /** Permissions by their DevTools names: `notifications`, `loopbackNetwork`. Without an origin for all. */
  async grant(permissions: string[], origin?: string): Promise<void> {
    await this.#connection.browser.send("Browser.grantPermissions", {
      permissions,
      ...(origin !== undefined && { origin }),
    });
  }

  /** What went wrong in the pages and nobody expected. */
  get troubles(): string[] {
    return this.tabs.flatMap(({ troubles }) => troubles);
  }

  /** The browser's process dies, as when a machine does. */
  async kill(): Promise<void> {
    this.#launched.kill();
    await this.#launched.exited;
  }

  /** Ends it and clears up; says nothing of troubles. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    if (this.troubles.length > 0) throw new Error(`errors in the browser:\n${this.troubles.join("\n")}`);
  }

  async #end(): Promise<void> {
    // Asked, it ends its children itself; killed, they notice later, and write into the folder until then.
    await this.#connection.browser.send("Browser.close").catch(() => undefined);
    const timer = setTimeout(() => this.#launched.kill(), 5_000);
    await this.#launched.exited;
    clearTimeout(timer);
    this.#connection.close();
    for (const tab of this.tabs) tab.ended();
    this.#launched.clean();
  }
}
