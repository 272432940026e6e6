import type { CtiPort, Delivery, Json, Outbox, SendResult } from "../adapter.ts";
import type { CallLog, Match } from "./contract.ts";
import { sendResultOf } from "./rest/errors.ts";

/** A page that may bring records up (`SoftphonePages`). */
export interface PopPages {
  canPop(agent: string): boolean;
  pop(
    agent: string,
    what: { callObject: string; number: string; callType: CallLog["callType"]; deferred: boolean },
  ): boolean;
  popNow(agent: string, callObject: string): boolean;
}

export interface PopsOptions {
  /** When the record comes up. */
  popAt: "ring" | "answer";
  port: Pick<CtiPort, "log">;
  /** `undefined`: no page can have Open CTI. */
  pages: PopPages | undefined;
  /** Without a page: looks a number up. Throws CtiError. */
  search: ((number: string, signal: AbortSignal) => Promise<Match[]>) | undefined;
  /** Without a page: brings a record up on the agent's screen. Throws CtiError. `undefined`: only what was found is shown. */
  open: ((match: Match, signal: AbortSignal) => Promise<void>) | undefined;
  recordUrl: ((match: Match) => string) | undefined;
  matched(callObject: string, matches: Match[]): void;
}

/** `look`: only look the number up; `show`: bring up what was found. `both` at once. */
type Step = "look" | "show" | "both";
interface Payload {
  step: Step;
  callObject: string;
  number: string;
  callType: CallLog["callType"];
}

export const popKind = "ScreenPop";
/** Calls whose search waits for the answer. */
const mostWaiting = 5000;

/**
 * The caller's record on the agent's screen, at most once and never late (design §5.4, open-cti.md §10): by the page that leads where there is
 * one, else by looking the number up and opening the only record's address.
 */
export class Pops {
  readonly #options: PopsOptions;
  /** Calls whose number the page, or nobody, has looked up and not shown. */
  readonly #looked = new Map<string, { byPage: boolean; matches: Match[] }>();

  constructor(options: PopsOptions) {
    this.#options = options;
  }

  /** A leg began. Of calls that the agent makes himself, and of colleagues, nothing comes up by itself. */
  begins(log: CallLog, out: Outbox, cause: string | undefined): void {
    if (log.callType !== "Inbound" || log.endedAt !== undefined) return;
    this.#add(
      log.answeredAt === undefined && this.#options.popAt === "answer" ? "look" : "both",
      log,
      out,
      cause,
    );
  }

  answered(log: CallLog, out: Outbox, cause: string | undefined): void {
    if (log.callType === "Inbound" && this.#options.popAt === "answer") this.#add("show", log, out, cause);
  }

  ended(log: CallLog, out: Outbox): void {
    this.#looked.delete(log.callObject);
    out.expirePops(log.interaction);
  }

  async send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    const owed = payloadOf(delivery.payload);
    if (owed === undefined) return { result: "rejected", why: "it was owed by another version" };
    const { agent = "" } = delivery;
    const { pages, search } = this.#options;
    try {
      if (pages?.canPop(agent) === true) return this.#byPage(agent, owed, pages);
      if (search === undefined)
        return { result: "retry", why: `no softphone page of agent ${agent} is open in Salesforce` };
      return await this.#byAddress(owed, search, signal);
    } catch (error) {
      return sendResultOf(error);
    }
  }

  #add(
    step: Step,
    { callObject, number, callType, agent, interaction }: CallLog,
    out: Outbox,
    cause?: string,
  ): void {
    // Salesforce searches for two characters and more; a colleague's extension or a withheld number is nobody's record.
    if (!/\d.*\d/.test(number)) return;
    out.add({
      kind: popKind,
      policy: "pop",
      key: `pop:${callObject}`,
      text: step === "look" ? `looks ${number} up` : `${number} to agent ${agent}`,
      agent,
      interaction,
      ...(cause !== undefined && { cause }),
      payload: { step, callObject, number, callType },
    });
  }

  #byPage(agent: string, { step, callObject, number, callType }: Payload, pages: PopPages): SendResult {
    const looked = this.#looked.get(callObject)?.byPage === true;
    const told =
      step === "show" && looked
        ? pages.popNow(agent, callObject)
        : pages.pop(agent, { callObject, number, callType, deferred: step === "look" });
    if (!told) return { result: "retry", why: "the softphone page went away" };
    if (step === "look") this.#remember(callObject, { byPage: true, matches: [] });
    else this.#looked.delete(callObject);
    return { result: "sent", note: "told the softphone page" };
  }

  async #byAddress(
    { step, callObject, number }: Payload,
    search: NonNullable<PopsOptions["search"]>,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const known = this.#looked.get(callObject);
    const matches = step === "show" && known?.byPage === false ? known.matches : await search(number, signal);
    this.#options.matched(callObject, matches);
    const { open, recordUrl } = this.#options;
    const [only, ...others] = matches;
    if (only === undefined) return { result: "sent", note: "nobody is known by this number" };
    if (others.length > 0) {
      this.#looked.delete(callObject);
      return { result: "sent", note: `${matches.length} records have this number` };
    }
    const where = recordUrl?.(only) ?? `${only.type} ${only.id}`;
    if (step === "look") this.#remember(callObject, { byPage: false, matches });
    else {
      this.#looked.delete(callObject);
      if (open !== undefined) await open(only, signal);
    }
    return { result: "sent", note: where };
  }

  #remember(callObject: string, what: { byPage: boolean; matches: Match[] }): void {
    this.#looked.set(callObject, what);
    const [oldest] = this.#looked.keys();
    if (this.#looked.size > mostWaiting && oldest !== undefined) this.#looked.delete(oldest);
  }
}

function payloadOf(payload: Json): Payload | undefined {
  // Written by `#add`; of an older version of this program it may be another.
  const { step, callObject, number, callType } = (payload ?? {}) as Partial<Payload>;
  const known = step === "look" || step === "show" || step === "both";
  return known && typeof callObject === "string" && typeof number === "string" && callType !== undefined
    ? { step, callObject, number, callType }
    : undefined;
}
