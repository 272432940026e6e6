import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { certificateDirectory } from "./home.ts";
import { authorityFile } from "./page/local-certificate.ts";
import type { OpenCtiTable } from "./settings.ts";

/** What browsers have to trust, and what stands between Salesforce's page and ours (open-cti.md §7). */
export interface TrustReport {
  /** `none`: no page is served. */
  mode: "central" | "local" | "none";
  url: string | undefined;
  certificate:
    | undefined
    | {
        /** `site`: named in the configuration; `own`: made by the connector, its authority in `file`. */
        kind: "site" | "own";
        file: string | undefined;
        /** `undefined`: there is none yet, it is made when the connector starts. */
        sha256: string | undefined;
        /** ISO 8601 UTC. */
        validTo: string | undefined;
        names: string[];
      };
}

/** Reads what the configuration and the files say. Touches nothing. */
export function trustReport(settings: Pick<OpenCtiTable, "page" | "home">): TrustReport {
  const { page, home } = settings;
  if (page === undefined) return { mode: "none", url: undefined, certificate: undefined };
  const shown = page.host.includes(":") ? `[${page.host}]` : page.host;
  const url = page.url ?? `https://${shown}:${page.port}/softphone`;
  if (page.tls !== undefined)
    return {
      mode: page.url === undefined ? "local" : "central",
      url,
      certificate: { kind: "site", file: undefined, ...facts(page.tls.cert) },
    };
  const file = join(certificateDirectory(home), authorityFile);
  return {
    mode: page.url === undefined ? "local" : "central",
    url,
    certificate: {
      kind: "own",
      file,
      ...(existsSync(file)
        ? facts(readFileSync(file, "utf8"))
        : { sha256: undefined, validTo: undefined, names: [] }),
    },
  };
}

function facts(pem: string): { sha256: string | undefined; validTo: string | undefined; names: string[] } {
  try {
    const certificate = new X509Certificate(pem);
    return {
      sha256: certificate.fingerprint256,
      validTo: new Date(certificate.validTo).toISOString(),
      names: (certificate.subjectAltName ?? "").split(", ").filter((name) => name !== ""),
    };
  } catch {
    return { sha256: undefined, validTo: undefined, names: [] };
  }
}
