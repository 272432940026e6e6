import { describe, expect, test } from "bun:test";
import { CtiError } from "../../src/model/errors.ts";
import { connectionError, systemCode } from "../../src/platform/connection-error.ts";
import { certificateFacts, tlsOptions } from "../../src/platform/tls-options.ts";
import { defaultTrust, parsePin, resolvedAddress } from "../../src/platform/trust.ts";

const hex = "7c11ce6240a364a1626f10f7814af119d2d0803e1f8cf268351807f30aaf678b";
const colons = hex.toUpperCase().replace(/(..)(?!$)/g, "$1:");

describe("a pin", () => {
  test.each([
    hex,
    colons,
    ` ${hex.toUpperCase()}\n`,
    `sha256:${hex}`,
    `SHA256 Fingerprint=${colons}`,
    `sha256 Fingerprint=${colons}`,
  ])("may be written %s", (text) => expect(parsePin(text)).toBe(hex));

  test.each(["", "abc", hex.slice(1), `${hex}0`, hex.replace("7", "g")])("is not %p", (text) => {
    expect(() => parsePin(text)).toThrow(CtiError);
  });
});

test("--resolve prefers host and port to the host alone, in any case", () => {
  const resolve = new Map([
    ["fina.example.com:8445", "10.0.0.1"],
    ["fina.example.com", "10.0.0.2"],
  ]);
  expect(resolvedAddress(resolve, "FinA.example.com", 8445)).toBe("10.0.0.1");
  expect(resolvedAddress(resolve, "fina.example.com", 7443)).toBe("10.0.0.2");
  expect(resolvedAddress(resolve, "finb.example.com", 8445)).toBeUndefined();
});

describe("TLS options", () => {
  test("verify by default, with one set of authorities for all connections", () => {
    const options = tlsOptions(defaultTrust, "a.example.com");
    expect(options.rejectUnauthorized).toBe(true);
    expect(options.secureContext).toBeDefined();
    expect(tlsOptions(defaultTrust, "b.example.com").secureContext === options.secureContext).toBe(true);
  });

  test("leave verification to the pin, or to nobody when insecure", () => {
    expect(tlsOptions({ ...defaultTrust, pin: hex }, "x")).toEqual({ rejectUnauthorized: false });
    expect(tlsOptions({ ...defaultTrust, insecure: true }, "x")).toEqual({ rejectUnauthorized: false });
  });
});

describe("a connection error", () => {
  const target = {
    what: "Finesse",
    host: "fina.example.com",
    port: 8445,
    unreachable: "finesse-unreachable" as const,
  };
  const thrown = (code: string, message = code) => Object.assign(new Error(message), { code });

  test.each([
    ["ENOTFOUND", "host-not-found"],
    ["EAI_AGAIN", "host-not-found"],
    ["ECONNREFUSED", "finesse-unreachable"],
    ["ETIMEDOUT", "finesse-unreachable"],
    ["ENETUNREACH", "finesse-unreachable"],
    ["UND_ERR_CONNECT_TIMEOUT", "finesse-unreachable"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "finesse-unreachable"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate-untrusted"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate-untrusted"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate-untrusted"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate-name"],
    ["CERT_HAS_EXPIRED", "certificate-expired"],
    ["CERT_NOT_YET_VALID", "certificate-expired"],
    ["SOMETHING_NEW", "finesse-unreachable"],
  ])("%s is %s, with words and a hint", (code, expected) => {
    const error = connectionError(thrown(code, "the system's words"), target);
    expect(error.code).toBe(expected as CtiError["code"]);
    expect(error.why).toContain("the system's words");
    expect(error.hint).toBeTruthy();
  });

  test("of several addresses is that of the first", () => {
    const several = new AggregateError([thrown("ECONNREFUSED"), thrown("ETIMEDOUT")]);
    expect(systemCode(several)).toBe("ECONNREFUSED");
    expect(connectionError(several, target).why).toBe("ECONNREFUSED");
  });

  test("that is already ours passes through", () => {
    const ours = new CtiError({ code: "timeout", message: "x" });
    expect(connectionError(ours, target)).toBe(ours);
  });
});

test("a certificate without a fingerprint is no certificate", () => {
  expect(certificateFacts({} as Parameters<typeof certificateFacts>[0])).toBeUndefined();
});
