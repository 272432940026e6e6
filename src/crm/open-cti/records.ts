import type { CtiEvent } from "../../model/events.ts";
import type { CtiPort, Delivery, Json, Outbox, SendResult } from "../adapter.ts";
import type { CallLog, Match, OpenCtiSettings } from "./contract.ts";
import { ClickedNumbers } from "./clicked-numbers.ts";
import { linkOf, onlyLink } from "./links.ts";
import { amend, type CallEvent, follow, type Leg, orphaned } from "./logs.ts";
import { isRetryable, sendResultOf } from "./rest/errors.ts";

/** Who writes records into the CRM. Throws CtiError; `details.retry`: whether the same may be taken later. */
export interface RecordWriter {
  /** A reason not to try now; `undefined`: it can be tried. */
  waitsFor(log: CallLog): string | undefined;
  /** Makes the record, or brings it up to date; answers its id. */
  write(log: CallLog, recordId: string | undefined, signal: AbortSignal, anew: boolean): Promise<string>;
  /** Looks up what the call is about, where nobody has yet. */
  lookUp?(log: CallLog, signal: AbortSignal): Promise<Match[]>;
}

export interface RecordsOptions {
  settings: Pick<OpenCtiSettings, "logAt" | "logMissed" | "keepRecords">;
  port: Pick<CtiPort, "clock" | "log" | "owe" | "status" | "wake">;
  /** `undefined`: records are not written here, only known. */
  writer: RecordWriter | undefined;
  /** Legs that are known as long as something is owed of them; default 10,000. */
  mostOwed?: number;
  /** Something of what is known of an agent's calls is different. */
  onChange(agent: string): void;
  /** A record is to be written: for those who are told by other ways. */
  onWrite?(log: CallLog, version: number, out: Outbox, cause: string | undefined): void;
}

/** One leg, and how far its record is. */
interface Held {
  leg: Leg;
  /** Counts what the record should say. */
  version: number;
  /** The version that was taken; 0: none. */
  saved: number;
  recordId: string | undefined;
  /** Its number was looked up, and somebody was told what was found. */
  searched: boolean;
  /** A version was refused: somebody may try that one again later. */
  refused?: boolean;
}

interface Payload {
  version: number;
  log: CallLog;
}

/** Of what is on disk and cannot be read. */
export const otherVersion = "it was owed by another version, in a form that this one does not know";

export const recordKind = "Task";
const prefix = "leg:";
/**
 * Milliseconds after the end in which a leg still takes notes. Of what is owed by then the leg is known longer, as long as a delivery may be tried
 * again: its record's id must not be forgotten, and no old version come after a newer one.
 */
const remembered = 30 * 60_000;
/** Milliseconds for which the outbox lists what was missed. */
const listed = 7 * 24 * 3_600_000;
const mostOwed = 10_000;
/** Tries of a record for which a search that fails is waited for. */
const searchTries = 5;
/** Milliseconds without a session of the agent after which his open legs are closed: nobody will see their end. */
const orphanAfter = 10 * 60_000;
/** Legs of an agent that a page is shown. */
const shown = 20;

/**
 * The record of each agent's leg (open-cti.md §5): exactly one each, however often it is written and whatever dies meanwhile. What is to be
 * written is owed with the event that says so; it is read when it is sent, so that what waited is written once, and as it is by then.
 */
export class CallRecords {
  readonly #options: RecordsOptions;
  /** By callObject. */
  readonly #legs = new Map<string, Held>();
  /** Their callObjects by agent, oldest first. */
  readonly #byAgent = new Map<string, Set<string>>();
  /** Of calls that go on, or lately did. Customers' names: in memory only. */
  readonly #matches = new Map<string, Match[]>();
  readonly #clicked: ClickedNumbers;
  readonly #absent = new Map<string, number>();
  /** Why searches failed last, which is told once. */
  #searchTrouble = "";

  constructor(options: RecordsOptions) {
    this.#options = options;
    this.#clicked = new ClickedNumbers(options.port.clock);
  }

  load(kept: ReadonlyMap<string, Json>): void {
    const legs = [...kept]
      .filter(([name]) => name.startsWith(prefix))
      // Written by `#put` of this version.
      .map(([name, value]) => [name.slice(prefix.length), value as never as Held] as const)
      .sort(([, one], [, other]) => (one.leg.log.startedAt < other.leg.log.startedAt ? -1 : 1));
    for (const [callObject, held] of legs) this.#set(callObject, held);
  }

  /** Legs whose end is not known yet. */
  get open(): number {
    return [...this.#legs.values()].filter(({ leg }) => leg.goneAt === undefined).length;
  }

  /** Answers the leg that began with this event, if one did. */
  owe(event: CtiEvent, out: Outbox): CallLog | undefined {
    if (!("call" in event) || event.agent === undefined) return undefined;
    const { settings, port, onChange } = this.#options;
    const { agent } = event;
    const callObject = `${event.call.interaction}:${agent}`;
    const held = this.#legs.get(callObject);
    const extension = port.status(agent)?.extension ?? "";
    const { leg, write } = follow(held?.leg, event as CallEvent, extension, settings);
    if (leg === undefined) {
      if (held !== undefined) this.#forget(callObject, out);
      return undefined;
    }
    const begins = held === undefined;
    const isAnother = held !== undefined && held.leg.log.number !== leg.log.number;
    const record = begins ? this.#clicked.take(leg.log) : undefined;
    const link = isAnother ? this.#unlinked(callObject, leg.log) : record === undefined ? {} : linkOf(record);
    const named = { ...leg, log: { ...leg.log, ...link } };
    if (record?.name !== undefined) this.#matches.set(callObject, [{ ...record, name: record.name }]);
    const before = isAnother ? { ...held, searched: false } : held;
    this.#change(callObject, before, named, write, out, event.cause);
    onChange(agent);
    return begins ? named.log : undefined;
  }

  /** What is known of a leg; `undefined`: nothing. */
  log(callObject: string): CallLog | undefined {
    return this.#legs.get(callObject)?.leg.log;
  }

  /** An agent's newest legs, for a page. */
  logs(agent: string): { log: CallLog; matches: Match[]; recordId: string | undefined }[] {
    return [...(this.#byAgent.get(agent) ?? [])].slice(-shown).flatMap((callObject) => {
      const held = this.#legs.get(callObject);
      if (held === undefined) return [];
      const { leg, recordId } = held;
      return [{ log: leg.log, matches: this.#matches.get(callObject) ?? [], recordId }];
    });
  }

  /** What a call's number was found in. The only one is what the call is about. */
  matched(callObject: string, matches: Match[]): void {
    const held = this.#legs.get(callObject);
    if (held === undefined) return;
    this.#matches.set(callObject, matches);
    const { who, what } = held.leg.log;
    const link = who === undefined && what === undefined ? onlyLink(matches) : undefined;
    this.#amend(callObject, { ...held, searched: true }, link ?? {});
  }

  chosen(callObject: string, match: Match): void {
    const held = this.#legs.get(callObject);
    if (held !== undefined) this.#amend(callObject, held, linkOf(match));
  }

  /** What the agent wrote, and what he says that the call is about. False: no such leg, or one of long ago. */
  note(callObject: string, change: Partial<Pick<CallLog, "notes" | "who" | "what">>): boolean {
    const held = this.#legs.get(callObject);
    if (held === undefined) return false;
    this.#amend(callObject, held, change);
    return true;
  }

  clickedToDial(...click: Parameters<ClickedNumbers["note"]>): void {
    this.#clicked.note(...click);
  }

  /** What waits for something of the agent's may be tried again. */
  wake(agent: string): void {
    for (const callObject of this.#byAgent.get(agent) ?? []) this.#options.port.wake(key(callObject));
  }

  async send({ payload, attempt, again = false }: Delivery, signal: AbortSignal): Promise<SendResult> {
    const owed = payloadOf(payload);
    if (owed === undefined) return { result: "rejected", why: otherVersion };
    const { callObject } = owed.log;
    const held = this.#legs.get(callObject);
    if (held !== undefined && held.saved >= owed.version)
      return { result: "sent", note: "with a later change of it" };
    const { writer } = this.#options;
    if (writer === undefined) return { result: "rejected", why: "nobody writes records here any more" };
    const waits = writer.waitsFor(owed.log);
    if (waits !== undefined) return { result: "retry", why: waits };
    try {
      await this.#lookUp(callObject, writer, attempt, signal);
      const now = this.#legs.get(callObject);
      const { version } = now ?? owed;
      const id = await writer.write(now?.leg.log ?? owed.log, now?.recordId, signal, again);
      this.#saved(callObject, version, id);
      return { result: "sent", note: `record ${id}` };
    } catch (error) {
      const result = sendResultOf(error);
      if (result.result === "rejected") this.#refused(callObject);
      return result;
    }
  }

  /** Closes what was left open by agents who never came back, and forgets what nobody will write of any more. */
  sweep(): void {
    const { port, settings } = this.#options;
    const now = port.clock.now();
    const at = new Date(now).toISOString();
    const open = new Set<string>();
    for (const { leg } of this.#legs.values()) if (leg.goneAt === undefined) open.add(leg.log.agent);
    for (const agent of this.#absent.keys()) if (!open.has(agent)) this.#absent.delete(agent);
    for (const agent of open)
      if (port.status(agent) !== undefined) this.#absent.delete(agent);
      else if (!this.#absent.has(agent)) this.#absent.set(agent, now);
    port.owe((out) => {
      this.#forgetOld(now, out);
      for (const [callObject, held] of this.#legs) {
        const { leg } = held;
        if (leg.goneAt !== undefined) continue;
        const { agent } = leg.log;
        if (now - (this.#absent.get(agent) ?? now) < orphanAfter) continue;
        port.log("warn", `call ${callObject} closed in the CRM: its end was not seen`, agent);
        const { leg: closed, write } = orphaned(leg, at, settings);
        if (closed.written) this.#change(callObject, held, closed, write, out, undefined);
        else this.#forget(callObject, out);
      }
    });
  }

  /** What was found for the number before is nobody's here, unless the agent chose it. */
  #unlinked(callObject: string, { who, what }: CallLog): Pick<CallLog, "who" | "what"> {
    const found = onlyLink(this.#matches.get(callObject) ?? []);
    this.#matches.delete(callObject);
    const isFound = found !== undefined && found.who === who && found.what === what;
    return isFound ? { who: undefined, what: undefined } : { who, what };
  }

  #forgetOld(now: number, out: Outbox): void {
    const { settings, writer, mostOwed: most = mostOwed } = this.#options;
    const owed: string[] = [];
    for (const [callObject, { leg, version, saved, refused }] of this.#legs) {
      const age = leg.goneAt === undefined ? 0 : now - Date.parse(leg.goneAt);
      if (age <= remembered) continue;
      const isDone = writer === undefined || (saved >= version && refused !== true);
      if (isDone || age > settings.keepRecords + listed) this.#forget(callObject, out);
      else owed.push(callObject);
    }
    for (const callObject of owed.slice(0, Math.max(0, owed.length - most))) this.#forget(callObject, out);
  }

  /** A record is worth more than its link: where the search is refused, or fails time and again, it is written without. */
  async #lookUp(
    callObject: string,
    writer: RecordWriter,
    attempt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const held = this.#legs.get(callObject);
    if (writer.lookUp === undefined || held === undefined || held.searched) return;
    const { who, what, callType } = held.leg.log;
    if (who !== undefined || what !== undefined || callType !== "Inbound") return;
    try {
      this.matched(callObject, await writer.lookUp(held.leg.log, signal));
      this.#searchTrouble = "";
    } catch (error) {
      if (signal.aborted || (isRetryable(error) && attempt <= searchTries)) throw error;
      const { why } = sendResultOf(error);
      if (why !== this.#searchTrouble)
        this.#options.port.log("warn", `records of calls are written without their customers: ${why}`);
      this.#searchTrouble = why;
    }
  }

  #refused(callObject: string): void {
    const held = this.#legs.get(callObject);
    if (held !== undefined)
      this.#options.port.owe((out) => this.#put(callObject, { ...held, refused: true }, out));
  }

  #saved(callObject: string, version: number, recordId: string): void {
    const held = this.#legs.get(callObject);
    if (held === undefined) return;
    const { port, onChange } = this.#options;
    port.owe((out) => this.#put(callObject, { ...held, saved: version, recordId }, out));
    onChange(held.leg.log.agent);
  }

  #amend(callObject: string, held: Held, change: Partial<Pick<CallLog, "notes" | "who" | "what">>): void {
    const { port, onChange } = this.#options;
    const { leg, write } = amend(held.leg, change);
    port.owe((out) => this.#change(callObject, held, leg, write, out, undefined));
    onChange(leg.log.agent);
  }

  #change(
    callObject: string,
    held: Held | undefined,
    leg: Leg,
    write: boolean,
    out: Outbox,
    cause: string | undefined,
  ): void {
    const { version = 0, ...more } = held ?? { saved: 0, recordId: undefined, searched: false };
    const next: Held = { ...more, leg, version: write ? version + 1 : version };
    this.#put(callObject, next, out);
    if (!write) return;
    const { log } = leg;
    this.#options.onWrite?.(log, next.version, out, cause);
    if (this.#options.writer === undefined) return;
    out.add({
      kind: recordKind,
      policy: "record",
      key: key(callObject),
      text: `${log.callType} call with ${log.number === "" ? "an unknown number" : log.number}`,
      agent: log.agent,
      interaction: log.interaction,
      ...(cause !== undefined && { cause }),
      payload: JSON.parse(JSON.stringify({ version: next.version, log } satisfies Payload)) as Json,
    });
  }

  #put(callObject: string, held: Held, out: Outbox): void {
    if (Bun.deepEquals(this.#legs.get(callObject), held)) return;
    this.#set(callObject, held);
    out.keep(prefix + callObject, JSON.parse(JSON.stringify(held)) as Json);
  }

  #set(callObject: string, held: Held): void {
    this.#legs.set(callObject, held);
    const { agent } = held.leg.log;
    const own = this.#byAgent.get(agent) ?? new Set();
    this.#byAgent.set(agent, own.add(callObject));
  }

  #forget(callObject: string, out: Outbox): void {
    const agent = this.#legs.get(callObject)?.leg.log.agent ?? "";
    this.#legs.delete(callObject);
    const own = this.#byAgent.get(agent);
    own?.delete(callObject);
    if (own?.size === 0) this.#byAgent.delete(agent);
    this.#matches.delete(callObject);
    out.keep(prefix + callObject, undefined);
  }
}

function key(callObject: string): string {
  return `task:${callObject}`;
}

function payloadOf(payload: Json): Payload | undefined {
  // Written by `#change`; of an older version of this program it may be another.
  const { version, log } = (payload ?? {}) as Partial<Payload>;
  return typeof version === "number" && typeof log?.callObject === "string"
    ? { version, log: log as CallLog }
    : undefined;
}
