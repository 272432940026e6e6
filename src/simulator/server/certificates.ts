import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP, isIPv6 } from "node:net";
import { bits, boolean, explicit, implicit, integer, octets, oid, sequence, set, time, utf8 } from "./der.ts";

export interface CertificateOptions {
  /** Names and addresses the certificate is good for. */
  names: string[];
  /** Makes a certificate that ended yesterday. */
  expired?: boolean;
}

export interface Authority {
  /** PEM of the authority's own certificate. */
  ca: string;
  /** Makes a server certificate; each has a key of its own. */
  issue(options: CertificateOptions): ServerCertificate;
}

export interface ServerCertificate {
  /** PEM of the server's certificate and its PKCS #8 key. */
  certificate: string;
  key: string;
}

const day = 24 * 60 * 60 * 1000;
const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));

const issuer = "cti simulator throw-away CA";

/**
 * Makes a throw-away authority, ECDSA P-256, good for 30 days. `now` is the real time, whatever the simulator's clock says: clients judge
 * certificates by theirs.
 */
export function makeAuthority(now: Date): Authority {
  const { publicKey, privateKey: signingKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const authorityId = keyIdentifier(publicKey);
  const ca = certificate({
    subject: issuer,
    issuer,
    publicKey,
    signingKey,
    begins: new Date(now.getTime() - 31 * day),
    ends: new Date(now.getTime() + 30 * day),
    extensions: [
      extension("2.5.29.19", true, sequence(boolean(true))),
      // keyCertSign and cRLSign
      extension("2.5.29.15", true, bits(Uint8Array.of(0x06), 1)),
      extension("2.5.29.14", false, octets(authorityId)),
    ],
  });
  return { ca: pem(ca), issue: (options) => issue(options, now.getTime(), signingKey, authorityId) };
}

/** An authority and one certificate of it. */
export function makeCertificate(
  options: CertificateOptions & { now: Date },
): ServerCertificate & Pick<Authority, "ca"> {
  const authority = makeAuthority(options.now);
  return { ca: authority.ca, ...authority.issue(options) };
}

function issue(
  { names, expired = false }: CertificateOptions,
  now: number,
  signingKey: KeyObject,
  authorityId: Uint8Array,
): ServerCertificate {
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const leaf = certificate({
    subject: names[0] ?? "localhost",
    issuer,
    publicKey: server.publicKey,
    signingKey,
    begins: new Date(now - (expired ? 30 * day : day)),
    ends: new Date(now + (expired ? -day : 30 * day)),
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
  const key = server.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { certificate: pem(leaf), key };
}

interface Template {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signingKey: KeyObject;
  begins: Date;
  ends: Date;
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

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
