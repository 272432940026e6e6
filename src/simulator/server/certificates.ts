import * as certificates from "../../platform/certificates.ts";
import type { ServerCertificate } from "../../platform/certificates.ts";

export type { ServerCertificate } from "../../platform/certificates.ts";

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

const day = 24 * 60 * 60 * 1000;

/**
 * Makes a throw-away authority, ECDSA P-256, good for 30 days. `now` is the real time, whatever the simulator's clock says: clients judge
 * certificates by theirs.
 */
export function makeAuthority(now: Date): Authority {
  const from = (days: number): Date => new Date(now.getTime() + days * day);
  const authority = certificates.makeAuthority({
    name: "cti simulator throw-away CA",
    begins: from(-31),
    ends: from(30),
  });
  return {
    ca: authority.ca,
    issue: ({ names, expired = false }) =>
      authority.issue({ names, begins: from(expired ? -30 : -1), ends: from(expired ? -1 : 30) }),
  };
}

/** An authority and one certificate of it. */
export function makeCertificate(
  options: CertificateOptions & { now: Date },
): ServerCertificate & Pick<Authority, "ca"> {
  const authority = makeAuthority(options.now);
  return { ca: authority.ca, ...authority.issue(options) };
}
