import type { CtiError } from "../../../model/errors.ts";
import type { CtiPort } from "../../adapter.ts";
import type { CallLog } from "../contract.ts";
import type { PageDesk } from "./contract.ts";
import { leaderOf, type LeadState, noPages, transitionLead } from "./lead.ts";
import { closeCodes, type FromPage, type PageState, type ToPage } from "./protocol.ts";
import { record } from "./record.ts";
import { noPage, refusedSave, unknownSave } from "./save-errors.ts";
import type { PageSocket } from "./socket.ts";

export interface SeatOptions {
  agent: string;
  desk: PageDesk;
  port: CtiPort;
  /** Nobody is at it any more. */
  onEmpty: () => void;
}

/** One page of the agent's, as it called itself. */
export interface SeatedPage {
  page: string;
  openCti: boolean;
  focused: boolean;
}

interface Save {
  page: string;
  log: CallLog;
  resolve: (recordId: string) => void;
  reject: (error: CtiError) => void;
}

/** Seconds that the lease outlives its last renewal; a page that went without a word is noticed by then. */
const leaseTime = 30;
const renewEvery = 10_000;
/** Milliseconds in which a page comes back that was reloaded or lost its connection: nobody has left, and what it saves it may still answer. */
const returnTime = 5000;
/** Milliseconds between two states, and how many go out at once after a pause: a call that rings is told as a reserved agent, a call, and its records. */
const stateEvery = 100;
const stateBurst = 3;
const mostPages = 12;
/** Calls that a page has searched for, as many as it remembers itself. */
const mostSearched = 20;
const leaseId = "open-cti:page";

/** What one agent's pages share: who leads, that somebody is there, what they show, what the leading one saves. */
export class Seat {
  readonly agent: string;
  readonly #options: SeatOptions;
  readonly #pages = new Map<string, { socket: PageSocket; openCti: boolean; told: boolean | undefined }>();
  readonly #saves = new Map<string, Save>();
  readonly #absent = new Map<string, () => void>();
  /** Which page has searched for a call and not popped. */
  readonly #searched = new Map<string, string>();
  #lead: LeadState = noPages;
  #leader: string | undefined;
  #saveCount = 0;
  #hadSession = false;
  #closed = false;
  /** When the last of a steady row of states would have gone out; the burst is how far it may lie ahead. */
  #stateAt = Number.NEGATIVE_INFINITY;
  #cancelState: (() => void) | undefined;
  #cancelLease: () => void = () => {};

  constructor(options: SeatOptions) {
    this.#options = options;
    this.agent = options.agent;
  }

  /** The lease of a sign-in. */
  static lease(pages = 1): { id: string; label: string; ttl: number } {
    return {
      id: leaseId,
      label: pages === 1 ? "softphone page" : `${pages} softphone pages`,
      ttl: leaseTime,
    };
  }

  get sockets(): PageSocket[] {
    return [...this.#pages.values()].map(({ socket }) => socket);
  }

  get openCtiPages(): number {
    return [...this.#pages.values()].filter(({ openCti }) => openCti).length;
  }

  get canPop(): boolean {
    return this.#popper !== undefined;
  }

  /** False when the agent has too many pages. The page's own earlier socket makes room. */
  join({ page, openCti, focused }: SeatedPage, socket: PageSocket): boolean {
    const known = this.#pages.get(page);
    if (known === undefined && this.#pages.size >= mostPages) return false;
    this.#pages.set(page, { socket, openCti, told: undefined });
    if (known !== undefined && known.socket !== socket)
      known.socket.close(closeCodes.replaced, "the same page has a newer connection");
    this.#absent.get(page)?.();
    this.#absent.delete(page);
    this.#lead = transitionLead(this.#lead, { type: "joined", page, openCti, focused });
    this.#tellLead();
    this.#renew();
    const text = this.#stateText();
    socket.sendState(text);
    return true;
  }

  /** The page's socket is gone. `forGood`: its person said so, and nothing is waited for. */
  leave(page: string, socket: PageSocket, forGood = false): void {
    if (this.#closed || this.#pages.get(page)?.socket !== socket) return;
    this.#pages.delete(page);
    this.#lead = transitionLead(this.#lead, { type: "left", page });
    const { clock } = this.#options.port;
    const gone = (): void => {
      this.#absent.delete(page);
      for (const [id, save] of [...this.#saves])
        if (save.page === page) this.#endSave(id, ({ reject, log }) => reject(unknownSave(log)));
      this.#endIfEmpty();
    };
    if (forGood) gone();
    else this.#absent.set(page, clock.after(returnTime, gone));
    this.#tellLead();
  }

  focus(page: string): void {
    this.#lead = transitionLead(this.#lead, { type: "focus", page });
    this.#tellLead();
  }

  /** What the pages show is different: they are told at once, and ten times a second in the long run. */
  changed(): void {
    const hasSession = this.#options.port.status(this.agent) !== undefined;
    // A session that begins under an open page begins attended.
    if (hasSession && !this.#hadSession && this.#pages.size > 0) this.#renew();
    this.#hadSession = hasSession;
    if (this.#cancelState !== undefined) return;
    const { clock } = this.#options.port;
    // A clock set back keeps nobody waiting.
    const ahead = Math.min(this.#stateAt - clock.now(), stateBurst * stateEvery);
    const wait = Math.max(0, ahead - (stateBurst - 1) * stateEvery);
    if (wait === 0) return this.#sendStates();
    this.#cancelState = clock.after(wait, () => this.#sendStates());
  }

  /**
   * To the page that leads, if it has Open CTI. False: nothing was sent, as of a `pop-now` for which another page has searched: this one would pop
   * nothing.
   */
  sendToPopper(message: ToPage & { type: "pop" | "pop-now" }): boolean {
    const popper = this.#popper;
    if (popper === undefined || this.#leader === undefined) return false;
    const { callObject } = message;
    if (message.type === "pop-now" && this.#searched.get(callObject) !== this.#leader) return false;
    if (!popper.socket.send(message)) return false;
    this.#searched.delete(callObject);
    if (message.type === "pop" && message.deferred) this.#remember(callObject, this.#leader);
    const { port } = this.#options;
    record(port, { direction: "out", agent: this.agent, peer: popper.socket.address, message });
    return true;
  }

  save(log: CallLog, recordId: string | undefined, signal: AbortSignal, anew = false): Promise<string> {
    const popper = this.#popper;
    if (popper === undefined || this.#leader === undefined) return Promise.reject(noPage(this.agent));
    const { port } = this.#options;
    const page = this.#leader;
    const id = `save-${++this.#saveCount}-${port.random().toString(36).slice(2, 8)}`;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(noPage(this.agent));
      const message = { type: "save", id, log, recordId, ...(anew && { anew }) } as const;
      if (!popper.socket.send(message)) return reject(noPage(this.agent));
      record(port, { direction: "out", agent: this.agent, peer: popper.socket.address, message });
      const late = (): void => this.#endSave(id, (save) => save.reject(unknownSave(log)));
      const settled = (): void => signal.removeEventListener("abort", late);
      this.#saves.set(id, {
        page,
        log,
        resolve: (given) => {
          settled();
          resolve(given);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      signal.addEventListener("abort", late, { once: true });
    });
  }

  /** The answer to a `save`, which only the page that was asked may give. */
  saved(page: string, socket: PageSocket, message: SaveAnswer): void {
    const save = this.#saves.get(message.id);
    if (save === undefined || save.page !== page) return;
    record(this.#options.port, { direction: "in", agent: this.agent, peer: socket.address, message });
    this.#endSave(message.id, ({ resolve, reject, log }) => {
      if (message.type === "saved") resolve(message.recordId);
      else
        reject(message.unknown === true ? unknownSave(log, message.error) : refusedSave(log, message.error));
    });
  }

  /** Everybody goes: nothing is waited for. */
  close(): void {
    this.#closed = true;
    this.#cancelState?.();
    this.#cancelLease();
    for (const cancel of this.#absent.values()) cancel();
    for (const id of [...this.#saves.keys()])
      this.#endSave(id, ({ reject, log }) => reject(unknownSave(log)));
  }

  get #popper(): { socket: PageSocket } | undefined {
    const leading = this.#leader === undefined ? undefined : this.#pages.get(this.#leader);
    return leading?.openCti === true && leading.socket.isOpen ? leading : undefined;
  }

  #remember(callObject: string, page: string): void {
    this.#searched.set(callObject, page);
    const [oldest] = this.#searched.keys();
    if (this.#searched.size > mostSearched && oldest !== undefined) this.#searched.delete(oldest);
  }

  #tellLead(): void {
    const before = this.#leader;
    this.#leader = leaderOf(this.#lead);
    for (const [page, entry] of this.#pages) {
      const leads = page === this.#leader;
      if (entry.told === leads) continue;
      entry.told = leads;
      entry.socket.send({ type: "lead", leads });
    }
    if (this.#leader !== before && this.canPop) this.#options.desk.arrived(this.agent);
  }

  #sendStates(): void {
    this.#cancelState = undefined;
    if (this.#pages.size === 0) return;
    const now = this.#options.port.clock.now();
    this.#stateAt = Math.max(now, Math.min(this.#stateAt, now + (stateBurst - 1) * stateEvery)) + stateEvery;
    const text = this.#stateText();
    for (const { socket } of this.#pages.values()) socket.sendState(text);
  }

  #stateText(): string {
    const { port, desk } = this.#options;
    const unattended = port.unattended(this.agent);
    const state: PageState = {
      session: port.status(this.agent),
      logs: desk.logs(this.agent),
      unattended: unattended === undefined ? undefined : { then: unattended.then, after: unattended.after },
    };
    return JSON.stringify({ type: "state", state } satisfies ToPage);
  }

  #renew(): void {
    const { port } = this.#options;
    this.#cancelLease();
    this.#hadSession = port.status(this.agent) !== undefined;
    port.lease(this.agent, Seat.lease(this.#pages.size));
    this.#cancelLease = port.clock.after(renewEvery, () => {
      if (this.#pages.size > 0) this.#renew();
    });
  }

  #endIfEmpty(): void {
    if (this.#pages.size > 0 || this.#absent.size > 0) return;
    const { port, onEmpty } = this.#options;
    this.#cancelState?.();
    this.#cancelState = undefined;
    this.#cancelLease();
    port.endLease(this.agent, leaseId);
    onEmpty();
  }

  #endSave(id: string, end: (save: Save) => void): void {
    const save = this.#saves.get(id);
    if (save === undefined) return;
    this.#saves.delete(id);
    end(save);
  }
}

export type SaveAnswer = FromPage & { type: "saved" | "not-saved" };
