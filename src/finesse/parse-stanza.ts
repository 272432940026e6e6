import type { Update } from "./contract.ts";
import { parseUpdate } from "./parse-update.ts";
import { child, fieldError, parseXml, type XmlElement } from "./xml-tree.ts";

/** One notification out of a message stanza: the node it was published on, and the `<Update>` in one of its two forms. */
export interface Notification {
  node: string | undefined;
  payload: string | XmlElement;
}

/**
 * From the text of a message stanza to what it says. A stanza without notifications is no updates.
 * Throws CtiError `finesse-protocol`.
 */
export function parseNotificationStanza(text: string): Update[] {
  return parseNotifications(parseXml(text));
}

/** The same for a stanza that is already a tree. */
export function parseNotifications(message: XmlElement): Update[] {
  return findNotifications(message).map(readNotification);
}

export function readNotification({ node, payload }: Notification): Update {
  return typeof payload === "string" ? parsePayload(payload, node) : parseUpdate(payload, node);
}

/** The text of a notification: an `<Update>`, escaped as often as the server saw fit (§13). */
function parsePayload(text: string, node: string | undefined): Update {
  if (text.trim() === "") throw fieldError("notification", "it is empty");
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

/**
 * Elements are found by local name, since the namespace of `notification` differs between releases; several items are legal, and the
 * payload may be real elements in place of escaped text (§13).
 */
export function findNotifications(message: XmlElement): Notification[] {
  const event = child(message, "event");
  if (event === undefined) return [];
  const found: Notification[] = [];
  for (const items of event.children) {
    if (items.name.toLowerCase() !== "items") continue;
    for (const item of items.children) {
      const notification = child(item, "notification");
      if (notification === undefined) continue;
      found.push({ node: items.attributes.node, payload: notification.children[0] ?? notification.text });
    }
  }
  return found;
}
