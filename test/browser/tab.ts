import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection, Session } from "./cdp.ts";
import { type Frame, Frames } from "./frames.ts";
import { pressKey, typeText } from "./keys.ts";
import type { Point } from "./pointing.ts";
import { documentOf } from "./sights.ts";
import { Scope } from "./scope.ts";
import { Watch } from "./watch.ts";

/** In the page. */
declare const document: { readyState: string };

export interface TabOptions {
  /** Where pictures go; undefined: none are taken unasked. */
  pictures: string | undefined;
}

let failures = 0;

/** A tab of the browser, with somebody before it who looks, clicks and types. */
export class Tab extends Scope {
  readonly targetId: string;
  readonly frames: Frames;
  readonly watch = new Watch();
  /** Errors of the page that nobody expected: console, uncaught, refused by its policies, not loaded. */
  readonly troubles: string[] = [];
  /** Title and body of each notification, as they came. */
  readonly notifications: { title: string; body: string }[] = [];
  closed = false;
  readonly #session: Session;
  readonly #pictures: string | undefined;
  readonly #tolerated: RegExp[] = [];

  constructor(connection: Connection, session: Session, targetId: string, { pictures }: TabOptions) {
    super(
      () => this,
      () => true,
    );
    this.#session = session;
    this.#pictures = pictures;
    this.targetId = targetId;
    this.frames = new Frames(connection, {
      changed: this.watch.changed,
      notified: (title, body) => this.notifications.push({ title, body }),
      trouble: (text) => {
        if (!this.#tolerated.some((pattern) => pattern.test(text))) this.troubles.push(text);
      },
    });
    session.on("Inspector.targetCrashed", () => this.ended());
  }

  get url(): string {
    return this.frames.get(this.targetId)?.url ?? "";
  }

  /** Errors like this belong to the test. */
  tolerate(...patterns: RegExp[]): void {
    this.#tolerated.push(...patterns);
    const left = this.troubles.filter((text) => !patterns.some((pattern) => pattern.test(text)));
    this.troubles.splice(0, this.troubles.length, ...left);
  }

  /** Resolves once the browser has read the whole document of that address. Throws when it cannot. */
  async goto(url: string): Promise<void> {
    const { errorText, loaderId } = await this.#session.send("Page.navigate", { url });
    if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
    // None where only what stands behind a # is another.
    if (loaderId === undefined) return;
    const shows = async (): Promise<boolean> => {
      const frame = this.frames.get(this.targetId);
      if (frame?.loader !== loaderId || frame.context === undefined) return false;
      return this.evaluate(() => document.readyState !== "loading");
    };
    await this.untilSo(shows, `document of ${url}`);
  }

  async reload(): Promise<void> {
    await this.#session.send("Page.reload");
  }

  /** Presses keys one after the other: "enter", "shift+tab", "ctrl+a", "5". */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await pressKey(this.#session, key);
  }

  /** Types where the focus is. */
  async type(text: string): Promise<void> {
    await typeText(this.#session, text);
  }

  async clickAt({ x, y }: Point): Promise<void> {
    const at = { x, y, button: "left", clickCount: 1 } as const;
    await this.#session.send("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    await this.#session.send("Input.dispatchMouseEvent", { ...at, type: "mousePressed", buttons: 1 });
    await this.#session.send("Input.dispatchMouseEvent", { ...at, type: "mouseReleased" });
  }

  /** Makes it the tab that is looked at. */
  async focus(): Promise<void> {
    await this.#session.send("Page.bringToFront");
  }

  /** What comes over the WebSockets of the tab's own document from now on, as it comes. */
  socketFrames(): string[] {
    const frames: string[] = [];
    this.#session.on("Network.webSocketFrameReceived", ({ response }) => frames.push(response.payloadData));
    return frames;
  }

  /** The machine loses its network, or has it again. */
  async offline(is: boolean): Promise<void> {
    const sessions = new Set(this.frames.all().map(({ session }) => session));
    for (const session of sessions)
      await session.send("Network.emulateNetworkConditions", {
        offline: is,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      });
  }

  /** The window's inner size in CSS pixels. */
  async resize(width: number, height: number): Promise<void> {
    await this.#session.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
  }

  /** What the person prefers: `{ "prefers-color-scheme": "dark", "forced-colors": "active" }`. */
  async prefer(features: Record<string, string>): Promise<void> {
    const list = Object.entries(features).map(([name, value]) => ({ name, value }));
    await this.#session.send("Emulation.setEmulatedMedia", { features: list });
  }

  /** PNG of what is in the window, once it is painted. */
  async screenshot(): Promise<Uint8Array> {
    await Promise.all(this.frames.all().map((frame) => painted(frame).catch(() => undefined)));
    const { data } = await this.#session.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  /** Stores a picture where CTI_PICTURES says; nothing without it. */
  async picture(name: string): Promise<void> {
    if (this.#pictures === undefined) return;
    mkdirSync(this.#pictures, { recursive: true });
    writeFileSync(join(this.#pictures, `${name}.png`), await this.screenshot());
  }

  async pictureOfFailure(): Promise<string> {
    if (this.#pictures === undefined) return "";
    const name = `failure-${process.pid}-${++failures}`;
    const taken = await this.picture(name).catch((error: Error) => error);
    return taken instanceof Error ? "" : `\nsee ${join(this.#pictures, name)}.png`;
  }

  /** Closes it as a person does. */
  async close(): Promise<void> {
    await this.#session.send("Page.close");
    await this.untilEnded();
  }

  /** Its process dies. */
  async crash(): Promise<void> {
    // No answer comes from the dead.
    void this.#session.send("Page.crash").catch(() => undefined);
    await this.untilEnded();
  }

  /** The browser says that it has gone. */
  ended(): void {
    this.closed = true;
    this.watch.end();
  }

  async untilEnded(): Promise<void> {
    while (!this.closed) {
      const mark = this.watch.mark();
      await this.watch.after(mark, 10_000);
    }
  }
}

/** Two frames of animation later what stood in the document is on the screen. Nothing is painted that nobody can see. */
async function painted(frame: Frame): Promise<void> {
  if ((await documentOf(frame)) === undefined) return;
  await frame.session.send("Runtime.evaluate", {
    expression: "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
    contextId: frame.context ?? -1,
    awaitPromise: true,
    returnByValue: true,
  });
}
