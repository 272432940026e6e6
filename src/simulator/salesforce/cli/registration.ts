import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CtiError } from "../../../model/errors.ts";
import { type Environment, runtimeDirectory } from "../../../platform/paths.ts";
import { type Registration, writeAtomically } from "../../cli/registration.ts";

const fileOf = (environment: Environment): string =>
  join(runtimeDirectory(environment), "sim-salesforce.json");

/** Says where this simulated Salesforce is; the latest one started is the one that is found. */
export function registerSalesforce(environment: Environment, registration: Registration): void {
  writeAtomically(fileOf(environment), `${JSON.stringify(registration)}\n`);
}

/** Takes the registration back, unless another one has put its own there. */
export function unregisterSalesforce(environment: Environment, pid: number): void {
  if (registered(environment)?.pid === pid) rmSync(fileOf(environment), { force: true });
}

/** The control URL: the given one, else that of the running simulated Salesforce. Throws `simulator-unreachable` when there is none. */
export function findSalesforce(environment: Environment, url: string | undefined): string {
  if (url !== undefined) {
    if (!URL.canParse(url))
      throw new CtiError({
        code: "usage",
        message: `"${url}" is not a URL`,
        hint: "for example: --salesforce http://127.0.0.1:8899",
      });
    return url.replace(/\/+$/, "");
  }
  const found = registered(environment);
  if (found === undefined) throw noSalesforce();
  return found.control;
}

/** The error for "nothing there", with the way out. */
export function noSalesforce(why?: string): CtiError {
  return new CtiError({
    code: "simulator-unreachable",
    message: "no simulated Salesforce is running",
    why,
    hint: "start one in another terminal: cti sim salesforce",
  });
}

function registered(environment: Environment): Registration | undefined {
  let text: string;
  try {
    text = readFileSync(fileOf(environment), "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("pid" in value) || !("control" in value))
    return undefined;
  const { pid, control } = value;
  return typeof pid === "number" && typeof control === "string" ? { pid, control } : undefined;
}
