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

/** How one kind of simulator is found. */
export interface Finder {
  /** Says where this one is; the latest one started is the one that is found. */
  register(environment: Environment, registration: Registration): void;
  /** Takes the registration back, unless another one has put its own there. */
  unregister(environment: Environment, pid: number): void;
  /** The control URL: the given one, else that of the running one. Throws `simulator-unreachable` when there is none. */
  find(environment: Environment, url: string | undefined): string;
  /** The error for "nothing there", with the way out. */
  none(why?: string): CtiError;
}

/** `name`: for people; `file`: in the runtime directory; `flag`: what gives its URL; `command`: what starts it. */
export function finder(kind: { name: string; file: string; flag: string; command: string }): Finder {
  const fileOf = (environment: Environment): string => join(runtimeDirectory(environment), kind.file);
  const none = (why?: string): CtiError =>
    new CtiError({
      code: "simulator-unreachable",
      message: `no ${kind.name} is running`,
      why,
      hint: `start one in another terminal: ${kind.command}`,
    });
  return {
    register: (environment, registration) =>
      writeAtomically(fileOf(environment), `${JSON.stringify(registration)}\n`),
    unregister(environment, pid) {
      const file = fileOf(environment);
      if (registered(file)?.pid === pid) rmSync(file, { force: true });
    },
    find(environment, url) {
      if (url === undefined) {
        const found = registered(fileOf(environment));
        if (found === undefined) throw none();
        return found.control;
      }
      if (!URL.canParse(url))
        throw new CtiError({
          code: "usage",
          message: `"${url}" is not a URL`,
          hint: `for example: ${kind.flag} http://127.0.0.1:8899`,
        });
      return url.replace(/\/+$/, "");
    },
    none,
  };
}

export const {
  register,
  unregister,
  find: findSimulator,
  none: noSimulator,
} = finder({ name: "simulator", file: "sim.json", flag: "--sim", command: "cti sim" });

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

function registered(file: string): Registration | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
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
