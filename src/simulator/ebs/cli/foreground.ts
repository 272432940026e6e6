import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CtiError } from "../../../model/errors.ts";
import type { Environment } from "../../../platform/paths.ts";
import { writeAtomically } from "../../cli/registration.ts";
import type { Happening } from "../contract.ts";
import { type Customer, readCustomers } from "../customers.ts";
import { type EbsOptions, type SimulatedEbs, startEbs } from "../start.ts";
import { registerEbs, unregisterEbs } from "./registration.ts";
import { ebsBanner } from "./texts.ts";

export interface EbsForegroundOptions extends Omit<EbsOptions, "customers"> {
  /** JSON file with the customers; see customers.ts. */
  customersFile?: string | undefined;
  readyFile?: string | undefined;
  /** Register, Login, Ready for every seat at the start. */
  day?: boolean;
  /** Folder that relative file names belong to. */
  directory: string;
}

export interface EbsForegroundPort {
  environment: Environment;
  /** Called once when everything listens, with a text for people and the content of the ready file. */
  ready(text: string, facts: EbsReadyFacts): void;
  happened(happening: Happening): void;
  /** Resolves when it is to end. */
  ended: Promise<unknown>;
}

/** Content of the ready file. */
export interface EbsReadyFacts {
  /** URL of the first seat's event listener. */
  listener: string;
  /** URL of the control API. */
  control: string;
  /** The third-party URL that is called. */
  url: string;
  seats: { agent: string; extension: string; listener: string }[];
}

/** `cti sim ebs`: works until `port.ended` resolves, and cleans up; nobody is signed out, as when a PC is switched off. */
export async function runEbs(options: EbsForegroundOptions, port: EbsForegroundPort): Promise<void> {
  const { environment, happened, ready } = port;
  const customers = customersOf(options);
  const ebs = await startEbs({ ...options, ...(customers !== undefined && { customers }) });
  try {
    ebs.watch(happened);
    registerEbs(environment, { pid: process.pid, control: ebs.controlUrl });
    const facts = factsOf(ebs);
    if (options.readyFile !== undefined)
      writeAtomically(resolve(options.directory, options.readyFile), `${JSON.stringify(facts)}\n`);
    ready(ebsBanner(ebs, options.day === true), facts);
    // Callouts end early when EBS is closed.
    if (options.day === true) void ebs.beginDay();
    await port.ended;
  } finally {
    unregisterEbs(environment, process.pid);
    await ebs.close();
  }
}

function factsOf(ebs: SimulatedEbs): EbsReadyFacts {
  return {
    listener: ebs.listenerUrl,
    control: ebs.controlUrl,
    url: ebs.url,
    seats: ebs.seats().map(({ agent, extension, listener }) => ({ agent, extension, listener })),
  };
}

function customersOf({ customersFile, directory }: EbsForegroundOptions): Customer[] | undefined {
  if (customersFile === undefined) return undefined;
  const path = resolve(directory, customersFile);
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw new CtiError(
      {
        code: "usage",
        message: `cannot read the customers ${path}`,
        why: thrown instanceof Error ? thrown.message : String(thrown),
      },
      { cause: thrown },
    );
  }
  return readCustomers(document);
}
