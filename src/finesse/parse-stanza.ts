import { CtiError } from "../model/errors.ts";
import type { Update } from "./contract.ts";
import { parseUpdate } from "./parse-update.ts";
import { child, parseXml, type XmlElement } from "./xml-tree.ts";

/** One notification out of a message stanza: the node it was published on, and the `<Update>` in one of its two forms. */
interface Notification {
  node: string | undefined;
  payload: string | XmlElement;
}

/**
 * From the text of a message stanza to what it says: the way of every live event and of `cti decode`. Elements are found by local name,
 * since the namespace of `notification` differs between releases (§13); several items are legal. A stanza without any is no updates.
 * Throws CtiError `finesse-protocol`.
 */
export function parseNotificationStanza(text: string): Update[] {
  return parseNotifications(parseXml(text));
}

/** The same for a stanza that is already a tree. */
export function parseNotifications(message: XmlElement): Update[] {
  return findNotifications(message).map(({ node, payload }) =>
    typeof payload === "string" ? parsePayload(payload, node) : parseUpdate(payload, node),
  );
}

/** The text of a notification: an `<Update>`, escaped as often as the server saw fit (§13). */
export function parsePayload(text: string, node?: string): Update {
  return parseUpdate(parseXml(unescapePayload(text)), node);
}

/** A payload that is still escaped after the stanza was read is unescaped once more. */
export function unescapePayload(text: string): string {
  if (!/^\s*&lt;/.test(text)) return text;
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}

function findNotifications(message: XmlElement): Notification[] {
  const event = child(message, "event");
  if (event === undefined) return [];
  const found: Notification[] = [];
  for (const items of event.children) {
    if (items.name.toLowerCase() !== "items") continue;
    const { node } = items.attributes;
    for (const item of items.children) {
      const notification = child(item, "notification");
      if (notification === undefined) continue;
      const [content] = notification.children;
      if (content === undefined && notification.text.trim() === "") {
        throw new CtiError({
          code: "finesse-protocol",
          message: "a notification from Finesse is empty",
          ...(node !== undefined && { why: `on node ${node}` }),
        });
      }
      found.push({ node, payload: content ?? notification.text });
    }
  }
  return found;
}
