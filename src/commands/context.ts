import type { BaseContext } from "clipanion";
import { type Paint, paintFor } from "../platform/terminal.ts";

/** What a command needs of the world; tests pass their own. */
export type CtiContext = BaseContext & {
  /** Colour of stdout and of stderr. */
  paint: { out: Paint; err: Paint };
  /** Width of stdout in columns; 80 where it is not a terminal. */
  columns: number;
  /** Milliseconds since the epoch. */
  now: () => number;
};

/** The context of the running process. */
export function processContext(): CtiContext {
  const { env, stdin, stdout, stderr } = process;
  return {
    env,
    stdin,
    stdout,
    stderr,
    // clipanion's own colours are never used: errors and help are printed by us.
    colorDepth: 1,
    paint: { out: paintFor(stdout, env), err: paintFor(stderr, env) },
    columns: stdout.columns ?? 80,
    now: Date.now,
  };
}
