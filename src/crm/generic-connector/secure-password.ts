import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SecurePasswordSettings } from "./contract.ts";

/**
 * Passwords under Triple-DES, as `UseSecurePassword` clients send them (generic-connector.md §10). The vendor's scheme is not public, so
 * every part is a setting. Triple-DES keeps a password from being read in passing, no more: TLS to the broker is the protection.
 */

/** What cannot be encrypted or decrypted. Says nothing of key, password or what was sent. */
export class SecurePasswordError extends Error {
  override readonly name = "SecurePasswordError";
}

export const defaultSecurePassword: SecurePasswordSettings = {
  applies: ["connect", "login"],
  cipher: "des-ede3-cbc",
  iv: "random",
  padding: "pkcs7",
  text: "utf8",
  encoding: "base64",
};

const block = 8;

/**
 * The 24 bytes of a key given as 32 or 48 hex digits, or as Base64 of 16 or 24 bytes; a key of 16 bytes means K1‖K2‖K1. What is all hex
 * digits is read as hex. Throws `SecurePasswordError`.
 */
export function passwordKey(text: string): Buffer {
  const given = text.trim();
  const bytes = /^(?:[0-9a-f]{32}|[0-9a-f]{48})$/i.test(given)
    ? Buffer.from(given, "hex")
    : /^[A-Za-z0-9+/_-]+={0,2}$/.test(given)
      ? Buffer.from(given, "base64")
      : Buffer.alloc(0);
  if (bytes.length === 24) return bytes;
  if (bytes.length === 16) return Buffer.concat([bytes, bytes.subarray(0, block)]);
  throw new SecurePasswordError("the key is not 16 or 24 bytes, as hex digits or Base64");
}

/** @param key 24 bytes, see `passwordKey` */
export function encryptPassword(password: string, key: Buffer, settings: SecurePasswordSettings): string {
  const { cipher, iv, padding, text, encoding } = settings;
  const start =
    cipher === "des-ede3" ? null : iv === "random" ? randomBytes(block) : Buffer.from(iv.fixed, "hex");
  const plain = padded(Buffer.from(password, text), padding);
  const encrypt = createCipheriv(cipher, key, start).setAutoPadding(padding === "pkcs7");
  const sent = Buffer.concat([
    ...(start !== null && iv === "random" ? [start] : []),
    encrypt.update(plain),
    encrypt.final(),
  ]);
  return sent.toString(encoding);
}

/** @param key 24 bytes. Throws `SecurePasswordError` for what was not encrypted so, or with another key. */
export function decryptPassword(sent: string, key: Buffer, settings: SecurePasswordSettings): string {
  const { cipher, iv, padding, text } = settings;
  const bytes = bytesOf(sent.trim(), settings.encoding);
  const carriesIv = cipher !== "des-ede3" && iv === "random";
  const start =
    cipher === "des-ede3" ? null : iv === "random" ? bytes.subarray(0, block) : Buffer.from(iv.fixed, "hex");
  const data = carriesIv ? bytes.subarray(block) : bytes;
  if (data.length === 0 || data.length % block !== 0) throw undecipherable();
  const decrypt = createDecipheriv(cipher, key, start).setAutoPadding(padding === "pkcs7");
  let plain: Buffer;
  try {
    plain = Buffer.concat([decrypt.update(data), decrypt.final()]);
  } catch {
    throw undecipherable();
  }
  const password = textOf(padding === "zero" ? unpadded(plain, text) : plain, text);
  // oxlint-disable-next-line no-control-regex
  if (password === "" || /[\u0000-\u001f\u007f\ufffd]/.test(password)) throw undecipherable();
  return password;
}

function undecipherable(): SecurePasswordError {
  return new SecurePasswordError("the password cannot be decrypted: key or scheme differ from the client's");
}

function bytesOf(sent: string, encoding: SecurePasswordSettings["encoding"]): Buffer {
  const form = encoding === "hex" ? /^(?:[0-9a-f]{2})+$/i : /^[A-Za-z0-9+/]+={0,2}$/;
  if (!form.test(sent)) throw undecipherable();
  return Buffer.from(sent, encoding);
}

function padded(plain: Buffer, padding: SecurePasswordSettings["padding"]): Buffer {
  const missing = (block - (plain.length % block)) % block;
  if (padding === "pkcs7" || missing === 0) return plain;
  if (padding === "zero") return Buffer.concat([plain, Buffer.alloc(missing)]);
  throw new SecurePasswordError("without padding a password must fill whole blocks of 8 bytes");
}

function unpadded(plain: Buffer, text: SecurePasswordSettings["text"]): Buffer {
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0) end--;
  // The zero that ends the last character belongs to it.
  if (text === "utf16le" && end % 2 === 1) end++;
  return plain.subarray(0, end);
}

function textOf(plain: Buffer, text: SecurePasswordSettings["text"]): string {
  if (text === "latin1") return plain.toString("latin1");
  try {
    const label = text === "utf8" ? "utf-8" : "utf-16le";
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    throw undecipherable();
  }
}
