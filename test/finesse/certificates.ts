import { X509Certificate } from "node:crypto";
import { makeAuthority } from "../../src/simulator/server/certificates.ts";

export interface TestCertificate {
  /** PEM of the authority it is from, of the certificate and of its key. */
  ca: string;
  cert: string;
  key: string;
  /** SHA-256, hex, lower case. */
  fingerprint: string;
}

/** A server certificate of a throw-away authority of its own. */
export function testCertificate(options: { names?: string[]; expired?: boolean } = {}): TestCertificate {
  const { names = ["localhost", "fina.example.com"], expired = false } = options;
  const { ca, issue } = makeAuthority(new Date());
  const { certificate, key } = issue({ names, expired });
  const { fingerprint256 } = new X509Certificate(certificate);
  return { ca, cert: certificate, key, fingerprint: fingerprint256.replaceAll(":", "").toLowerCase() };
}
