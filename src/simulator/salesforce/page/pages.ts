import { CtiError } from "../../../model/errors.ts";
import type { SfUser } from "../contract.ts";
import { type Answer, type Asked, html, stubPage } from "../http.ts";
import { maskedUrl, tokenInUrl } from "../judge.ts";
import { digitsOf, isNumber } from "../records/search.ts";
import type { Org } from "../org.ts";
import { nameOf, popText } from "../telling.ts";
import hostScript from "./host.client.js" with { type: "text" };
import { HostPage, type PageInfo, type PageNews, type PageSettings } from "./host.ts";
import { hostPage } from "./host-page.ts";
import { perform, type Response } from "./open-cti.ts";
import stubScript from "./opencti.client.js" with { type: "text" };
import { homeView, recordView, relatives, searchView, type View, viewAt, viewInfo } from "./view.ts";

const scriptType = "text/javascript; charset=utf-8";

/** All host pages: what browsers ask of them, what the softphone page calls, what a user does on them. */
export class Pages {
  readonly #org: Org;
  readonly #settings: PageSettings;
  readonly #base: () => string;
  readonly #issued: () => Iterable<string>;
  readonly #pages = new Map<string, HostPage>();

  constructor(org: Org, settings: PageSettings, base: () => string, issued: () => Iterable<string>) {
    this.#org = org;
    this.#settings = settings;
    this.#base = base;
    this.#issued = issued;
  }

  /** In the order in which they were opened. */
  all(): PageInfo[] {
    return [...this.#pages.values()].map((page) => page.info());
  }

  /** Opens a page; `adapter` is the softphone page's address. Throws `input-invalid`. */
  open(adapter: string | null, username: string | null): PageInfo {
    return this.#opened(adapter, username, homeView).info();
  }

  /** Follows a page as its browser does. Undefined: there is no such page. */
  follow(id: string, told: (news: PageNews) => void): (() => void) | undefined {
    const page = this.#pages.get(id);
    if (page === undefined) return undefined;
    const stop = page.follow(told);
    this.#org.tell({ type: "page", user: page.user.username, text: `page opened${adapterText(page)}` });
    return () => {
      stop();
      if (!page.open) this.#org.tell({ type: "page", user: page.user.username, text: "page closed" });
    };
  }

  /** A call of `sforce.opencti` on a page. */
  call(id: string, method: string, args: Record<string, unknown>, answerLost = false): Response {
    const page = this.#page(id);
    const pops = this.#org.pops().length;
    const response = perform(method, args, {
      org: this.#org,
      page,
      settings: this.#settings,
      base: this.#base(),
      actor: { user: page.user, way: "open-cti", answerLost },
      issued: this.#issued,
      show: (view) => this.#show(page, view),
    });
    for (const pop of this.#org.pops().slice(pops))
      this.#org.tell({ type: "pop", user: pop.user, text: popText(pop) });
    return response;
  }

  userOf(id: string): SfUser {
    return this.#page(id).user;
  }

  /** The user clicks a number on a page, the newest that is open by default. Throws `input-invalid`, `refused`. */
  click(number: string, id?: string): Record<string, unknown> {
    const page = this.#page(id);
    if (!page.clickToDial || !page.listeners.has("onClickToDial"))
      throw new CtiError({
        code: "refused",
        message: "phone numbers are no links on that page",
        why: page.clickToDial ? "onClickToDial has no listener" : "enableClickToDial was not called",
      });
    const shown = page.view.record;
    const onPage = shown?.fields.some(({ phone, value }) => phone && sameDigits(value, number));
    const record = shown !== undefined && onPage ? this.#org.store.get(shown.id) : this.#ownerOf(number);
    const payload = {
      number,
      ...(record !== undefined && {
        recordId: record.id,
        recordName: nameOf(record.fields),
        objectType: record.object,
        personAccount: false,
        params: "",
        ...relatives(record, record.fields),
      }),
    };
    const user = page.user.username;
    this.#org.recordCall({
      way: "page",
      what: "click to dial",
      user,
      arguments: payload,
      status: 200,
      result: null,
    });
    this.#org.tell({ type: "dial", user, text: `CLICK TO DIAL  ${number}` });
    page.call("onClickToDial", payload);
    return payload;
  }

  /** The user goes to a record, to what a search finds, or home. Throws `input-invalid`. */
  navigate(to: { recordId?: string; search?: string }, id?: string): void {
    const page = this.#page(id);
    const record = to.recordId === undefined ? undefined : this.#org.store.get(to.recordId);
    if (to.recordId !== undefined && record === undefined)
      throw new CtiError({ code: "input-invalid", message: `there is no record ${to.recordId}` });
    if (record !== undefined) this.#show(page, recordView(this.#org, record));
    else this.#show(page, to.search === undefined ? homeView : searchView(this.#org, to.search));
  }

  /** The user shows or hides the softphone panel. */
  togglePanel(id: string): void {
    const page = this.#page(id);
    page.panel.visible = !page.panel.visible;
    page.draw();
  }

  /** Pages and scripts for a browser; undefined: it is neither. */
  answer(asked: Asked): Answer | undefined {
    const { pathname, searchParams } = asked.url;
    if (asked.method !== "GET") return undefined;
    if (pathname === "/stub/host.js") return { status: 200, text: hostScript, type: scriptType };
    if (/^\/support\/api\/\d+\.0\/lightning\/opencti_min\.js$/.test(pathname))
      return { status: 200, text: stubScript, type: scriptType };
    if (pathname === "/lightning/softphone") {
      const page = this.#opened(searchParams.get("adapter"), searchParams.get("user"), homeView);
      return hostPage(page, this.#base(), this.#settings);
    }
    if (!pathname.startsWith("/lightning/")) return undefined;
    const view = viewAt(this.#org, asked.url);
    if (view === undefined)
      return html(stubPage("No such page", "<main><h1>Page does not exist</h1></main>"), 404);
    return this.#byAddress(view, searchParams.get("user"));
  }

  /** A browser was sent to an address, as a program without Open CTI pops (reference §6). */
  #byAddress(view: View, username: string | null): Answer {
    const page = this.#opened(null, username, view);
    const { record } = view;
    const pop = {
      page: page.id,
      user: page.user.username,
      by: "address" as const,
      deferred: false,
      matches: record === undefined ? [] : [record.id],
      url: view.url,
      record: record === undefined ? null : `${view.title} (${record.object})`,
    };
    const phones = record?.fields.filter(({ phone }) => phone).map(({ value }) => value) ?? [];
    if (view.kind !== "home") {
      this.#org.popped(pop, phones);
      this.#org.tell({ type: "pop", user: pop.user, text: popText(pop) });
    }
    return hostPage(page, this.#base(), this.#settings);
  }

  #opened(adapter: string | null, username: string | null, view: View): HostPage {
    const user = username === null ? this.#org.users[0] : this.#org.userNamed(username);
    if (user === undefined)
      throw new CtiError({ code: "input-invalid", message: `there is no user ${username}` });
    if (adapter !== null && !(URL.canParse(adapter) && /^https?:$/.test(new URL(adapter).protocol)))
      throw new CtiError({ code: "input-invalid", message: `adapter wants a URL, not "${adapter}"` });
    const secret = adapter === null ? undefined : tokenInUrl(adapter, this.#issued());
    if (secret !== undefined) this.#org.complain(secret, "page", user.username);
    const page = new HostPage(user, adapter === null ? undefined : new URL(adapter), view, this.#size());
    this.#pages.set(page.id, page);
    return page;
  }

  #size(): { height: number; width: number } {
    const of = (name: string, usual: number) =>
      Number(this.#settings.callCenter[`/reqGeneralInfo/${name}`]) || usual;
    return { height: of("reqSoftphoneHeight", 520), width: of("reqSoftphoneWidth", 300) };
  }

  #show(page: HostPage, view: View): void {
    page.view = view;
    page.draw();
    page.call("onNavigationChange", viewInfo(this.#org, this.#base(), view));
  }

  #page(id: string | undefined): HostPage {
    const pages = [...this.#pages.values()];
    const found =
      id === undefined
        ? (pages.findLast((page) => page.open && page.adapter !== undefined) ??
          pages.findLast((page) => page.adapter !== undefined))
        : this.#pages.get(id);
    if (found !== undefined) return found;
    throw new CtiError({
      code: "input-invalid",
      message: id === undefined ? "no page with a softphone is open" : `there is no page ${id}`,
      hint: `open ${this.#base()}/lightning/softphone?adapter=URL in a browser`,
    });
  }

  #ownerOf(number: string) {
    const found = isNumber(number) ? this.#org.search(number, "PHONE", ["Contact", "Lead", "Account"]) : [];
    return found.length === 1 ? found[0] : undefined;
  }
}

const adapterText = ({ adapter }: HostPage) =>
  adapter === undefined ? "" : ` with ${maskedUrl(adapter.href)}`;
const sameDigits = (one: string, other: string) => digitsOf(one) === digitsOf(other);
