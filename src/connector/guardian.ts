import { closeSync, openSync, writeSync } from "node:fs";
import type { StartReport } from "../control/start.ts";
import { toCtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { tryLock } from "../platform/lock.ts";
import { createLog, type Log, stderrSink } from "../platform/log.ts";
import { connectorLogFile, lockPath } from "../platform/paths.ts";
import { Redactor } from "../platform/redact.ts";
import { GuardianProcess } from "./guardian-process.ts";
import { type AdaptersStart, type ConnectorArguments, parseArguments } from "./guardian-link.ts";

/**
 * The internal entry `cti __guardian`: a connector in the background. Says on stdout, in one line, that it serves, that another one has
 * the profile, or why it cannot; then lives until its worker ends as asked.
 */
export async function runGuardian(args: string[]): Promise<void> {
  const options = parseArguments(args);
  process.umask(0o077);
  // The terminal that started it may close; SIGHUP is not for us.
  process.on("SIGHUP", () => {});
  let reported = false;
  const report = (message: StartReport): void => {
    if (reported) return;
    reported = true;
    try {
      writeSync(1, `${JSON.stringify(message)}\n`);
    } catch {
      // Whoever started us has not waited.
    }
    // The reader waits for the end of the pipe in vain otherwise. Something harmless takes the number, so that no later file gets it.
    closeSync(1);
    openSync("/dev/null", "w");
  };
  try {
    const outcome = await guard(options, () => report({ ready: true }));
    if (outcome === "held") report({ held: true });
  } catch (error) {
    report({ error: toCtiError(error).toJSON() });
    process.exitCode = toCtiError(error).exitCode;
  }
}

/**
 * Holds the profile's lock and keeps a worker alive until it ends as asked; `serving` is called when it first serves. Answers `held` at
 * once when another connector has the profile. Throws CtiError when the worker says that it cannot work here.
 */
export async function guard(
  options: ConnectorArguments,
  serving: () => void,
  adapters?: AdaptersStart,
): Promise<"ended" | "held"> {
  const log = createLog({
    clock: systemClock,
    redactor: new Redactor(),
    sink: stderrSink(options.foreground ? undefined : connectorLogFile(process.env, options.profile)),
    debug: process.env.CTI_DEBUG === "1",
  });
  const lock = tryLock(lockPath(process.env, options.profile));
  if (lock === undefined) return "held";
  try {
    const guardian = new GuardianProcess({
      options,
      clock: systemClock,
      log,
      serving,
      ...(adapters !== undefined && { adapters }),
    });
    const stop = (signal: string): void => {
      log.write("info", `${signal}: stopping`);
      guardian.stop();
    };
    process.on("SIGTERM", () => stop("SIGTERM"));
    process.on("SIGINT", () => stop("SIGINT"));
    if (options.foreground) process.on("SIGHUP", () => stop("SIGHUP"));
    guardForUnforeseen(log);
    await guardian.run();
    return "ended";
  } finally {
    lock.release();
  }
}

/** The guardian holds the passwords: whatever happens, it goes on, and says so. */
function guardForUnforeseen(log: Log): void {
  const note = (error: unknown): void =>
    log.write(
      "error",
      `guardian: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
}
