import type { Connection, Session } from "./cdp.ts";
import type { FrameTree } from "./protocol.ts";

/** A document in a tab: the tab's own or that of an iframe, in whichever process. */
export interface Frame {
  id: string;
  parentId: string | undefined;
  url: string;
  session: Session;
  /** Of the document that it shows. */
  loader: string;
  /** The page's own JavaScript context; undefined between two documents. */
  context: number | undefined;
  /** The frame that it lies in; undefined of the tab's own. */
  owner(): FrameOwner | undefined;
}

export interface FrameOwner {
  /** Id of the frame within. */
  frame: string;
  parent: Frame;
}

/** Runs in every document in a world of its own, where the page does not see it: tells of whatever may have changed what is to be seen. */
const observer = `(() => {
  const tell = () => globalThis.ctiStageSeen?.("");
  new MutationObserver(tell).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const type of ["focusin", "focusout", "focus", "blur", "input", "change", "visibilitychange", "DOMContentLoaded", "load", "scroll", "transitionend"])
    addEventListener(type, tell, true);
})()`;

/** Notifications are nowhere to be seen without a window: their titles and bodies are told to the stage. */
const notifications = `if (globalThis.Notification) globalThis.Notification = new Proxy(Notification, {
  construct(target, args) {
    ctiStageNotified(JSON.stringify([String(args[0]), String(args[1]?.body ?? "")]));
    return new target(...args);
  },
})`;

export interface FrameNews {
  /** Something that is to be seen may be different. */
  changed(): void;
  notified(title: string, body: string): void;
  /** An error of the page: console, uncaught, refused by a policy, not loaded. */
  trouble(text: string): void;
}

/** Keeps account of a tab's frames over all processes that they live in. */
export class Frames {
  readonly #frames = new Map<string, Frame>();
  readonly #connection: Connection;
  readonly #news: FrameNews;

  constructor(connection: Connection, news: FrameNews) {
    this.#connection = connection;
    this.#news = news;
  }

  /** Every frame that has a document, the tab's own first. */
  all(): Frame[] {
    return [...this.#frames.values()].filter(({ context }) => context !== undefined);
  }

  get(id: string): Frame | undefined {
    return this.#frames.get(id);
  }

  /** Takes over a target that waits to be let go: the tab's own, or a frame in another process. */
  async adopt(session: Session): Promise<void> {
    this.#listen(session);
    // A frame in another process has one of its own parent's place; later ones wait in the same way.
    await Promise.all([
      session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
      session.send("Page.enable"),
      session.send("Log.enable"),
      session.send("Network.enable"),
      session.send("Runtime.addBinding", { name: "ctiStageSeen", executionContextName: "stage" }),
      session.send("Runtime.addBinding", { name: "ctiStageNotified" }),
      session.send("Page.addScriptToEvaluateOnNewDocument", {
        source: observer,
        worldName: "stage",
        runImmediately: true,
      }),
      session.send("Page.addScriptToEvaluateOnNewDocument", { source: notifications }),
      session.send("Page.getFrameTree").then(({ frameTree }) => this.#plant(session, frameTree)),
    ]);
    await session.send("Runtime.enable");
    await session.send("Runtime.runIfWaitingForDebugger");
  }

  #plant(session: Session, { frame, childFrames }: FrameTree): void {
    this.#touch(session, frame.id, { url: frame.url, parentId: frame.parentId });
    for (const child of childFrames ?? []) this.#plant(session, child);
  }

  #touch(
    session: Session,
    id: string,
    news: { url?: string; parentId?: string | undefined; loaderId?: string },
  ): Frame {
    const known = this.#frames.get(id);
    const parentId = news.parentId ?? known?.parentId;
    const frame: Frame = Object.assign(known ?? ({} as Frame), {
      id,
      parentId,
      url: news.url ?? known?.url ?? "",
      loader: news.loaderId ?? known?.loader ?? "",
      // Another process numbers its contexts anew.
      context: known?.session === session ? known.context : undefined,
      session,
      owner: (): FrameOwner | undefined => {
        const parent = this.#frames.get(parentId ?? "");
        return parent === undefined ? undefined : { frame: id, parent };
      },
    });
    this.#frames.set(id, frame);
    return frame;
  }

  #forget(which: (frame: Frame) => boolean): void {
    for (const frame of this.#frames.values()) if (which(frame)) frame.context = undefined;
    this.#news.changed();
  }

  #listen(session: Session): void {
    const { changed, notified, trouble } = this.#news;
    session.on("Page.frameAttached", ({ frameId, parentFrameId }) =>
      this.#touch(session, frameId, { parentId: parentFrameId }),
    );
    session.on("Page.frameNavigated", ({ frame }) => {
      this.#touch(session, frame.id, frame);
      changed();
    });
    session.on("Page.frameDetached", ({ frameId, reason }) => {
      if (reason === "remove") this.#frames.delete(frameId);
      changed();
    });
    session.on("Runtime.executionContextCreated", ({ context: { id, auxData } }) => {
      if (auxData.isDefault) this.#touch(session, auxData.frameId, {}).context = id;
      changed();
    });
    session.on("Runtime.executionContextDestroyed", ({ executionContextId }) =>
      this.#forget((frame) => frame.session === session && frame.context === executionContextId),
    );
    session.on("Runtime.executionContextsCleared", () => this.#forget((frame) => frame.session === session));
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      const child = this.#connection.session(sessionId);
      // Workers and the like have nothing to be seen: they are let go as they are.
      const adopted =
        targetInfo.type === "iframe" ? this.adopt(child) : child.send("Runtime.runIfWaitingForDebugger");
      adopted.catch(() => {
        // It has gone again already.
      });
    });
    session.on("Target.detachedFromTarget", ({ sessionId }) => {
      this.#connection.forget(sessionId);
      this.#forget((frame) => frame.session.id === sessionId);
    });
    session.on("Runtime.bindingCalled", ({ name, payload }) => {
      if (name === "ctiStageNotified") notified(...(JSON.parse(payload) as [string, string]));
      changed();
    });
    session.on("Runtime.consoleAPICalled", ({ type, args }) => {
      if (type === "error" || type === "assert")
        trouble(`console: ${args.map(({ value, description }) => String(value ?? description)).join(" ")}`);
    });
    session.on("Runtime.exceptionThrown", ({ exceptionDetails: { text, exception } }) =>
      trouble(`uncaught: ${exception?.description ?? text}`),
    );
    session.on("Log.entryAdded", ({ entry: { level, source, text, url } }) => {
      if (level === "error") trouble(`${source}: ${text}${url === undefined ? "" : ` (${url})`}`);
    });
  }
}
