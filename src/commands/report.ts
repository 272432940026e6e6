import type { Writable } from "node:stream";
import { type CtiError, toCtiError } from "../model/errors.ts";
import { jsonText, type Paint, printable } from "../platform/terminal.ts";

/** Where and how an error is shown. */
export interface ReportTarget {
  stderr: Writable;
  /** Colour of stderr. */
  paint: Paint;
  json: boolean;
  /** Stack traces are for us, not for users: only with CTI_DEBUG=1. */
  debug: boolean;
}

/** What failed, why in the other side's words, what to do next: one line each. */
export function errorText(error: CtiError, paint: Paint): string {
  const lines = [`${paint("red", "✗")} ${paint("bold", printable(error.message))}`];
  if (error.why !== undefined) lines.push(...labelled("why:", error.why, paint));
  if (error.hint !== undefined) lines.push(...labelled("next:", error.hint, paint));
  return `${lines.join("\n")}\n`;
}

function labelled(label: string, text: string, paint: Paint): string[] {
  return text
    .split("\n")
    .map((line, index) => `  ${paint("dim", (index === 0 ? label : "").padEnd(5))} ${printable(line)}`);
}

/** Prints whatever was thrown to stderr (never stdout: that is for results) and answers the exit code it stands for. */
export function reportError(thrown: unknown, target: ReportTarget): number {
  const error = toCtiError(thrown);
  const text = target.json ? `${jsonText({ error: error.toJSON() })}\n` : errorText(error, target.paint);
  target.stderr.write(text);
  if (target.debug) target.stderr.write(`${stackOf(thrown)}\n`);
  return error.exitCode;
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? "" : `\ncaused by ${stackOf(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}
