import { isReleased } from "../../model/call.ts";
import type { SessionStatus } from "../../model/status.ts";
import type { CtiPort, Delivery, Json, Outbox, SendResult } from "../adapter.ts";
import type { CallLog, Match } from "./contract.ts";
import { otherVersion } from "./records.ts";
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
  open: ((url: string, signal: AbortSignal) => Promise<void>) | undefined;
  recordUrl: ((match: Match) => string) | undefined;
  /** Without a page, once the agent has answered a caller nobody knows: the form that comes up. `undefined`: none does. */
  newContactUrl: ((number: string) => string) | undefined;
  matched(callObject: string, matches: Match[]): void;
  /** Whether the agent's leg goes on; `undefined`: nobody knows at the moment. */
  goesOn(agent: string, interaction: string): boolean | undefined;
}

/** `look`: only look the number up; `show`: bring up what was found. `both` at once. `form`: nobody is known, a form comes up. */
const steps = ["look", "show", "both", "form"] as const;
type Step = (typeof steps)[number];
interface Payload {
  step: Step;
  /** The agent has answered. */
  answered: boolean;
  callObject: string;
  number: string;
  callType: CallLog["callType"];
}

export const popKind = "ScreenPop";
const unknown = "nobody is known by this number";
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

  /** Calls that were answered while their number was being looked up. */
  readonly #answered = new Set<string>();

  constructor(options: PopsOptions) {
    this.#options = options;
  }

  /** What a change of a leg means to its pop; `undefined`: there was, or is, none. */
  follow(
    before: CallLog | undefined,
    after: CallLog | undefined,
    out: Outbox,
    cause: string | undefined,
  ): void {
    if (after !== undefined && isAboutSomebody(after)) {
      // A colleague has handed his customer over, or the caller's number came late, perhaps after that of who transferred him.
      if (before === undefined || !isAboutSomebody(before)) this.begins(after, out, cause);
      else if (before.number !== after.number) {
        this.ended(before, out);
        this.begins(after, out, cause);
      } else if (before.answeredAt === undefined && after.answeredAt !== undefined)
        this.answered(after, out, cause);
    }
    if (
      before !== undefined &&
      before.endedAt === undefined &&
      (after ?? { endedAt: "" }).endedAt !== undefined
    )
      this.ended(before, out);
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
    if (log.callType !== "Inbound") return;
    const { popAt, newContactUrl } = this.#options;
    if (popAt === "answer") return this.#add("show", log, out, cause);
    const looked = this.#looked.get(log.callObject);
    if (newContactUrl === undefined) return;
    if (looked === undefined) this.#answered.add(log.callObject);
    else if (!looked.byPage && looked.matches.length === 0) this.#add("form", log, out, cause);
  }

  ended(log: CallLog, out: Outbox): void {
    this.#looked.delete(log.callObject);
    this.#answered.delete(log.callObject);
    out.expirePops(log.interaction);
  }

  async send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    const owed = payloadOf(delivery.payload);
    if (owed === undefined) return { result: "rejected", why: otherVersion };
    const { agent = "", interaction = "" } = delivery;
    const { pages, search, goesOn } = this.#options;
    const isOn = goesOn(agent, interaction);
    // After a restart: what was known before may be the customer before this one.
    if (isOn === undefined)
      return { result: "retry", why: `it is not known whether agent ${agent} still has the call` };
    if (!isOn) return { result: "rejected", why: "its call is over" };
    try {
      if (owed.step === "form") return await this.#form(owed, signal);
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
    { callObject, number, callType, agent, interaction, answeredAt }: CallLog,
    out: Outbox,
    cause?: string,
  ): void {
    if (!hasNumber({ number })) return;
    out.add({
      kind: popKind,
      policy: "pop",
      key: `pop:${callObject}`,
      text: step === "look" ? `looks ${number} up` : `${number} to agent ${agent}`,
      agent,
      interaction,
      ...(cause !== undefined && { cause }),
      payload: { step, callObject, number, callType, answered: answeredAt !== undefined },
    });
  }

  #byPage(agent: string, { step, callObject, number, callType }: Payload, pages: PopPages): SendResult {
    const looked = this.#looked.get(callObject)?.byPage === true;
    // Another page than the one that searched knows of no search.
    const told =
      (step === "show" && looked && pages.popNow(agent, callObject)) ||
      pages.pop(agent, { callObject, number, callType, deferred: step === "look" });
    if (!told) return { result: "retry", why: "the softphone page went away" };
    if (step === "look") this.#remember(callObject, { byPage: true, matches: [] });
    else this.#looked.delete(callObject);
    return { result: "sent", note: "told the softphone page" };
  }

  async #byAddress(
    owed: Payload,
    search: NonNullable<PopsOptions["search"]>,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const { step, callObject, number } = owed;
    const known = this.#looked.get(callObject);
    const matches = step === "show" && known?.byPage === false ? known.matches : await search(number, signal);
    this.#options.matched(callObject, matches);
    if (signal.aborted) return { result: "retry", why: "the search took too long" };
    const [only, ...others] = matches;
    const answered = owed.answered || this.#answered.has(callObject);
    // Of somebody unknown it is to be seen whether the agent answers.
    if (step === "look" || (only === undefined && !answered))
      this.#remember(callObject, { byPage: false, matches });
    else this.#looked.delete(callObject);
    if (only === undefined) {
      if (answered) return this.#form(owed, signal);
      return { result: "sent", note: unknown };
    }
    const { open, recordUrl } = this.#options;
    if (others.length > 0) return { result: "sent", note: `${matches.length} records have this number` };
    const url = recordUrl?.(only);
    if (step !== "look" && url !== undefined) await open?.(url, signal);
    return { result: "sent", note: url ?? `${only.type} ${only.id}` };
  }

  /** The agent talks with somebody nobody knows. */
  async #form({ callObject, number }: Payload, signal: AbortSignal): Promise<SendResult> {
    this.#looked.delete(callObject);
    const { open, newContactUrl } = this.#options;
    if (open === undefined || newContactUrl === undefined) return { result: "sent", note: unknown };
    const url = newContactUrl(number);
    await open(url, signal);
    return { result: "sent", note: url };
  }

  #remember(callObject: string, what: { byPage: boolean; matches: Match[] }): void {
    this.#looked.set(callObject, what);
    const [oldest] = this.#looked.keys();
    if (this.#looked.size > mostWaiting && oldest !== undefined) this.#looked.delete(oldest);
  }
}

/** A customer's call that goes on, and whose number can be looked up. */
function isAboutSomebody(log: CallLog): boolean {
  return log.callType === "Inbound" && log.endedAt === undefined && hasNumber(log);
}

/** Salesforce searches for two characters and more; a colleague's extension or a withheld number is nobody's record. */
function hasNumber({ number }: Pick<CallLog, "number">): boolean {
  return /\d.*\d/.test(number);
}

function payloadOf(payload: Json): Payload | undefined {
  // Written by `#add`; of an older version of this program it may be another.
  const { step, callObject, number, callType, answered = false } = (payload ?? {}) as Partial<Payload>;
  return step !== undefined &&
    steps.includes(step) &&
    typeof callObject === "string" &&
    typeof number === "string" &&
    callType !== undefined
    ? { step, callObject, number, callType, answered }
    : undefined;
}

/** `undefined` while the session has not read, after a restart or without its link, what calls there are. */
export function goesOn(session: SessionStatus | undefined, interaction: string): boolean | undefined {
  if (session?.state === undefined || session.link.state !== "connected") return undefined;
  return session.calls.some((call) => call.interaction === interaction && !isReleased(call));
}
