import { CtiError } from "../../../model/errors.ts";
import type { SfUser } from "../contract.ts";
import { type Answer, type Asked, html, stubPage } from "../http.ts";
import { decoded, maskedUrl, tokenInUrl } from "../judge.ts";
import { digitsOf, isNumber } from "../records/search.ts";
import type { Org } from "../org.ts";
import type { RandomBytes } from "../random-bytes.ts";
import { nameOf } from "../telling.ts";
import hostScript from "./host.client.js" with { type: "text" };
import { HostPage, type PageInfo, type PageNews, type PageSettings } from "./host.ts";
import { hostPage } from "./host-page.ts";
import { perform, type Response, unfit } from "./open-cti.ts";
import stubScript from "./opencti.client.js" with { type: "text" };
import { style } from "./style.ts";
import { homeView, recordView, relatives, searchView, type View, viewAt, viewInfo } from "./view.ts";

const scriptType = "text/javascript; charset=utf-8";

/** What the script in the frame asks for. */
export interface MethodCall {
  method: string;
  args: Record<string, unknown>;
  invalid: string | undefined;
}

/** All host pages: what browsers ask of them, what the softphone page calls, what a user does on them. */
export class Pages {
  readonly #org: Org;
  readonly #settings: PageSettings;
  readonly #base: () => string;
  readonly #issued: () => Iterable<string>;
  readonly #bytes: RandomBytes;
  readonly #pages = new Map<string, HostPage>();

  constructor(given: {
    org: Org;
    settings: PageSettings;
    /** The stub's own origin. */
    base: () => string;
    /** Tokens that were given out, for the judge. */
    issued: () => Iterable<string>;
    bytes: RandomBytes;
  }) {
    this.#org = given.org;
    this.#settings = given.settings;
    this.#base = given.base;
    this.#issued = given.issued;
    this.#bytes = given.bytes;
  }

  get softphone(): string | null {
    return this.#settings.softphone?.href ?? null;
  }

  /** What pages frame from now on, null: nothing; those that are open are loaded anew. Throws `input-invalid`. */
  setSoftphone(address: string | null): void {
    this.#settings.softphone = address === null ? undefined : adapterOf(address);
    for (const page of this.#pages.values()) page.reload();
  }

  /** In the order in which they were opened. */
  all(): PageInfo[] {
    return [...this.#pages.values()].map((page) => page.info());
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

  /** A call of `sforce.opencti` on a page; `invalid`: why the script in the frame did not let it pass. Throws `input-invalid`. */
  call(id: string, { method, args, invalid }: MethodCall, answerLost = false): Response {
    const page = this.#page(id);
    const context = {
      org: this.#org,
      page,
      settings: this.#settings,
      base: this.#base(),
      actor: { user: page.user, way: "open-cti" as const, answerLost },
      issued: this.#issued,
      show: (view: View) => this.#show(page, view),
    };
    return invalid === undefined ? perform(method, args, context) : unfit(method, invalid, context);
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
    else this.#show(page, to.search === undefined ? homeView(this.#org) : searchView(this.#org, to.search));
  }

  /** The user shows or hides the softphone panel. */
  togglePanel(id: string): void {
    const page = this.#page(id);
    page.panel.visible = !page.panel.visible;
    page.draw();
  }

  /** Pages, scripts and styles for a browser; undefined: it is none of them. Throws `input-invalid`. */
  answer(asked: Asked): Answer | undefined {
    const { pathname } = asked.url;
    if (asked.method !== "GET") return undefined;
    const scripts = /^\/support\/api\/\d+\.0\/lightning\/opencti_min\.js$/;
    if (pathname === "/stub/host.js") return { status: 200, text: hostScript, type: scriptType };
    if (pathname === "/stub/style.css") return { status: 200, text: style, type: "text/css; charset=utf-8" };
    if (scripts.test(pathname)) return { status: 200, text: stubScript, type: scriptType };
    if (pathname === "/") return { status: 302, headers: { Location: "/lightning/page/home" } };
    if (!pathname.startsWith("/lightning/")) return undefined;
    const view = pathname === "/lightning/softphone" ? homeView(this.#org) : viewAt(this.#org, asked.url);
    if (view === undefined)
      return html(stubPage("No such page", "<main><h1>There is no such page</h1></main>"), 404);
    return this.#opened(asked, view);
  }

  /** A page for a browser. One that was sent to a record's address was popped, as a program without Open CTI does it (reference §6). */
  #opened({ url, headers }: Asked, view: View): Answer {
    const chosen = url.searchParams.get("user");
    const user = this.#user(chosen ?? this.#lastUser(headers));
    const given = url.searchParams.get("adapter");
    const adapter = given === null ? this.#settings.softphone : adapterOf(given);
    const secret = adapter === undefined ? undefined : tokenInUrl(adapter.href, this.#issued());
    if (secret !== undefined) this.#org.complain(secret, "page", user.username);
    const id = this.#bytes(12).toString("base64url");
    const page = new HostPage({ id, user, adapter, view, size: this.#size() });
    this.#pages.set(page.id, page);
    if (view.kind !== "home") this.#poppedByAddress(page, view);
    const answer = hostPage(page, {
      base: this.#base(),
      users: this.#org.users,
      allow: this.#settings.allow,
    });
    if (chosen === null) return answer;
    const cookie = `${userCookie}=${encodeURIComponent(user.username)}; Path=/; Secure; HttpOnly; SameSite=Lax`;
    return { ...answer, headers: { ...answer.headers, "Set-Cookie": cookie } };
  }

  /** Who this browser was before; nobody, when the cookie is of another org. */
  #lastUser(headers: Headers): string | undefined {
    const username = cookieOf(headers);
    return username === undefined ? undefined : this.#org.userNamed(username)?.username;
  }

  #poppedByAddress(page: HostPage, { url, record, title }: View): void {
    const pop = {
      page: page.id,
      user: page.user.username,
      by: "address" as const,
      deferred: false,
      matches: record === undefined ? [] : [record.id],
      url,
      record: record === undefined ? null : `${title} (${record.object})`,
    };
    const phones = record?.fields.filter(({ phone }) => phone).map(({ value }) => value) ?? [];
    this.#org.popped(pop, phones);
  }

  /** Who sits at a page: the first user by default. Throws `input-invalid`. */
  #user(username: string | undefined): SfUser {
    const user = username === undefined ? this.#org.users[0] : this.#org.userNamed(username);
    if (user !== undefined) return user;
    const hint = `one of: ${this.#org.users.map((each) => each.username).join(", ")}`;
    throw new CtiError({ code: "input-invalid", message: `there is no user ${username}`, hint });
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
      hint: `open ${this.#base()}/lightning/page/home in a browser`,
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

const userCookie = "stub-user";

/** Who this browser was last. */
function cookieOf(headers: Headers): string | undefined {
  const [, value] = /(?:^|;\s*)stub-user=([^;]+)/.exec(headers.get("cookie") ?? "") ?? [];
  return value === undefined ? undefined : decoded(value);
}

/** A softphone page's address. Throws `input-invalid`. */
export function adapterOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new CtiError({
    code: "input-invalid",
    message: `"${address}" is no address of a softphone page`,
    hint: "for example: https://127.0.0.1:8112/softphone",
  });
}
