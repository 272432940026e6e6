import { isIP } from "node:net";
import type { MobileAgentLogin } from "../model/commands.ts";
import type { TransportChoice } from "../model/settings.ts";
import { Invalid } from "./invalid.ts";
import { nearest } from "./nearest.ts";

/** Readers of single values, the same for flags, environment and file. Each throws `Invalid`. */

/** Seconds from `10`, `0.5`, `10s`, `500ms`, `2m`, `1h`. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim());
  const factor = { ms: 0.001, s: 1, m: 60, h: 3600 }[match?.[2] ?? "s"] ?? 1;
  const value = Number(match?.[1]) * factor;
  if (match === null || !(value > 0) || value > 86_400) {
    throw new Invalid(
      `"${text}" is not a time`,
      "write seconds, or 500ms, 10s, 2m; more than none, at most a day",
    );
  }
  return value;
}

/** One `host:address` or `host:port:address`; the address is IPv4 or IPv6, bare or in brackets. */
export interface ResolveEntry {
  host: string;
  port: number | undefined;
  address: string;
}

export function resolveEntry(text: string): ResolveEntry {
  const form = "write HOST:ADDRESS or HOST:PORT:ADDRESS, as for curl --resolve";
  const colon = text.indexOf(":");
  const host = text.slice(0, Math.max(0, colon)).trim();
  const rest = text.slice(colon + 1).trim();
  if (colon <= 0 || !/^[A-Za-z0-9_.*-]+$/.test(host)) throw new Invalid(`"${text}" names no host`, form);
  const whole = addressOf(rest);
  // `2001:db8::1` begins like a port: an address as a whole wins.
  if (whole !== undefined) return { host, port: undefined, address: whole };
  const [, port = "", tail = ""] = /^(\d{1,5}):(.*)$/.exec(rest) ?? [];
  const address = addressOf(tail);
  if (address === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new Invalid(`"${text}" holds no IP address`, form);
  }
  return { host, port: Number(port), address };
}

function addressOf(text: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : bare;
}

/** A SHA-256 fingerprint as 64 lower-case hex digits; colons and a leading `sha256:` are taken too. */
export function fingerprint(text: string): string {
  const hex = text
    .trim()
    .replace(/^sha-?256[:=]/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new Invalid(
      `is not a SHA-256 fingerprint`,
      "show it with: openssl s_client -connect HOST:8445 </dev/null | openssl x509 -noout -fingerprint -sha256",
    );
  }
  return hex;
}

const mobileModes: Readonly<Record<string, MobileAgentLogin["mode"]>> = {
  call_by_call: "CALL_BY_CALL",
  nailed_connection: "NAILED_CONNECTION",
  nailed: "NAILED_CONNECTION",
};

/** `CALL_BY_CALL:5551234` or `nailed:5551234`. */
export function mobileAgent(text: string): MobileAgentLogin {
  const [word = "", number = ""] = text.split(":", 2);
  const mode = mobileModes[word.trim().toLowerCase().replaceAll("-", "_")];
  if (mode === undefined || !/^\+?[0-9*#]+$/.test(number.trim())) {
    throw new Invalid(
      `"${text}" is not a mobile agent's MODE:NUMBER`,
      "write call-by-call:5551234 or nailed:5551234",
    );
  }
  return { mode, dialNumber: number.trim() };
}

/** `true`, `1`, `yes`, `on` and their opposites. */
export function truth(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  if (["false", "0", "no", "off", ""].includes(word)) return false;
  throw new Invalid(`"${text}" is neither true nor false`, "write true or false");
}

/** One of the given words. */
export function choice<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text.trim());
    if (found !== undefined) return found;
    const near = nearest(text, words);
    throw new Invalid(`"${text}" is not one of ${words.join(", ")}`, near && `did you mean "${near}"`);
  };
}

const transportWords = ["auto", "websocket", "bosh", "tls"] as const;

/** How notifications come: a word, or a URL whose scheme says which way it is. TLS is no choice: the password goes through it. */
export function transportChoice(text: string): TransportChoice {
  const trimmed = text.trim();
  if (!trimmed.includes("://")) return choice(transportWords)(trimmed);
  const form = "write wss://HOST:8445/ws/, https://HOST:7443/http-bind/ or xmpps://HOST:5223";
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  // Never shown: what stands before the @ may be a password.
  if (/^[^/]*\/\/[^/]*@/.test(trimmed)) throw new Invalid("holds a user name or password", form);
  if (url === undefined || url.hostname === "") throw new Invalid(`"${trimmed}" is not an address`, form);
  if (!["wss:", "https:", "xmpps:"].includes(url.protocol)) {
    throw new Invalid(`"${trimmed}" does not begin with wss://, https:// or xmpps://`, form);
  }
  return trimmed;
}

/** The name of a profile becomes part of file names. */
export function profileName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text)) {
    throw new Invalid(
      `"${text}" is not a profile's name`,
      "use letters, digits, dot, dash and underscore, at most 40 of them",
    );
  }
  return text;
}

/** An agent id or login name, an extension: something, and nothing that breaks a URL path. */
export function name(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new Invalid("is empty");
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0020/?#\u007f]/.test(trimmed)) {
    throw new Invalid("holds a space, a slash, a question mark or a #, which no Finesse id does");
  }
  return trimmed;
}
