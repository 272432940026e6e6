import type { Contact } from "../../model/agent.ts";
import { toCtiError } from "../../model/errors.ts";
import type { DeskParts } from "./desk-parts.ts";
import { thrownError } from "./errors.ts";
import type { Book, BookContact, GcEvent, ReasonKind } from "./events.ts";
import type { GcRequest } from "./requests.ts";
import type { RosterEntry } from "./roster.ts";
import type { Voice } from "./voice.ts";

const reasonKinds: Partial<Record<GcRequest["command"], ReasonKind>> = {
  reasoncodenotready: "NotReady",
  reasoncodelogout: "Logout",
  wrapupreasoncode: "WrapUp",
};

/** Requests for what the agent may choose from: reasons and phone books (generic-connector.md §4.2, §4.5). */
export class DeskLists {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** `undefined` for a request that asks for no list. */
  answer(entry: RosterEntry, request: GcRequest, voice: Voice): Promise<void> | undefined {
    const kind = reasonKinds[request.command];
    if (kind !== undefined) return this.#told(entry, request, voice, () => this.#reasons(entry.agent, kind));
    switch (request.command) {
      case "getphonebooks":
        return this.#told(entry, request, voice, async () => ({
          event: "Phonebooks",
          agent: entry.agent,
          books: booksOf(await this.#contacts(entry.agent)),
        }));
      case "getteamphonebooks":
        return this.#told(entry, request, voice, async () => ({
          event: "TeamPhoneBooks",
          agent: entry.agent,
          books: booksOf(await this.#contacts(entry.agent)).filter(({ type }) => type === "TEAM"),
        }));
      case "getphonebookcontacts":
        return this.#told(entry, request, voice, async () => ({
          event: "PhonebookContacts",
          agent: entry.agent,
          contacts: contactsOf(await this.#contacts(entry.agent), request.phoneBookId),
        }));
      default:
        return undefined;
    }
  }

  async #told(
    entry: RosterEntry,
    request: GcRequest,
    voice: Voice,
    read: () => Promise<GcEvent>,
  ): Promise<void> {
    try {
      voice.toClients(entry, await read());
    } catch (thrown) {
      voice.error(entry.destinations, entry.agent, request.command, thrownError(toCtiError(thrown)));
    }
  }

  async #reasons(agent: string, kind: ReasonKind): Promise<GcEvent> {
    const { notReady, logout, wrapUp } = await this.#parts.options.port.reasons(agent);
    const reasons =
      kind === "WrapUp"
        ? wrapUp.map(({ id, label }) => ({ code: id, label }))
        : (kind === "NotReady" ? notReady : logout).map(({ code, label }) => ({ code, label }));
    return { event: "ReasonCodes", agent, kind, reasons };
  }

  #contacts(agent: string): Promise<Contact[]> {
    return this.#parts.options.port.phoneBook(agent);
  }
}

/** The books in the order in which their contacts come; an id is a place in that order, so it stays as long as the books do. */
export function booksOf(contacts: readonly Contact[]): Book[] {
  const books = new Map<string, Book>();
  for (const contact of contacts) {
    const key = bookKey(contact);
    if (books.has(key)) continue;
    const type = contact.bookType?.toUpperCase() === "TEAM" ? "TEAM" : "GLOBAL";
    books.set(key, { id: String(books.size + 1), name: contact.book, type });
  }
  return [...books.values()];
}

export function contactsOf(contacts: readonly Contact[], bookId: string): BookContact[] {
  const keys = [...new Set(contacts.map(bookKey))];
  const wanted = keys[Number(bookId) - 1];
  return contacts
    .filter((contact) => bookKey(contact) === wanted)
    .map(({ firstName, lastName, number, description }, at) => ({
      id: String(at + 1),
      firstName,
      lastName,
      number,
      description,
    }));
}

function bookKey({ book, bookType }: Contact): string {
  return JSON.stringify([bookType, book]);
}
