import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SecurePasswordSettings } from "../../../src/crm/generic-connector/contract.ts";
import {
  decryptPassword,
  defaultSecurePassword,
  encryptPassword,
  passwordKey,
  SecurePasswordError,
} from "../../../src/crm/generic-connector/secure-password.ts";

const hex = "0123456789abcdeffedcba98765432101122334455667788";
const key = passwordKey(hex);

test("keys as hex or Base64; 16 bytes are K1, K2, K1", () => {
  expect(passwordKey(key.toString("base64"))).toEqual(key);
  const double = passwordKey(hex.slice(0, 32));
  expect(double.toString("hex")).toBe(hex.slice(0, 32) + hex.slice(0, 16));
  expect(passwordKey(key.subarray(0, 16).toString("base64"))).toEqual(double);
  for (const wrong of ["", "abc", hex.slice(2), "not a key!", key.subarray(0, 20).toString("base64")])
    expect(() => passwordKey(wrong)).toThrow(SecurePasswordError);
});

test("what another implementation makes of it", () => {
  // printf %s s3cret-pw | openssl enc -des-ede3-cbc -K <hex> -iv 0011223344556677 -a
  const fixed: SecurePasswordSettings = { ...defaultSecurePassword, iv: { fixed: "0011223344556677" } };
  expect(encryptPassword("s3cret-pw", key, fixed)).toBe("5ymN3DuT5iunf1zpCMaSaw==");
  expect(encryptPassword("s3cret-pw", key, { ...defaultSecurePassword, cipher: "des-ede3" })).toBe(
    "WehFlHAukQxqk82HE/+rTA==",
  );
});

const schemes: fc.Arbitrary<SecurePasswordSettings> = fc.record({
  applies: fc.constant(["connect", "login"] as const).map((words) => [...words]),
  cipher: fc.constantFrom("des-ede3-cbc" as const, "des-ede3" as const),
  iv: fc.constantFrom("random" as const, { fixed: "0011223344556677" }),
  padding: fc.constantFrom("pkcs7" as const, "zero" as const),
  text: fc.constantFrom("utf8" as const, "utf16le" as const, "latin1" as const),
  encoding: fc.constantFrom("base64" as const, "hex" as const),
});

test("every scheme reads what it writes, in characters that a body may hold", () => {
  const password = fc.stringMatching(/^[ -~¡-ÿ]{1,40}$/);
  fc.assert(
    fc.property(password, schemes, (text, scheme) => {
      const sent = encryptPassword(text, key, scheme);
      expect(sent).toMatch(/^[A-Za-z0-9+/=]+$/);
      expect(decryptPassword(sent, key, scheme)).toBe(text);
    }),
  );
});

test("a random start makes the same password another text each time", () => {
  const sent = new Set(
    Array.from({ length: 5 }, () => encryptPassword("s3cret-pw", key, defaultSecurePassword)),
  );
  expect(sent.size).toBe(5);
});

test("without padding only whole blocks", () => {
  const scheme = { ...defaultSecurePassword, padding: "none" as const };
  expect(decryptPassword(encryptPassword("12345678", key, scheme), key, scheme)).toBe("12345678");
  expect(() => encryptPassword("1234567", key, scheme)).toThrow(SecurePasswordError);
});

describe("what cannot be decrypted is an error without secrets", () => {
  test("another key", () => {
    const other = passwordKey("f".repeat(16) + hex.slice(16));
    const sent = encryptPassword("s3cret-pw", other, {
      ...defaultSecurePassword,
      iv: { fixed: "0011223344556677" },
    });
    const read = () =>
      decryptPassword(sent, key, { ...defaultSecurePassword, iv: { fixed: "0011223344556677" } });
    expect(read).toThrow(SecurePasswordError);
    expect(read).not.toThrow(/s3cret/);
  });

  test("anything", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), schemes, (sent, scheme) => {
        try {
          expect(decryptPassword(sent, key, scheme)).not.toBe("");
        } catch (error) {
          expect(error).toBeInstanceOf(SecurePasswordError);
        }
      }),
    );
  });
});
