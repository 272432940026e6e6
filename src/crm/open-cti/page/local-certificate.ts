import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CtiError } from "../../../model/errors.ts";
import { type Authority, makeAuthority, reviveAuthority } from "../../../platform/certificates.ts";

/** The authority's certificate, which browsers are to trust; below the adapter's own directory. */
export const authorityFile = "ca.pem";

export interface LocalCertificate {
  /** PEM. */
  cert: string;
  key: string;
  /** What is new, in words; absent when all of it was there. */
  made?: string;
}

const files = {
  ca: authorityFile,
  caKey: "ca-key.pem",
  cert: "certificate.pem",
  key: "certificate-key.pem",
} as const;
const names = ["localhost", "127.0.0.1", "::1"];
const day = 24 * 60 * 60 * 1000;
/** Days. A person trusts the authority once; browsers of some systems take no certificate of more than 398 days. */
const authorityDays = 3650;
const leafDays = 397;
const renewBefore = 60;

/**
 * A certificate for 127.0.0.1, localhost and ::1, made once and kept: an authority of this connector alone, that can certify no name
 * but localhost, and a certificate of it, which is renewed in time. All files are 0600. Throws CtiError `config-invalid` where they cannot be written.
 */
export function localCertificate(directory: string, now: Date): LocalCertificate {
  const authority = keptAuthority(directory, now);
  const kept = authority === undefined ? undefined : keptLeaf(directory, authority.ca, now);
  if (kept !== undefined) return kept;
  const from = (days: number): Date => new Date(now.getTime() + days * day);
  const signing =
    authority ??
    makeAuthority({
      name: `Softphone of this computer (cti ${randomBytes(4).toString("hex")})`,
      only: ["localhost"],
      begins: from(-1),
      ends: from(authorityDays),
    });
  const leaf = signing.issue({ names, begins: from(-1), ends: from(leafDays) });
  write(directory, {
    ...(authority === undefined && { [files.ca]: signing.ca, [files.caKey]: signing.key }),
    [files.cert]: leaf.certificate,
    [files.key]: leaf.key,
  });
  return {
    cert: leaf.certificate,
    key: leaf.key,
    made:
      authority === undefined
        ? "made a certificate authority for the softphone page, which browsers here have to trust"
        : "renewed the softphone page's certificate",
  };
}

function keptAuthority(directory: string, now: Date): Authority | undefined {
  const ca = read(directory, files.ca);
  const key = read(directory, files.caKey);
  if (ca === undefined || key === undefined) return undefined;
  try {
    const certificate = new X509Certificate(ca);
    const name = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
    const endsAt = certificate.validToDate.getTime();
    if (name === undefined || endsAt - now.getTime() < leafDays * day) return undefined;
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return undefined;
    return reviveAuthority({ name, ca, key });
  } catch {
    return undefined;
  }
}

function keptLeaf(directory: string, ca: string, now: Date): LocalCertificate | undefined {
  const cert = read(directory, files.cert);
  const key = read(directory, files.key);
  if (cert === undefined || key === undefined) return undefined;
  try {
    const leaf = new X509Certificate(cert);
    const isGood =
      leaf.verify(new X509Certificate(ca).publicKey) &&
      leaf.checkPrivateKey(createPrivateKey(key)) &&
      leaf.validFromDate.getTime() <= now.getTime() &&
      leaf.validToDate.getTime() - now.getTime() > renewBefore * day &&
      leaf.checkIP("127.0.0.1") !== undefined &&
      leaf.checkHost("localhost") !== undefined;
    return isGood ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

function read(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return undefined;
  }
}

/** Each whole or not at all; one that does not fit the others is made anew at the next start. */
function write(directory: string, contents: Record<string, string>): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    for (const [name, text] of Object.entries(contents)) {
      const path = join(directory, name);
      const draft = `${path}.${process.pid}.new`;
      writeFileSync(draft, text, { mode: 0o600 });
      renameSync(draft, path);
    }
  } catch (error) {
    throw new CtiError(
      {
        code: "config-invalid",
        message: `the softphone page's certificate cannot be kept in ${directory}`,
        why: error instanceof Error ? error.message : String(error),
        hint: 'make the directory writable, or give the Open CTI adapter a certificate: "cert" and "key"',
      },
      { cause: error },
    );
  }
}
