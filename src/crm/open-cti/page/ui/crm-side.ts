import type { CallLog, Match } from "../../contract.ts";
import type { FromPage, ToPage } from "../protocol.ts";
import { type Click, type Found, type OpenCti, OpenCtiError, type SoftphoneLayout } from "./open-cti.ts";
import type { SavedLogs } from "./saved-logs.ts";
import { taskValue } from "./task.ts";
import { words } from "./words.ts";

export interface CrmSideParts {
  openCti: OpenCti;
  saved: SavedLogs;
  /** Now, or when the connection is back. */
  send(message: FromPage): void;
  clicked(click: Click): void;
  /** Something did not work, in words for the person. */
  said(text: string): void;
}

/** So many searches wait for their pop at most: one a call that rings. */
const mostWaiting = 20;

/** What a page inside Salesforce does there: opens records, saves calls, passes clicked numbers on. */
export class CrmSide {
  readonly #parts: CrmSideParts;
  /** Deferred pops by callObject; a search under way is waited for. */
  readonly #waiting = new Map<string, Promise<Found | undefined>>();
  readonly #saves = new Map<string, Promise<unknown>>();
  #clickToDial: boolean | undefined;
  layout: SoftphoneLayout | undefined;
  settings: Record<string, string> = {};

  constructor(parts: CrmSideParts) {
    this.#parts = parts;
  }

  /** Listens, reads what the org has set, and tells Salesforce that the page is up. What an older release lacks is done without. */
  async begin(): Promise<void> {
    const { openCti, clicked } = this.#parts;
    try {
      openCti.onClickToDial(clicked);
      openCti.notifyInitializationComplete();
    } catch (thrown) {
      this.#parts.said(wordsOf(thrown));
    }
    const [settings, layout] = await Promise.allSettled([openCti.callCenterSettings(), openCti.layout()]);
    if (settings.status === "fulfilled") this.settings = settings.value;
    if (layout.status === "fulfilled") this.layout = layout.value;
  }

  /** Numbers in Salesforce are links only while one can dial. */
  clickToDial(on: boolean): void {
    if (this.#clickToDial === on) return;
    this.#clickToDial = on;
    this.#quietly(this.#parts.openCti.setClickToDial(on));
  }

  showPanel(): void {
    this.#quietly(this.#parts.openCti.showPanel());
  }

  /** Opens the record that the agent chose. */
  openRecord(match: Match): void {
    this.#parts.openCti.popRecord(match.id).catch((thrown: unknown) => this.#failedToPop(thrown));
  }

  heard(message: Extract<ToPage, { type: "pop" | "pop-now" | "save" }>): void {
    if (message.type === "pop") this.#pop(message);
    else if (message.type === "pop-now") this.#popNow(message.callObject);
    else void this.#save(message.id, message.log, message.recordId, message.anew === true);
  }

  #pop({ callObject, number, callType, deferred }: Extract<ToPage, { type: "pop" }>): void {
    const { openCti, send } = this.#parts;
    const search = openCti.search(number, callType, deferred).then(
      (found) => {
        send({ type: "matches", callObject, matches: found.matches });
        return found;
      },
      (thrown: unknown) => {
        this.#failedToPop(thrown);
        return undefined;
      },
    );
    if (!deferred) return;
    this.#waiting.set(callObject, search);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > mostWaiting && oldest !== undefined) this.#waiting.delete(oldest);
  }

  #popNow(callObject: string): void {
    const search = this.#waiting.get(callObject);
    this.#waiting.delete(callObject);
    if (search === undefined) return;
    search
      .then(async (found) => {
        if (found?.screenPop !== undefined) await this.#parts.openCti.popDeferred(found.screenPop);
      })
      .catch((thrown: unknown) => this.#failedToPop(thrown));
  }

  /** One after the other for each call: two creates must not run side by side. */
  async #save(id: string, log: CallLog, recordId: string | undefined, anew: boolean): Promise<void> {
    const before = this.#saves.get(log.callObject);
    const work = (async () => {
      await before;
      this.#parts.send(await this.#saved(id, log, recordId, anew));
    })();
    this.#saves.set(log.callObject, work);
    await work;
    if (this.#saves.get(log.callObject) === work) this.#saves.delete(log.callObject);
  }

  /** Never a second record for one call: a create is remembered before it is asked for, its id as soon as it is known. */
  async #saved(id: string, log: CallLog, recordId: string | undefined, anew: boolean): Promise<FromPage> {
    const { openCti, saved } = this.#parts;
    const { agent, callObject } = log;
    const known = saved.get(agent, callObject);
    const there = recordId ?? (known !== undefined && "id" in known ? known.id : undefined);
    const remember = (record: string): void => saved.set(agent, callObject, { id: record });
    try {
      if (there !== undefined) {
        remember(there);
        await openCti.saveLog(taskValue(log, there), () => undefined);
        return { type: "saved", id, recordId: there };
      }
      if (known !== undefined && !anew)
        return { type: "not-saved", id, error: words.openCti.unknown, unknown: true };
      saved.set(agent, callObject, { saving: true });
      const made = await openCti.saveLog(taskValue(log, undefined), remember);
      remember(made);
      return { type: "saved", id, recordId: made };
    } catch (thrown) {
      // An update may be tried again as it is; only of a create it matters whether it was done.
      const unknown = there === undefined && !(thrown instanceof OpenCtiError && !thrown.unknown);
      if (there === undefined && !unknown) saved.forget(agent, callObject);
      return { type: "not-saved", id, error: wordsOf(thrown), ...(unknown && { unknown }) };
    }
  }

  #failedToPop(thrown: unknown): void {
    this.#parts.said(`${words.openCti.pop}: ${wordsOf(thrown)}`);
  }

  /** Nothing hangs on it. */
  #quietly(work: Promise<void>): void {
    work.catch(() => undefined);
  }
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
