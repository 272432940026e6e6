import { CtiError } from "../model/errors.ts";

/** How a TLS server is trusted. With nothing set: the system's and Bun's bundled certificate authorities. */
export interface Trust {
  /** PEM texts of certificate authorities, added to the default ones. */
  ca: readonly string[];
  /** SHA-256 fingerprint of the server's certificate, hex without colons, lower case: this certificate and no other. */
  pin: string | undefined;
  /** Accept anything. Loud wherever it is used. */
  insecure: boolean;
}

export const defaultTrust: Trust = { ca: [], pin: undefined, insecure: false };

/**
 * A fingerprint as people paste it (colons or spaces, either case, `sha256:` or openssl's `SHA256 Fingerprint=` before it) in the form
 * that `Trust.pin` has. Throws CtiError `config-invalid`.
 */
export function parsePin(text: string): string {
  const digits = text
    .trim()
    .replace(/^sha-?256(\s+fingerprint)?\s*[:=]\s*/i, "")
    .replace(/[:\s]/g, "")
    .toLowerCase();
  if (/^[\da-f]{64}$/.test(digits)) return digits;
  throw new CtiError({
    code: "config-invalid",
    message: "a certificate pin is the SHA-256 fingerprint of the server's certificate: 64 hex digits",
    why: `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}” has ${digits.length}${/^[\da-f]*$/.test(digits) ? "" : ", not all of them hex digits"}`,
    hint: "openssl x509 -in cert.pem -noout -fingerprint -sha256 prints it",
  });
}

/** The address to connect to in place of a name: an entry for `host:port` before one for `host`, as with curl's --resolve. */
export function resolvedAddress(
  resolve: ReadonlyMap<string, string>,
  host: string,
  port: number,
): string | undefined {
  const name = host.toLowerCase();
  return resolve.get(`${name}:${port}`) ?? resolve.get(name);
}
