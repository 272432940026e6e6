import { CtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Faults } from "./faults.ts";
import { faultOf, faultText } from "./faults.ts";
import type { ApiLimit } from "./limits.ts";
import type { OAuth } from "./oauth/oauth.ts";
import type { Tokens } from "./oauth/tokens.ts";
import type { Org } from "./org.ts";
import type { Pages } from "./page/pages.ts";
import { fieldOf } from "./records/schema.ts";
import type { SalesforceServer } from "./server.ts";
import { SfError } from "./sf-error.ts";

export interface DeskParts {
  org: Org;
  clock: Clock;
  faults: Faults;
  limit: ApiLimit;
  oauth: OAuth;
  pages: Pages;
  server: SalesforceServer;
  tokens: Tokens;
}

/** What a tester does to the org: what users do on their pages, what an administrator does, and what breaks. */
export class Desk {
  readonly org: Org;
  readonly pages: Pages;
  readonly #parts: DeskParts;
  #stopHealing = () => {};

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.org = parts.org;
    this.pages = parts.pages;
  }

  get url(): string {
    return this.#parts.server.base;
  }

  limit(): { max: number; left: number } {
    const { max, left } = this.#parts.limit;
    return { max, left };
  }

  /** The fault in force, in words. */
  fault(): string | null {
    const { fault } = this.#parts.faults;
    return fault === undefined ? null : faultText(fault);
  }

  /**
   * From now on it fails like this, in place of what it failed with before; `for` milliseconds, or until `heal`. See faults.ts. Throws
   * `input-invalid`.
   */
  async fail(
    name: string,
    value?: string | number,
    { count, for: time }: { count?: number | undefined; for?: number | undefined } = {},
  ): Promise<string> {
    const { faults, limit, org, server, tokens, clock } = this.#parts;
    const fault = faultOf(name, value, count);
    if (fault.name === "expire-tokens") tokens.expireAll();
    else {
      await this.heal();
      faults.set(fault);
      if (fault.name === "limit") limit.force(fault.left);
      if (fault.name === "down") await server.close();
      if (time !== undefined) this.#stopHealing = clock.after(time, () => void this.heal());
    }
    org.tell({ type: "fault", user: "-", text: `FAULT  ${faultText(fault)}` });
    return faultText(fault);
  }

  /** All is well again, at the same port; answers what was broken. */
  async heal(): Promise<string | null> {
    const { faults, limit, org, server } = this.#parts;
    this.#stopHealing();
    const before = this.fault();
    await server.open();
    faults.set(undefined);
    limit.force(undefined);
    if (before !== null) org.tell({ type: "fault", user: "-", text: `mended: ${before}` });
    return before;
  }

  /** The user clicks a number on a page: the newest with a softphone, unless its id is given. Throws `input-invalid`, `refused`. */
  click(number: string, page?: string): Record<string, unknown> {
    return this.pages.click(number, page);
  }

  /** The user goes to a record, to what a search finds, or home. Throws `input-invalid`. */
  open(to: { recordId?: string; search?: string }, page?: string): void {
    this.pages.navigate(to, page);
  }

  /** What pages frame from now on; null: nothing. Throws `input-invalid`. */
  softphone(address: string | null): void {
    this.pages.setSoftphone(address);
  }

  /** What a person does at the device page; without a code the only one that waits is meant. Throws `input-invalid`. */
  approve(code?: string, user?: string, deny = false): { code: string; user: string } {
    return this.#parts.oauth.approve(code, user, deny);
  }

  /** User codes of the device flow that wait for somebody. */
  waiting(): string[] {
    return this.#parts.oauth.waiting();
  }

  /** Throws `input-invalid`. */
  token(username: string | undefined, client: string): string {
    const { org, tokens } = this.#parts;
    const user = username === undefined ? org.users[0] : org.userNamed(username);
    if (user === undefined)
      throw new CtiError({ code: "input-invalid", message: `there is no user ${username}` });
    return tokens.issue(user, client, undefined).access;
  }

  /** Fields of the records of an object, or of all, without those that are empty. Throws `input-invalid`. */
  records(name?: string): Record<string, unknown>[] {
    const { org } = this.#parts;
    const objects = name === undefined ? org.store.objects() : [this.#objectNamed(name)];
    return objects.flatMap((object) =>
      org.store.all(object).map(({ fields }) => ({
        object,
        ...Object.fromEntries(
          Object.entries(fields).filter(([, value]) => value !== null && value !== false),
        ),
      })),
    );
  }

  /** Makes a record; answers its id. Throws `input-invalid`. */
  addRecord(name: string, fields: Record<string, unknown>): string {
    const { org } = this.#parts;
    const object = this.#objectNamed(name);
    const wrong = Object.keys(fields).find(
      (field) => fieldOf(org.store.fieldsOf(object), field)?.[0] !== field,
    );
    if (wrong !== undefined)
      throw new CtiError({ code: "input-invalid", message: `${object} has no field ${wrong}` });
    try {
      return org.store.create(object, fields, org.users[0]?.id ?? "").id;
    } catch (thrown) {
      if (!(thrown instanceof SfError)) throw thrown;
      throw new CtiError({ code: "input-invalid", message: thrown.message });
    }
  }

  close(): void {
    this.#stopHealing();
  }

  #objectNamed(name: string) {
    const { store } = this.#parts.org;
    const object = store.objectNamed(name);
    if (object !== undefined) return object;
    throw new CtiError({
      code: "input-invalid",
      message: `there is no object ${name}`,
      hint: `one of: ${store.objects().join(", ")}`,
    });
  }
}
