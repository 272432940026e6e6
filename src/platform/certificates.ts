import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { isIP, isIPv6 } from "node:net";
import { bits, boolean, explicit, implicit, integer, octets, oid, sequence, set, time, utf8 } from "./der.ts";

/** When a certificate begins and ends to be good. */
export interface Validity {
  begins: Date;
  ends: Date;
}

export interface AuthorityOptions extends Validity {
  /** Common name of its subject. */
  name: string;
  /**
   * Names that it may certify, and no others: whoever steals its key can be no other name (RFC 5280 §4.2.1.10). Absent: any. Addresses stay free:
   * BoringSSL, and with it Bun, takes no certificate of an authority that is bound to addresses.
   */
  only?: readonly string[];
}

export interface Authority {
  /** PEM of the authority's own certificate. */
  ca: string;
  /** Its PKCS #8 key, PEM. Secret. */
  key: string;
  /** Makes a server certificate; each has a key of its own. */
  issue(
    options: Validity & { /** Names and addresses the certificate is good for. */ names: readonly string[] },
  ): ServerCertificate;
}

export interface ServerCertificate {
  /** PEM of the server's certificate and its PKCS #8 key. */
  certificate: string;
  key: string;
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));

/** Makes a certificate authority of its own, ECDSA P-256, that signs servers' certificates and no other authorities. */
export function makeAuthority({ name, only, begins, ends }: AuthorityOptions): Authority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ca = certificate({
    subject: name,
    issuer: name,
    publicKey,
    signingKey: privateKey,
    begins,
    ends,
    extensions: [
      // No authorities below it.
      extension("2.5.29.19", true, sequence(boolean(true), integer(Uint8Array.of(0)))),
      // keyCertSign and cRLSign
      extension("2.5.29.15", true, bits(Uint8Array.of(0x06), 1)),
      extension("2.5.29.14", false, octets(keyIdentifier(publicKey))),
      ...(only === undefined ? [] : [extension("2.5.29.30", true, nameConstraints(only))]),
    ],
  });
  return authority(name, pem(ca), privateKey);
}

/** The authority again, from what was kept of it. Throws when `key` is none. */
export function reviveAuthority({ name, ca, key }: { name: string; ca: string; key: string }): Authority {
  return authority(name, ca, createPrivateKey(key));
}

function authority(name: string, ca: string, signingKey: KeyObject): Authority {
  const authorityId = keyIdentifier(createPublicKey(signingKey));
  return {
    ca,
    key: pkcs8(signingKey),
    issue: ({ names, begins, ends }) => {
      const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const leaf = certificate({
        subject: names[0] ?? "localhost",
        issuer: name,
        publicKey: server.publicKey,
        signingKey,
        begins,
        ends,
        extensions: [
          extension("2.5.29.19", true, sequence()),
          // digitalSignature
          extension("2.5.29.15", true, bits(Uint8Array.of(0x80), 7)),
          // TLS server
          extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))),
          extension("2.5.29.17", false, sequence(...names.map(alternativeName))),
          extension("2.5.29.14", false, octets(keyIdentifier(server.publicKey))),
          extension("2.5.29.35", false, sequence(implicit(0, authorityId))),
        ],
      });
      return { certificate: pem(leaf), key: pkcs8(server.privateKey) };
    },
  };
}

interface Template extends Validity {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signingKey: KeyObject;
  extensions: Uint8Array[];
}

/** RFC 5280 §4.1. */
function certificate(template: Template): Uint8Array {
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    commonName(template.issuer),
    sequence(time(template.begins), time(template.ends)),
    commonName(template.subject),
    template.publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...template.extensions)),
  );
  return sequence(body, ecdsaWithSha256, bits(sign("sha256", body, template.signingKey)));
}

function commonName(name: string): Uint8Array {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(name))));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

/** dNSName or iPAddress (RFC 5280 §4.2.1.6). */
function alternativeName(name: string): Uint8Array {
  return isIP(name) === 0 ? implicit(2, Buffer.from(name, "ascii")) : implicit(7, addressBytes(name));
}

/** Permitted subtrees: names and what is below them. */
function nameConstraints(names: readonly string[]): Uint8Array {
  return sequence(explicit(0, ...names.map((name) => sequence(alternativeName(name)))));
}

function addressBytes(address: string): Uint8Array {
  if (!isIPv6(address)) return Uint8Array.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const words = (part: string) =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return Uint8Array.from([...left, ...middle, ...right].flatMap((word) => [word >> 8, word & 0xff]));
}

function keyIdentifier(key: KeyObject): Uint8Array {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
