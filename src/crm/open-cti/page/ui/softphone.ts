import type { AgentCommand } from "../../../../model/commands.ts";
import type { Match } from "../../contract.ts";
import { type FromPage, pageProtocol, type PageState, type ToPage } from "../protocol.ts";
import { whyNothing } from "./actions.ts";
import type { CrmSide } from "./crm-side.ts";
import type { Click } from "./open-cti.ts";
import { KnownMatches } from "./known-matches.ts";
import { PageSocket, type SocketLike } from "./socket.ts";
import type { Notice, Place, UiState } from "./state.ts";
import { Store } from "./store.ts";
import { words } from "./words.ts";

export interface SoftphoneParts {
  open(): SocketLike;
  /** Name of this page: see `hello`. */
  page: string;
  /** The one-time token that the page's address had. */
  pairing: string | undefined;
  isFocused(): boolean;
  /** Posts the ticket for which the browser gets its cookie. */
  redeem(ticket: string): void;
  now(): number;
  random(): number;
  after(milliseconds: number, then: () => void): () => void;
}

const mostUnsent = 50;

/** Everything that the page does: what components call, and what follows from what the connector says. */
export class Softphone {
  readonly store = new Store();
  readonly #parts: SoftphoneParts;
  readonly #socket: PageSocket;
  #crm: CrmSide | undefined;
  #pairing: string | undefined;
  #ids = 0;
  #started = false;
  /** What must arrive and could not yet be said. */
  #unsent: FromPage[] = [];
  readonly #known = new KnownMatches();
  #greetedAs: string | undefined;
  /** What was read by itself since Finesse can be asked: once, whatever came of it. */
  readonly #read = new Set<"names" | "layouts">();

  constructor(parts: SoftphoneParts) {
    this.#parts = parts;
    this.#pairing = parts.pairing;
    this.#socket = new PageSocket({
      ...parts,
      hello: () => this.#hello(),
      heard: (message) => this.#heard(message),
      changed: (socket) => {
        this.store.happened({ kind: "socket", socket, lostCommand: words.banner.lostCommand });
        this.#follow();
      },
    });
  }

  /** `crm`: the page stands in Salesforce and has its script. */
  start(crm: CrmSide | undefined): void {
    const news = crm !== undefined && crm !== this.#crm;
    this.#crm ??= crm;
    if (this.#pairing !== undefined) this.store.happened({ kind: "asked", id: "pairing", place: "pairing" });
    // A script that came late: the connector is to know of it.
    if (news && this.#started) this.#socket.restart();
    else this.#socket.start();
    this.#started = true;
  }

  /** Tries at once what would be tried later; also after the connector closed it for good. */
  retry(): void {
    if (this.store.get().socket.phase !== "open") this.#socket.restart();
  }

  command(place: Place, command: AgentCommand): void {
    this.#ask(place, (id) => ({ type: "command", id, command }));
  }

  signIn(agent: string, extension: string, password: string): void {
    this.#ask("sign-in", (id) => ({ type: "sign-in", id, agent, extension, password }));
  }

  /** A token that was pasted. The answer is a `hello`, or an error without an id. */
  pair(token: string): void {
    this.store.happened({ kind: "asked", id: "pairing", place: "pairing" });
    this.#pairing = token;
    if (!this.#socket.send(this.#hello())) this.retry();
  }

  leave(): void {
    this.#socket.send({ type: "leave" });
  }

  readReasons(): void {
    this.#ask("reasons", (id) => ({ type: "reasons", id }));
  }

  readPhoneBook(): void {
    if (Object.values(this.store.get().running).some(({ place }) => place === "phone-book")) return;
    this.#ask("phone-book", (id) => ({ type: "phone-book", id }));
  }

  /** This tab is the one before the person. */
  focused(): void {
    this.#socket.send({ type: "focus" });
  }

  /** Shown as typed at once, sent by `saveNote`. */
  typed(callObject: string, text: string): void {
    this.store.happened({ kind: "typed", callObject, text });
  }

  saveNote(callObject: string): void {
    const text = this.store.get().drafts[callObject];
    if (text !== undefined) this.#socket.send({ type: "note", callObject, text });
  }

  choose(callObject: string, match: Match): void {
    this.sendSurely({ type: "chosen", callObject, match });
    this.#crm?.openRecord(match);
  }

  openRecord(match: Match): void {
    this.#crm?.openRecord(match);
  }

  get inSalesforce(): boolean {
    return this.#crm !== undefined;
  }

  /** Which of a call's fields the org's layout wants to see. */
  get layout(): CrmSide["layout"] {
    return this.#crm?.layout;
  }

  /** A call rings: the utility bar's panel comes up. */
  ring(): void {
    if (this.store.get().leads !== false) this.#crm?.showPanel();
  }

  clicked({ number, recordId, objectType, recordName }: Click): void {
    const why = whyNothing(this.store.get());
    if (why !== undefined) {
      this.say("crm", { tone: "error", text: `${words.openCti.dial}: ${why}` });
      return;
    }
    this.#crm?.showPanel();
    this.#ask("dial", (id) => ({
      type: "click-to-dial",
      id,
      number,
      ...(recordId !== undefined && { recordId }),
      ...(objectType !== undefined && { objectType }),
      ...(recordName !== undefined && { recordName }),
    }));
  }

  say(place: Place, notice: Notice): void {
    this.store.happened({ kind: "said", place, notice });
  }

  dismiss(place: Place): void {
    this.store.happened({ kind: "dismissed", place });
  }

  /** Now, or when the connection is back: what became of a save must not be lost with it. */
  readonly sendSurely = (message: FromPage): void => {
    if (message.type === "matches") this.#known.found(message.callObject, message.matches);
    if (this.store.get().agent === undefined || !this.#socket.send(message))
      this.#unsent = [...this.#unsent, message].slice(-mostUnsent);
  };

  #hello(): FromPage {
    const pairing = this.#pairing;
    const { page, isFocused } = this.#parts;
    return {
      type: "hello",
      version: pageProtocol,
      page,
      openCti: this.#crm !== undefined,
      focused: isFocused(),
      ...(pairing !== undefined && { pairing }),
    };
  }

  #ask(place: Place, message: (id: string) => FromPage): void {
    const id = `${this.#parts.page.slice(0, 8)}-${++this.#ids}`;
    this.store.happened({ kind: "asked", id, place });
    if (this.#socket.send(message(id))) return;
    this.store.happened({
      kind: "message",
      at: this.#parts.now(),
      message: {
        type: "error",
        id,
        error: { code: "connector-unreachable", message: words.whyNot.offline },
      },
    });
  }

  #heard(message: ToPage): void {
    if (message.type === "hello" && message.version !== pageProtocol) {
      this.#socket.end("version");
      return;
    }
    this.store.happened({ kind: "message", message, at: this.#parts.now() });
    if (message.type === "hello") this.#greeted(message);
    else if (message.type === "state") this.#tellAgain(message.state);
    else if (message.type === "pop" || message.type === "pop-now" || message.type === "save")
      this.#forCrm(message);
    this.#follow();
  }

  #greeted({ agent, ticket }: Extract<ToPage, { type: "hello" }>): void {
    if (ticket !== undefined) this.#parts.redeem(ticket);
    // A token is tried once.
    this.#pairing = undefined;
    this.#known.greeted(agent !== this.#greetedAs);
    this.#greetedAs = agent;
    this.#read.clear();
    if (agent === undefined) return;
    const { reasons, drafts } = this.store.get();
    if (reasons === undefined) this.readReasons();
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const message of unsent) this.sendSurely(message);
    for (const callObject of Object.keys(drafts)) this.saveNote(callObject);
  }

  #forCrm(message: Extract<ToPage, { type: "pop" | "pop-now" | "save" }>): void {
    if (this.#crm !== undefined) this.#crm.heard(message);
    else if (message.type === "save")
      this.sendSurely({ type: "not-saved", id: message.id, error: words.banner.noScript });
  }

  /** A worker that started anew has forgotten the names of those who call. */
  #tellAgain(state: PageState): void {
    const owed = this.#known.seen(state);
    if (this.store.get().leads !== false) for (const message of owed) this.#socket.send(message);
  }

  /** What Salesforce is to know of how things stand, and what can be read now. */
  #follow(): void {
    const state = this.store.get();
    const can = whyNothing(state) === undefined;
    this.#crm?.clickToDial(can);
    if (!can) this.#read.clear();
    else this.#readOnce(state);
  }

  /** How calls are laid out, and who the colleagues are that one speaks with. */
  #readOnce({ layouts, contacts, page }: UiState): void {
    const read = (what: "names" | "layouts", type: "phone-book" | "layouts"): void => {
      if (this.#read.has(what)) return;
      this.#read.add(what);
      this.#ask(what, (id) => ({ type, id }));
    };
    if (layouts === undefined) read("layouts", "layouts");
    const speaks = page?.session?.calls.some(
      ({ direction, parent }) => direction === "internal" || parent !== undefined,
    );
    if (contacts === undefined && speaks === true) read("names", "phone-book");
  }
}
