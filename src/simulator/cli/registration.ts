import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CtiError } from "../../model/errors.ts";
import { type Environment, runtimeDirectory } from "../../platform/paths.ts";

/** What a running simulator leaves in the runtime directory, so that `cti sim call …` finds it. */
export interface Registration {
  pid: number;
  /** URL of its control API. */
  control: string;
}

const fileOf = (environment: Environment): string => join(runtimeDirectory(environment), "sim.json");

/** Says where this simulator is; the latest one started is the one that is found. */
export function register(environment: Environment, registration: Registration): void {
  writeAtomically(fileOf(environment), `${JSON.stringify(registration)}\n`);
}

/** Takes the registration back, unless another simulator has put its own there. */
export function unregister(environment: Environment, pid: number): void {
  if (registered(environment)?.pid === pid) rmSync(fileOf(environment), { force: true });
}

/** The control URL: the given one, else that of the running simulator. Throws `simulator-unreachable` when there is none. */
export function findSimulator(environment: Environment, url: string | undefined): string {
  if (url !== undefined) {
    if (!URL.canParse(url))
      throw new CtiError({
        code: "usage",
        message: `"${url}" is not a URL`,
        hint: "for example: --sim http://127.0.0.1:8899",
      });
    return url.replace(/\/+$/, "");
  }
  const found = registered(environment);
  if (found === undefined) throw noSimulator();
  return found.control;
}

/** The error for "nothing there", with the way out. */
export function noSimulator(why?: string): CtiError {
  return new CtiError({
    code: "simulator-unreachable",
    message: "no simulator is running",
    why,
    hint: "start one in another terminal: cti sim",
  });
}

/** Writes so that a reader sees the whole file or none. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw new CtiError(
      {
        code: "usage",
        message: `cannot write ${path}`,
        why: thrown instanceof Error ? thrown.message : String(thrown),
      },
      { cause: thrown },
    );
  }
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
