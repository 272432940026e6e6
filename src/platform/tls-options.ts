import { isIP } from "node:net";
import * as tls from "node:tls";
import type { Trust } from "./trust.ts";

/**
 * `near`: the own authorities where there are any, else those bundled with Bun. `all`: bundled, system's and own together; they take
 * some 9 MB once read, so whoever keeps many connections asks for them only when the near ones do not know the issuer.
 */
export type Authorities = "near" | "all";

// Reading the authorities takes longer than a connection: once for each trust.
const contexts: Record<Authorities, WeakMap<Trust, tls.SecureContext>> = {
  near: new WeakMap(),
  all: new WeakMap(),
};

/**
 * node:tls options for a server known as `host`: the authorities, or none when a pin or `insecure` takes their place. With a pin the
 * caller must compare it on the connected socket (`pinProblem`), since nobody calls `checkServerIdentity` when verification is off.
 */
export function tlsOptions(
  trust: Trust,
  host: string,
  authorities: Authorities = "all",
): tls.ConnectionOptions {
  if (trust.insecure || trust.pin !== undefined) return { rejectUnauthorized: false };
  const secureContext = contextFor(trust, authorities);
  return {
    ...(secureContext !== undefined && { secureContext }),
    rejectUnauthorized: true,
    // The name that was asked for, also when --resolve connects to an address.
    checkServerIdentity: (_connectedTo, certificate) => tls.checkServerIdentity(host, certificate),
  };
}

function contextFor(trust: Trust, authorities: Authorities): tls.SecureContext | undefined {
  if (authorities === "near" && trust.ca.length === 0) return undefined;
  let context = contexts[authorities].get(trust);
  if (context === undefined) {
    const ca =
      authorities === "near"
        ? [...trust.ca]
        : [
            ...new Set([
              ...tls.getCACertificates("default"),
              ...tls.getCACertificates("system"),
              ...trust.ca,
            ]),
          ];
    context = tls.createSecureContext({ ca });
    contexts[authorities].set(trust, context);
  }
  return context;
}

/** What a person or a pin needs to know of a certificate. */
export interface CertificateFacts {
  subject: string;
  issuer: string;
  /** DNS names and addresses it is valid for. */
  names: string[];
  /** ISO 8601 UTC. */
  validFrom: string | undefined;
  validTo: string | undefined;
  /** SHA-256, hex without colons, lower case: the form of a pin. */
  fingerprint: string;
}

export function certificateFacts(certificate: tls.PeerCertificate): CertificateFacts | undefined {
  if (certificate.fingerprint256 === undefined) return undefined;
  const alternative = (certificate.subjectaltname ?? "")
    .split(/,\s*/)
    .map((name) => name.replace(/^(DNS|IP Address):/, ""))
    .filter((name) => name !== "");
  const subject = distinguishedName(certificate.subject);
  const commonName = certificate.subject?.CN;
  return {
    subject,
    issuer: distinguishedName(certificate.issuer),
    names: alternative.length > 0 ? alternative : [commonName].flat().filter((name) => name !== undefined),
    validFrom: isoTime(certificate.valid_from),
    validTo: isoTime(certificate.valid_to),
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

/** Error of a pin that does not match the certificate the server showed. */
export class PinMismatch extends Error {
  override readonly name = "PinMismatch";
  constructor(
    readonly pin: string,
    readonly certificate: CertificateFacts | undefined,
  ) {
    super("the server shows another certificate than the pinned one");
  }
}

/** Compares the pin, if there is one, with the certificate of a connected socket. */
export function pinProblem(trust: Trust, socket: tls.TLSSocket): PinMismatch | undefined {
  if (trust.pin === undefined || trust.insecure) return undefined;
  const facts = certificateFacts(socket.getPeerCertificate());
  return facts?.fingerprint === trust.pin ? undefined : new PinMismatch(trust.pin, facts);
}

/**
 * Asks a server for its certificate without trusting it, to explain why it was refused. Sends nothing.
 * `undefined` when it does not show one within `timeout` milliseconds.
 */
export function readServerCertificate(
  address: string,
  port: number,
  host: string,
  timeout = 3000,
): Promise<CertificateFacts | undefined> {
  return new Promise((resolve) => {
    const socket = tls.connect({
      host: address,
      port,
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: false,
    });
    const done = (facts: CertificateFacts | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(facts);
    };
    const timer = setTimeout(() => done(undefined), timeout);
    socket.once("secureConnect", () => done(certificateFacts(socket.getPeerCertificate())));
    socket.on("error", () => done(undefined));
    socket.once("close", () => done(undefined));
  });
}

function distinguishedName(name: tls.Certificate | undefined): string {
  return Object.entries(name ?? {})
    .map(([key, value]) => `${key}=${[value].flat().join("+")}`)
    .join(", ");
}

function isoTime(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
