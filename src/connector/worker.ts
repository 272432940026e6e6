import { writeSync } from "node:fs";
import { toCtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { type Lock, tryLock } from "../platform/lock.ts";
import { createLog, stderrSink } from "../platform/log.ts";
import { connectorLogFile, lockPath } from "../platform/paths.ts";
import { Redactor } from "../platform/redact.ts";
import { createSession } from "../session/session.ts";
import { Connector } from "./connector.ts";
import { type GuardianMessage, parseArguments, readMessages, type WorkerMessage } from "./guardian-link.ts";
import { systemProcessIdentity } from "../platform/process-identity.ts";

/** Milliseconds between two tries to take the lock of a guardian that has just died, and how many. */
const lockEvery = 100;
const lockTries = 50;

/**
 * The internal entry `cti __worker`, started by a guardian: its messages come on stdin, ours go to stdout. Ends the process when the
 * connector ends in order; goes on alone when the guardian dies.
 */
export async function runWorker(args: string[]): Promise<void> {
  const options = parseArguments(args);
  // Whatever file it makes is nobody else's to read.
  process.umask(0o077);
  const redactor = new Redactor();
  const log = createLog({
    clock: systemClock,
    redactor,
    sink: stderrSink(options.foreground ? undefined : connectorLogFile(process.env, options.profile)),
    debug: process.env.CTI_DEBUG === "1",
  });
  const unforeseen = (error: unknown): void =>
    log.write(
      "error",
      `unforeseen: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  process.on("uncaughtException", unforeseen);
  process.on("unhandledRejection", unforeseen);
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});

  let connector: Connector | undefined;
  let lock: Lock | undefined;
  const end = async (why: string): Promise<void> => {
    log.write("info", `ending: ${why}`);
    tell({ type: "stopping" });
    await connector?.close();
    lock?.release();
    process.exit(0);
  };
  process.on("SIGTERM", () => void end("SIGTERM"));

  const start = async (message: GuardianMessage & { type: "start" }): Promise<void> => {
    connector = new Connector({
      options,
      start: message,
      environment: process.env,
      createSession,
      processes: systemProcessIdentity,
      clock: systemClock,
      random: Math.random,
      redactor,
      log,
      keeper: {
        remember: (credentials) => tell({ type: "remember", ...credentials }),
        forget: (agent) => tell({ type: "forget", agent }),
      },
      onEnd: (why) => void end(why),
    });
    try {
      await connector.serve();
      tell({ type: "serving" });
    } catch (error) {
      tell({ type: "failed", error: toCtiError(error).toJSON() });
      log.write("error", `cannot serve: ${toCtiError(error).message}`);
      process.exit(1);
    }
  };

  await readMessages<GuardianMessage>(
    Bun.stdin.stream(),
    (message) => {
      if (message.type === "start") void start(message);
      else void end("asked by the guardian");
    },
    () => {},
  );

  // The guardian is gone.
  connector?.guardianLost();
  log.write("warn", "the guardian ended: going on without one, a death of this process signs the agents out");
  if (connector?.holdsLock === true) return;
  lock = await takeLock(options.profile);
  if (lock === undefined) await end("another connector has taken the profile");
  else connector?.lockTaken();
}

async function takeLock(profile: string): Promise<Lock | undefined> {
  for (let tries = 0; tries < lockTries; tries++) {
    const lock = tryLock(lockPath(process.env, profile));
    if (lock !== undefined) return lock;
    await Bun.sleep(lockEvery);
  }
  return undefined;
}

/** To the guardian; a guardian that is gone hears nothing. */
function tell(message: WorkerMessage): void {
  try {
    writeSync(1, `${JSON.stringify(message)}\n`);
  } catch {
    // Seen at the end of stdin.
  }
}
