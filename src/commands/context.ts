import type { BaseContext } from "clipanion";
import type { KeyStore } from "../platform/password.ts";
import { type Paint, paintFor } from "../platform/terminal.ts";
import { type ControlAccess, processControl } from "./control.ts";

/** What a command needs of the world; tests pass their own. */
export type CtiContext = BaseContext & {
  /** The caller's directory, which relative paths are relative to. */
  folder: string;
  /** Colour of stdout and of stderr. */
  paint: { out: Paint; err: Paint };
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new name for a request, so that a retried one is done once. */
  newKey: () => string;
  control: ControlAccess;
  /** The system's key store, when it is not the real one. */
  keyStore?: KeyStore;
};

/** The context of the running process. */
export function processContext(): CtiContext {
  const { env, stdout, stderr } = process;
  return {
    env,
    // Read on demand: only touching process.stdin already costs start-up time.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    // clipanion's own colours are never used: errors and help are printed by us.
    colorDepth: 1,
    folder: process.cwd(),
    paint: { out: paintFor(stdout, env), err: paintFor(stderr, env) },
    now: Date.now,
    newKey: () => crypto.randomUUID(),
    control: processControl(env, (notice) => stderr.write(`${notice}\n`)),
  };
}
