import { copyFileSync, fstatSync, ftruncateSync, writeSync } from "node:fs";
import type { Clock } from "./clock.ts";
import type { Redactor } from "./redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Plain lines: time, level, agent, message. Secrets that the redactor knows never get in. */
export interface Log {
  write(level: LogLevel, message: string, agent?: string): void;
}

export interface LogOptions {
  clock: Clock;
  redactor: Redactor;
  /** Where lines go; each ends with a newline. */
  sink: (line: string) => void;
  debug: boolean;
}

export function createLog({ clock, redactor, sink, debug }: LogOptions): Log {
  return {
    write: (level, message, agent) => {
      if (level === "debug" && !debug) return;
      const who = agent === undefined ? "" : ` ${agent}`;
      // One entry, one line: what a server said must not look like an entry of ours.
      const text = redactor.redact(message).replace(/\s*[\r\n]+\s*/g, " | ");
      sink(`${new Date(clock.now()).toISOString()} ${level.padEnd(5)}${who} ${text}\n`);
    },
  };
}

/** Bytes after which the background log starts anew; one older file is kept. */
const rotateAt = 1_000_000;
const checkEvery = 100;

/**
 * A sink that writes to stderr. With `file`, stderr is that file, opened for appending: it is rotated by copying and truncating, since the
 * guardian, the worker and Bun's own last words all hold it open.
 */
export function stderrSink(file: string | undefined): (line: string) => void {
  let lines = 0;
  return (line) => {
    try {
      writeSync(2, line);
      if (file === undefined || lines++ % checkEvery !== 0) return;
      if (fstatSync(2).size > rotateAt) {
        copyFileSync(file, `${file}.1`);
        ftruncateSync(2, 0);
      }
    } catch {
      // A log that cannot be written (disk full, terminal gone) must not end the connector, and there is nowhere left to say so.
    }
  };
}
