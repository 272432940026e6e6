import type { ControlClient } from "../../control/client.ts";
import type { ErrorData } from "../../model/errors.ts";
import type { Environment } from "../../platform/paths.ts";

/** A connector to sit down at, and who does. */
export interface Seat {
  profile: string;
  /** Whom the console works for; the only one signed in when absent. */
  agent: string | undefined;
  extension: string | undefined;
  /** Where a sign-in finds the settings. */
  environment: Environment;
  control: ControlClient;
  /** The same connector, started when none runs. */
  ensure: () => Promise<ControlClient>;
  /** Done at once. `open`: the form is there; with a password nobody is asked. */
  signIn?: "open" | { agent: string; extension: string; password: string };
  /** When the console is left: ends what was made for this seat. */
  end?: () => Promise<void>;
}

export const probeParts = ["name", "port", "certificate", "finesse"] as const;
/** What is tried, one after the other: each needs those before. */
export type ProbePart = (typeof probeParts)[number];

export interface ProbeStep {
  part: ProbePart;
  ok: boolean;
  /** What was found: addresses, who vouches, the status. */
  text: string;
}

/** A server's certificate that nobody here vouches for. */
export interface UnknownCertificate {
  /** SHA-256, hex without colons. */
  fingerprint: string;
  subject: string;
  issuer: string;
  names: readonly string[];
  /** ISO 8601 UTC. */
  validTo: string | undefined;
}

export interface ProbeReport {
  /** As it is written into the profile. */
  address: string;
  pin: string | undefined;
  steps: readonly ProbeStep[];
  /** Why it went no further. */
  error: ErrorData | undefined;
  /** Where that is the reason: pinning it is a way. */
  certificate: UnknownCertificate | undefined;
  /** It answered, and is there for agents. */
  inService: boolean | undefined;
}

/** What the first run needs of the world; the command line gives it, since the console knows no Finesse. */
export interface FirstRunPort {
  /** The configuration file that will be written. */
  path: string;
  profile: string;
  /** Tries an address; `heard` is told each step as it is done. Throws what is wrong with the address itself. */
  probe(
    address: string,
    pin: string | undefined,
    heard: (step: ProbeStep) => void,
    signal: AbortSignal,
  ): Promise<ProbeReport>;
  /** Writes the profile and sits down at it. */
  keep(report: Pick<ProbeReport, "address" | "pin">): Promise<Seat>;
  /** Starts a simulator and sits down at it. */
  simulator(): Promise<Seat>;
}
