import { isIP } from "node:net";
import { CtiError, type ErrorCode } from "../model/errors.ts";
import { type CertificateFacts, PinMismatch } from "./tls-options.ts";

/** The server that could not be reached, in words and numbers. */
export interface ConnectionTarget {
  /** `Finesse`, `the broker`: who it is for a person. */
  what: string;
  host: string;
  port: number;
  /** The address behind the name, when --resolve gave one. */
  address?: string;
  /** Code for a server that does not answer. */
  unreachable: ErrorCode;
}

const unknownHost = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME", "DNS_ENOTFOUND"]);
const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_CHAIN_TOO_LONG",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "CERT_REVOKED",
]);
const expired = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

/** The system's code of an error: of the first attempt where several addresses were tried. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return systemCode(error.errors[0]);
  if (typeof error !== "object" || error === null) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  return systemCode((error as { cause?: unknown }).cause);
}

/** True when the server's certificate is the reason, so that `readServerCertificate` can say more. */
export function isCertificateProblem(error: unknown): boolean {
  const code = systemCode(error);
  return (
    code !== undefined &&
    (untrusted.has(code) || expired.has(code) || code === "ERR_TLS_CERT_ALTNAME_INVALID")
  );
}

/** True when nobody vouches for the server's certificate: other authorities may. */
export function isUnknownIssuer(error: unknown): boolean {
  return untrusted.has(systemCode(error) ?? "");
}

/**
 * What a failed connection means and what to do: `host-not-found`, `certificate-untrusted`, `certificate-name`, `certificate-expired`,
 * or the target's `unreachable`. The certificate, where known, is in `details.certificate` with its fingerprint, so that it can be pinned.
 */
export function connectionError(
  error: unknown,
  target: ConnectionTarget,
  certificate?: CertificateFacts,
): CtiError {
  if (error instanceof CtiError) return error;
  const place = `${target.host}:${target.port}`;
  const words = wordsOf(error);
  const code = systemCode(error);
  if (error instanceof PinMismatch) return pinError(error, place);
  if (code !== undefined && unknownHost.has(code)) {
    return new CtiError(
      {
        code: "host-not-found",
        message: `cannot find host ${target.host}`,
        why: words,
        hint: `check the name, the DNS and the VPN; --resolve ${target.host}:ADDRESS goes around the DNS`,
        details: { host: target.host, port: target.port },
      },
      { cause: error },
    );
  }
  if (isCertificateProblem(error) && code !== undefined) {
    return certificateError(code, words, target, certificate);
  }
  if (code?.startsWith("ERR_SSL_")) {
    const plain = /WRONG_VERSION_NUMBER|HTTP_REQUEST/.test(`${code} ${words}`);
    return new CtiError(
      {
        code: target.unreachable,
        message: plain
          ? `${place} does not speak TLS`
          : `no TLS connection to ${target.what} at ${place} came about`,
        why: words,
        hint: plain
          ? "check the port; Finesse listens with TLS on 8445"
          : `the server may offer only old TLS versions or ciphers; see: openssl s_client -connect ${place} -servername ${target.host}`,
        details: { host: target.host, port: target.port, systemCode: code },
      },
      { cause: error },
    );
  }
  return new CtiError(
    {
      code: target.unreachable,
      message: `cannot reach ${target.what} at ${place}`,
      why: words,
      hint: reachHint(code),
      details: {
        host: target.host,
        port: target.port,
        ...(target.address !== undefined && { address: target.address }),
        ...(code !== undefined && { systemCode: code }),
      },
    },
    { cause: error },
  );
}

function reachHint(code: string | undefined): string {
  switch (code) {
    case "ECONNREFUSED":
      return "nothing listens there: check host and port, and whether the service is up";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "there is no way to that network from here: check the VPN";
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return "the other side, or a firewall or proxy between, closed the connection: check the port and what stands between, then try again";
    default:
      return "nothing answered: check host and port, the VPN and the firewall between";
  }
}

function certificateError(
  code: string,
  words: string,
  target: ConnectionTarget,
  certificate: CertificateFacts | undefined,
): CtiError {
  const place = `${target.host}:${target.port}`;
  const details = {
    host: target.host,
    port: target.port,
    systemCode: code,
    ...(certificate !== undefined && { certificate }),
  };
  const pin =
    certificate === undefined ? "" : `, or pin this certificate with --pin ${certificate.fingerprint}`;
  if (expired.has(code)) {
    const early = code === "CERT_NOT_YET_VALID";
    const when = early ? certificate?.validFrom : certificate?.validTo;
    return new CtiError({
      code: "certificate-expired",
      message: `the certificate of ${place} ${early ? "is not valid yet" : "has expired"}`,
      why:
        when === undefined ? words : `${words}: it is valid ${early ? "from" : "until"} ${when.slice(0, 10)}`,
      hint: `check this machine's clock; the certificate must be renewed on the server${pin}`,
      details,
    });
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = certificate?.names ?? [];
    const byAddress = isIP(target.host) !== 0;
    const name = names.find((candidate) => !candidate.includes("*") && isIP(candidate) === 0);
    return new CtiError({
      code: "certificate-name",
      message: `the certificate of ${place} is not for ${target.host}`,
      why: names.length > 0 ? `it is for ${names.join(", ")}` : words,
      hint: byAddress
        ? `use the server's name in place of its address${name === undefined ? "" : `: ${name}`}; where it does not resolve, add --resolve ${name ?? "NAME"}:${target.host}`
        : `use the name that the certificate carries${name === undefined ? "" : `: ${name}`}, with --resolve ${name ?? "NAME"}:ADDRESS where it does not resolve${pin}`,
      details,
    });
  }
  return new CtiError({
    code: "certificate-untrusted",
    message: `the certificate of ${place} is not trusted`,
    why:
      certificate === undefined
        ? words
        : `${words}; issued by ${certificate.issuer}, SHA-256 ${certificate.fingerprint}`,
    hint: `give the server's certificate or its authority with --ca FILE${pin}`,
    details,
  });
}

function pinError(error: PinMismatch, place: string): CtiError {
  const { certificate } = error;
  return new CtiError({
    code: "certificate-untrusted",
    message: `${place} shows another certificate than the pinned one`,
    why:
      certificate === undefined
        ? "it shows none"
        : `it shows ${certificate.fingerprint}, issued by ${certificate.issuer}; pinned is ${error.pin}`,
    hint: "if the certificate was renewed, pin the new one; if not, something stands between you and the server",
    details: { pin: error.pin, ...(certificate !== undefined && { certificate }) },
  });
}

function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
