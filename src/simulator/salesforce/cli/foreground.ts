import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CtiError } from "../../../model/errors.ts";
import { type Environment, runtimeDirectory } from "../../../platform/paths.ts";
import { writeAtomically } from "../../cli/registration.ts";
import type { Happening, SfUser } from "../contract.ts";
import { readSamples } from "../records/read-samples.ts";
import { type SalesforceOptions, type SimulatedSalesforce, startSalesforce } from "../start.ts";
import { registerSalesforce, unregisterSalesforce } from "./registration.ts";
import { salesforceBanner } from "./texts.ts";

export interface SalesforceForegroundOptions extends Omit<SalesforceOptions, "records" | "makeKey"> {
  /** Where the authority's certificate goes; by default into the runtime directory, until the end. */
  caOut?: string | undefined;
  /** Where the private key of the connected app goes, for JWT bearer; without it there is none. */
  keyOut?: string | undefined;
  /** JSON file with the records; see records/read-samples.ts. */
  recordsFile?: string | undefined;
  readyFile?: string | undefined;
  /** Folder that relative file names belong to. */
  directory: string;
}

export interface SalesforceForegroundPort {
  environment: Environment;
  /** Called once when everything listens, with a text for people and the content of the ready file. */
  ready(text: string, facts: SalesforceReadyFacts): void;
  happened(happening: Happening): void;
  /** Resolves when it is to end. */
  ended: Promise<unknown>;
}

/** Content of the ready file. */
export interface SalesforceReadyFacts {
  /** Where one signs in, the instance, Lightning. */
  url: string;
  /** URL of the control API. */
  control: string;
  /** File with the authority's certificate, PEM. */
  ca: string;
  /** Consumer key of the connected app. */
  clientId: string;
  /** File with its private key, PEM; null: none was asked for. */
  key: string | null;
  users: readonly SfUser[];
  /** The page that host pages frame. */
  softphone: string | null;
  /** Open CTI's script. */
  script: string;
}

/** `cti sim salesforce`: works until `port.ended` resolves, and cleans up. */
export async function runSalesforce(
  options: SalesforceForegroundOptions,
  port: SalesforceForegroundPort,
): Promise<void> {
  const { environment, happened, ready } = port;
  const { directory, caOut, keyOut, readyFile } = options;
  const file = (name: string) => resolve(directory, name);
  const records = recordsOf(options);
  const salesforce = await startSalesforce({
    ...options,
    ...(records !== undefined && { records }),
    makeKey: keyOut !== undefined,
  });
  const ownCaFile = join(runtimeDirectory(environment), `sim-salesforce-ca-${process.pid}.pem`);
  const caFile = caOut === undefined ? ownCaFile : file(caOut);
  try {
    salesforce.watch(happened);
    writeAtomically(caFile, salesforce.caPem);
    if (keyOut !== undefined) writeKey(file(keyOut), salesforce.privateKey ?? "");
    registerSalesforce(environment, { pid: process.pid, control: salesforce.controlUrl });
    const facts = factsOf(salesforce, {
      ca: caFile,
      key: keyOut === undefined ? null : file(keyOut),
      softphone: options.softphone ?? null,
    });
    if (readyFile !== undefined) writeAtomically(file(readyFile), `${JSON.stringify(facts)}\n`);
    ready(salesforceBanner(facts), facts);
    await port.ended;
  } finally {
    unregisterSalesforce(environment, process.pid);
    if (caOut === undefined) rmSync(ownCaFile, { force: true });
    await salesforce.close();
  }
}

function factsOf(
  { url, controlUrl: control, clientId, users }: SimulatedSalesforce,
  more: Pick<SalesforceReadyFacts, "ca" | "key" | "softphone">,
): SalesforceReadyFacts {
  const script = `${url}/support/api/62.0/lightning/opencti_min.js`;
  return { url, control, clientId, users, script, ...more };
}

/** A key is for one pair of eyes, though it opens nothing but a stub: programs that read it look at its mode. */
function writeKey(path: string, pem: string): void {
  writeAtomically(path, "");
  chmodSync(path, 0o600);
  writeFileSync(path, pem);
}

function recordsOf({ recordsFile, directory }: SalesforceForegroundOptions) {
  if (recordsFile === undefined) return undefined;
  const path = resolve(directory, recordsFile);
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw new CtiError(
      {
        code: "usage",
        message: `cannot read the records ${path}`,
        why: thrown instanceof Error ? thrown.message : String(thrown),
      },
      { cause: thrown },
    );
  }
  return readSamples(document);
}
