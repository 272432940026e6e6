import type { Publication } from "../contract.ts";
import type { Random } from "../../platform/random.ts";
import { ns } from "./namespaces.ts";
import { element, type XmlElement } from "./xml.ts";

/** How notifications differ from site to site (reference/finesse.md §13); all off gives the captured standard. */
export interface Variations {
  /** `http://jabber.org/protocol/pubsub` in most captures, `urn:xmpp:push:0` in one of release 12.5. */
  notificationNamespace: string;
  /** `<event>put</event>` where the standard is upper case. */
  lowerCaseEvent: boolean;
  /** Chance, 0 to 1, that a notification comes twice. */
  duplicates: number;
}

export const standardVariations: Variations = {
  notificationNamespace: ns.pubsub,
  lowerCaseEvent: false,
  duplicates: 0,
};

/** Explicit subscriptions. They outlive the stream, as in the server's database, until the client takes them back. */
export class Subscriptions {
  readonly #jidsOf = new Map<string, Set<string>>();

  add(node: string, jid: string): void {
    const jids = this.#jidsOf.get(node) ?? new Set();
    this.#jidsOf.set(node, jids.add(jid));
  }

  /** False when there was none. */
  remove(node: string, jid: string): boolean {
    return this.#jidsOf.get(node)?.delete(jid) ?? false;
  }

  subscribers(node: string): string[] {
    return [...(this.#jidsOf.get(node) ?? [])];
  }

  /** Pairs whose address `matches`. */
  list(matches: (jid: string) => boolean = () => true): { node: string; jid: string }[] {
    return [...this.#jidsOf].flatMap(([node, jids]) =>
      [...jids].filter(matches).map((jid) => ({ node, jid })),
    );
  }

  clear(): void {
    this.#jidsOf.clear();
  }
}

/**
 * The message stanza of reference/finesse.md §13: no `type`, the Update as escaped text. `to` is the bare address for automatic
 * subscriptions, the subscribed one otherwise.
 */
export function notification(
  publication: Publication,
  to: string,
  domain: string,
  variations: Variations,
  random: Random,
): XmlElement {
  const payload = variations.lowerCaseEvent
    ? publication.xml.replace(/<event>([A-Z]+)<\/event>/, (whole) => whole.toLowerCase())
    : publication.xml;
  return element(
    "message",
    { from: `pubsub.${domain}`, to, id: `${publication.node}__${to}__${randomText(random, 5)}` },
    element(
      "event",
      { xmlns: ns.pubsubEvent },
      element(
        "items",
        { node: publication.node },
        element(
          "item",
          { id: itemId(random) },
          element("notification", { xmlns: variations.notificationNamespace }, payload),
        ),
      ),
    ),
  );
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function randomText(random: Random, length: number, alphabet = letters): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}

function itemId(random: Random): string {
  const hex = (length: number) => randomText(random, length, "0123456789abcdef");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}${randomText(random, 3, "0123456789")}`;
}
