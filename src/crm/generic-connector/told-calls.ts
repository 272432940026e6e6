import type { Call } from "../../model/call.ts";
import { isReleased } from "../../model/call.ts";
import { eventText } from "./event-text.ts";
import { callRole, callState, failureWords, type GcEvent } from "./events.ts";

interface Told {
  call: Call;
  consult: boolean;
  /** What was told of it, without its variables and the call it belongs to. */
  line: string;
  variables: string;
  over: boolean;
  tellings: number;
}

/** Ended calls that are remembered, so that none ends twice. */
const endedKept = 50;

/** What clients of one agent were told of his calls, and what a change means to them (generic-connector.md §5.3). */
export class ToldCalls {
  readonly #agent: string;
  /** By dialog id. */
  readonly #told = new Map<string, Told>();
  #tellings = 0;

  constructor(agent: string) {
    this.#agent = agent;
  }

  /** How often something was told of a call, or of any: to see whether it was since. */
  tellings(dialogId?: string): number {
    return dialogId === undefined ? this.#tellings : (this.#told.get(dialogId)?.tellings ?? 0);
  }

  /** `open`: all calls of the agent now. */
  started(call: Call, extension: string, open: readonly Call[]): GcEvent[] {
    return this.changed(call, extension, open);
  }

  changed(call: Call, extension: string, open: readonly Call[]): GcEvent[] {
    const left = this.#leftBehind(call);
    if (isReleased(call)) return [...left, ...this.over(call, extension)];
    const known = this.#told.get(call.id);
    const before = known?.over === true ? undefined : known;
    const now = this.#picture(call, extension, open);
    const events: GcEvent[] = [];
    const rings = call.state === "ALERTING" && call.from !== extension;
    const isNews = before === undefined ? rings : before.variables !== now.variables;
    if (isNews && !now.consult) events.push(this.#incoming(call, open));
    if (before === undefined || before.line !== now.line) events.push(this.#progress(call, extension, open));
    this.#keep(call.id, {
      ...now,
      over: false,
      tellings: (known?.tellings ?? 0) + (events.length > 0 ? 1 : 0),
    });
    if (events.length > 0) this.#tellings++;
    return [...left, ...events];
  }

  /** Released or ended; told once. */
  over(call: Call, extension: string): GcEvent[] {
    const known = this.#told.get(call.id);
    if (known?.over === true) return [];
    const consult = known?.consult ?? callRole(call, extension) === "consult";
    const tellings = (known?.tellings ?? 0) + 1;
    this.#keep(call.id, { call, consult, line: "", variables: "", over: true, tellings });
    this.#tellings++;
    return [this.#dropped(call, consult)];
  }

  /** All there is to say of a call now, as an answer. */
  whole(call: Call, extension: string, open: readonly Call[]): GcEvent[] {
    if (isReleased(call)) return [this.#dropped(call, callRole(call, extension) === "consult")];
    const rings = call.state === "ALERTING" && call.from !== extension;
    this.#keep(call.id, {
      ...this.#picture(call, extension, open),
      over: false,
      tellings: this.tellings(call.id) + 1,
    });
    this.#tellings++;
    const progress = this.#progress(call, extension, open);
    return rings ? [this.#incoming(call, open), progress] : [progress];
  }

  /** The contact went on under another dialog id, which a session tells by no end: for clients the old dialog is over. */
  #leftBehind(call: Call): GcEvent[] {
    const events: GcEvent[] = [];
    for (const [id, told] of this.#told) {
      if (id === call.id || told.over || told.call.interaction !== call.interaction) continue;
      this.#keep(id, { ...told, over: true, tellings: told.tellings + 1 });
      events.push(this.#dropped(told.call, told.consult));
    }
    return events;
  }

  #picture(
    call: Call,
    extension: string,
    open: readonly Call[],
  ): Pick<Told, "call" | "consult" | "line" | "variables"> {
    const consult = callRole(call, extension) === "consult";
    const bare = { ...call, variables: {} };
    return {
      call,
      consult,
      line: eventText(this.#progress(bare, extension, [])),
      variables: JSON.stringify([call.variables, this.#associated(call, open)]),
    };
  }

  #incoming(call: Call, open: readonly Call[]): GcEvent {
    return { event: "NewInboundCall", agent: this.#agent, call, associated: this.#associated(call, open) };
  }

  #progress(call: Call, extension: string, open: readonly Call[]): GcEvent {
    const state = callState(call);
    if (callRole(call, extension) === "consult")
      return { event: "ConsultCall", agent: this.#agent, state, call };
    return {
      event: "InboundCall",
      agent: this.#agent,
      state,
      call,
      associated: this.#associated(call, open),
      ...(state === "FAILED" && { failure: failureWords(call.cause) }),
    };
  }

  #dropped(call: Call, consult: boolean): GcEvent {
    const agent = this.#agent;
    if (consult) return { event: "ConsultCall", agent, state: "DROPPED", call };
    return { event: "InboundCall", agent, state: "DROPPED", call, associated: undefined };
  }

  /** The dialog of the call that this one was made for, or that was made for it. */
  #associated(call: Call, open: readonly Call[]): string | undefined {
    if (call.parent !== undefined) return open.find(({ interaction }) => interaction === call.parent)?.id;
    return open.find(({ parent, state }) => parent === call.interaction && !isReleased({ state }))?.id;
  }

  #keep(id: string, told: Told): void {
    this.#told.delete(id);
    this.#told.set(id, told);
    if (this.#told.size <= endedKept) return;
    for (const [old, { over }] of this.#told) {
      if (!over) continue;
      this.#told.delete(old);
      return;
    }
  }
}
