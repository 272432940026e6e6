import { Invalid } from "../../platform/invalid.ts";
import { nearest } from "../../platform/nearest.ts";
import { choice } from "../../platform/values.ts";
import type { SecurePasswordSettings } from "./contract.ts";
import { defaultSecurePassword } from "./secure-password.ts";

const keys = ["applies", "cipher", "iv", "padding", "text", "encoding"];

/** `true`, or a table of generic-connector.md §10. The key is a secret and never stands here. Throws `Invalid`. */
export function readSecurePassword(value: unknown): SecurePasswordSettings | undefined {
  if (value === true) return defaultSecurePassword;
  if (value === false) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Invalid('must be true, or a table like { iv = "random", encoding = "base64" }');
  const given = new Map<string, unknown>(Object.entries(value));
  for (const key of given.keys()) {
    if (keys.includes(key)) continue;
    if (key === "key") throw new Invalid("holds a key", "remove it from the file; set CTI_GC_PASSWORD_KEY");
    const near = nearest(key, keys);
    throw new Invalid(
      `knows no "${key}"`,
      near === undefined ? `it may hold: ${keys.join(", ")}` : `did you mean "${near}"?`,
    );
  }
  const word = <Word extends string>(key: string, words: readonly Word[], fallback: Word): Word => {
    const said = given.get(key);
    if (said === undefined) return fallback;
    if (typeof said !== "string") throw new Invalid(`wants a text as "${key}"`);
    try {
      return choice(words)(said);
    } catch (error) {
      throw error instanceof Invalid
        ? new Invalid(`wants another "${key}": ${error.message}`, error.hint)
        : error;
    }
  };
  const fallback = defaultSecurePassword;
  return {
    applies: appliesOf(given.get("applies")),
    cipher: word("cipher", ["des-ede3-cbc", "des-ede3"] as const, fallback.cipher),
    iv: ivOf(given.get("iv")),
    padding: word("padding", ["pkcs7", "zero", "none"] as const, fallback.padding),
    text: word("text", ["utf8", "utf16le", "latin1"] as const, fallback.text),
    encoding: word("encoding", ["base64", "hex"] as const, fallback.encoding),
  };
}

function appliesOf(value: unknown): SecurePasswordSettings["applies"] {
  if (value === undefined) return defaultSecurePassword.applies;
  const words: unknown[] = Array.isArray(value) ? value : [value];
  if (words.length === 0) throw new Invalid('applies to nothing: write applies = ["connect", "login"]');
  return words.map((word) => {
    if (word === "connect" || word === "login") return word;
    throw new Invalid('applies to "connect" or "login", or both: applies = ["connect", "login"]');
  });
}

function ivOf(value: unknown): SecurePasswordSettings["iv"] {
  if (value === undefined || value === "random") return "random";
  const [, fixed] = typeof value === "string" ? (/^fixed:([0-9a-f]{16})$/i.exec(value) ?? []) : [];
  if (fixed === undefined)
    throw new Invalid('wants another "iv"', 'write iv = "random" or iv = "fixed:" and 16 hex digits');
  return { fixed };
}
