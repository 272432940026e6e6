import type { WireRecord } from "../model/wire.ts";

const saslElement = /^\s*<(?:[\w-]+:)?(?:auth|authenticate|response|challenge|success)\b/;

/** Begins the id of our keep-alive pings. */
export const pingKind = "ping";

const keepAlivePing = new RegExp(`^\\s*<(?:[\\w-]+:)?iq\\b[^>]*\\bid=["']${pingKind}-\\d+["']`);

/**
 * Our pings and their answers: six times a minute for each agent they would push out of the trace what it is kept for. A ping that is
 * missed ends the link, which is told; the last round trip is in the status.
 */
export function isKeepAlive(text: string): boolean {
  return keepAlivePing.test(text);
}

/** A stanza as the trace keeps it: without the content of SASL elements, which is the password or as good as it. */
export function stanzaRecord(direction: "out" | "in", text: string, peer: string, agent: string): WireRecord {
  return {
    channel: "xmpp",
    direction,
    peer,
    agent,
    cause: undefined,
    requestId: /requestId(?:&gt;|>)([^&<]+)/.exec(text)?.[1],
    summary: summaryOf(text),
    text: saslElement.test(text) ? text.replace(/>[^<]+</g, ">[left out]<") : text,
  };
}

/** `message /finesse/api/User/1001`, `iq result`, `presence unavailable`, `auth`. */
function summaryOf(text: string): string {
  const tag = /<(?:[\w-]+:)?([\w-]+)((?:[^>"']|"[^"]*"|'[^']*')*)/.exec(text);
  if (tag === null) return "text";
  const [, name = "", attributes = ""] = tag;
  const node = name === "message" ? /<items\b[^>]*\bnode=["']([^"']+)/.exec(text)?.[1] : undefined;
  const type = /\btype=["']([\w-]+)/.exec(attributes)?.[1];
  return [name, node ?? type].filter((part) => part !== undefined).join(" ");
}
