import type { SfUser } from "../contract.ts";
import type { SoftphoneLayout } from "../records/fixtures.ts";
import type { View } from "./view.ts";

/** Something for the browser: the page anew, or a payload for the listeners of the softphone page. */
export type PageNews =
  | { event: "state"; data: PageState }
  | { event: "listener"; data: { method: string; payload: unknown } }
  /** It is to be loaded anew: it frames something else now. */
  | { event: "reload"; data: null };

/** What the browser draws of a page. */
export interface PageState {
  view: View;
  /** Phone numbers are links. */
  clickToDial: boolean;
  panel: { visible: boolean; height: number; width: number; label: string; icon: string };
  item: { label: string; icon: string };
  initialized: boolean;
}

/** What a tester sees of a page. */
export interface PageInfo extends PageState {
  id: string;
  user: string;
  adapter: string | null;
  /** A browser shows it at the moment. */
  open: boolean;
}

/** One host page: a browser tab with Lightning in it and the softphone in its utility bar. */
export class HostPage {
  readonly id: string;
  readonly user: SfUser;
  readonly adapter: URL | undefined;
  view: View;
  clickToDial = false;
  initialized = false;
  panel: PageState["panel"];
  item = { label: "Phone", icon: "call" };
  /** Methods whose listeners the softphone page has registered. */
  readonly listeners = new Set<string>();
  readonly #browsers = new Set<(news: PageNews) => void>();

  constructor(given: {
    id: string;
    user: SfUser;
    /** The softphone page's address; undefined: the page frames none. */
    adapter: URL | undefined;
    view: View;
    size: { height: number; width: number };
  }) {
    const { id, user, adapter, view, size } = given;
    this.id = id;
    this.user = user;
    this.adapter = adapter;
    this.view = view;
    this.panel = { visible: adapter !== undefined, ...size, label: "Phone", icon: "call" };
  }

  get open(): boolean {
    return this.#browsers.size > 0;
  }

  state(): PageState {
    const { view, clickToDial, panel, item, initialized } = this;
    return { view, clickToDial, panel: { ...panel }, item: { ...item }, initialized };
  }

  info(): PageInfo {
    return {
      id: this.id,
      user: this.user.username,
      adapter: this.adapter?.href ?? null,
      open: this.open,
      ...this.state(),
    };
  }

  /** Follows the page; begins with how it is. The returned function ends that. */
  follow(told: (news: PageNews) => void): () => void {
    this.#browsers.add(told);
    told({ event: "state", data: this.state() });
    return () => void this.#browsers.delete(told);
  }

  /** Draws it anew in the browser. */
  draw(): void {
    this.#tell({ event: "state", data: this.state() });
  }

  /** Has the browser load it anew. */
  reload(): void {
    this.#tell({ event: "reload", data: null });
  }

  /** Calls the softphone page's listeners, where it has registered any. */
  call(method: "onClickToDial" | "onNavigationChange", payload: unknown): void {
    if (this.listeners.has(method)) this.#tell({ event: "listener", data: { method, payload } });
  }

  /** The adapter's address as Lightning frames it: it says which page frames it. */
  frameUrl(base: string): string | undefined {
    if (this.adapter === undefined) return undefined;
    const url = new URL(this.adapter);
    url.searchParams.set("mode", "Lightning");
    url.searchParams.set("sfdcIframeOrigin", base);
    return url.href;
  }

  #tell(news: PageNews): void {
    for (const told of [...this.#browsers]) told(news);
  }
}

/** What all pages of the org have in common. */
export interface PageSettings {
  layout: SoftphoneLayout;
  callCenter: Record<string, string>;
  /** The softphone page's address, in every page that is not opened with another. */
  softphone: URL | undefined;
  /** The `allow` attribute of the softphone's frame: an org's, not ours, to choose (reference §7). */
  allow: string;
}
