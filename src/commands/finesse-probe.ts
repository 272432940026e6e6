import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { CtiError, toCtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { connectionError } from "../platform/connection-error.ts";
import { finesseOrigin } from "../platform/finesse-address.ts";
import { Invalid } from "../platform/invalid.ts";
import { Secret } from "../platform/secret.ts";
import type { CertificateFacts } from "../platform/tls-options.ts";
import { resolvedAddress } from "../platform/trust.ts";
import { resolveEntry } from "../platform/values.ts";

type Port = import("../console/first-run/contract.ts").FirstRunPort;
type ProbeReport = import("../console/first-run/contract.ts").ProbeReport;
type ProbeStep = import("../console/first-run/contract.ts").ProbeStep;

export interface ProbeOptions {
  /** PEM texts of authorities that are trusted besides the machine's own. */
  ca: readonly string[];
  /** `host:address` as for --resolve. */
  resolve: readonly string[];
  /** Milliseconds for each part. */
  timeout?: number;
}

/**
 * Tries the address of a Finesse part by part: its name, its port, its certificate, its status. Nobody is signed in and no password is
 * sent. What fails is in the report; only an address that is none throws, as `usage`.
 */
export function finesseProbe({ ca, resolve, timeout = 6000 }: ProbeOptions): Port["probe"] {
  return async (typed, pin, heard, signal) => {
    const address = originOf(typed);
    const { hostname, port } = new URL(address);
    const host = hostname.replace(/^\[|\]$/g, "");
    const number = Number(port === "" ? 443 : port);
    const addresses = resolveMap(resolve);
    const steps: ProbeStep[] = [];
    const step = (part: ProbeStep["part"], ok: boolean, text: string): void => {
      const done = { part, ok, text };
      steps.push(done);
      heard(done);
    };
    const report = (more: Partial<ProbeReport> = {}): ProbeReport => ({
      address,
      pin,
      steps,
      error: undefined,
      certificate: undefined,
      inService: undefined,
      ...more,
    });
    const target = { what: "Finesse", host, port: number, unreachable: "finesse-unreachable" as const };

    let reached: string;
    try {
      reached = resolvedAddress(addresses, host, number) ?? (await addressOf(host));
      step("name", true, isIP(host) === 0 ? `${host} is ${reached}` : `${host} needs none`);
    } catch (thrown) {
      const error = connectionError(thrown, target);
      step("name", false, error.message);
      return report({ error: error.toJSON() });
    }
    try {
      await knock(reached, number, timeout, signal);
      step("port", true, `${number} is open`);
    } catch (thrown) {
      const error = connectionError(thrown, target);
      step("port", false, `${number} does not answer`);
      return report({ error: error.toJSON() });
    }
    const { createRest } = await import("../finesse/rest.ts");
    const rest = createRest({
      node: { origin: address, trust: { ca: [...ca], pin, insecure: false }, resolve: addresses },
      // SystemInfo needs nobody (reference/finesse.md §2).
      credentials: { username: "", password: new Secret("") },
      clock: systemClock,
      requestTimeout: timeout,
    });
    try {
      const { status, deploymentType, primaryNode } = await rest.systemInfo({ signal });
      step("certificate", true, pin === undefined ? "vouched for by an authority" : "the one you compared");
      const more = [deploymentType, primaryNode?.host].filter((each) => each !== undefined);
      step("finesse", true, [status, ...more].join(" · "));
      return report({ inService: status === "IN_SERVICE" });
    } catch (thrown) {
      const error = toCtiError(thrown);
      // Without an answer nothing is known of the certificate.
      const silent = error.code === "finesse-unreachable" || error.code.startsWith("certificate-");
      if (silent) step("certificate", false, error.message);
      else {
        step("certificate", true, pin === undefined ? "vouched for by an authority" : "the one you compared");
        step("finesse", false, error.message);
      }
      // Another one than the pinned is a warning, not a question.
      const unknown = error.code === "certificate-untrusted" && pin === undefined;
      const certificate = unknown ? certificateOf(error) : undefined;
      return report({ error: error.toJSON(), certificate });
    } finally {
      await rest.close();
    }
  };
}

function originOf(typed: string): string {
  try {
    return finesseOrigin(typed);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const { message, hint } = error;
    throw new CtiError(
      { code: "usage", message: `the address ${message}`, ...(hint !== undefined && { hint }) },
      { cause: error },
    );
  }
}

function resolveMap(entries: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    entries.map((text): [string, string] => {
      const { host, port, address } = resolveEntry(text);
      return [(port === undefined ? host : `${host}:${port}`).toLowerCase(), address];
    }),
  );
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  return (await lookup(host)).address;
}

/** Opens a connection and closes it again. */
function knock(host: string, port: number, timeout: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

/** Where the server's certificate is known, it can be compared and pinned. */
function certificateOf(error: CtiError): CertificateFacts | undefined {
  const found = error.details?.certificate;
  // Put there by `connectionError`, whose type forgets it.
  return found === undefined ? undefined : (found as CertificateFacts);
}
