import { closeSync, openSync, readFileSync } from "node:fs";
import { CtiError, isErrorData } from "../model/errors.ts";
import { connectorLogFile, type Environment } from "../platform/paths.ts";
import { selfCommand } from "../platform/self-command.ts";

export interface StartOptions {
  environment: Environment;
  profile: string;
  /** Write call-variable values into journal and trace as they are. */
  recordVariables: boolean;
  /** Seconds without agents and faces after which it ends by itself. */
  grace?: number;
  /** The program to start; this one by default. */
  command?: string[];
}

/** What a guardian says on its stdout, in one line of JSON, once its fate is known. */
export type StartReport = { ready: true } | { held: true } | { error: unknown };

const passed =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|CTI_DEBUG|BUN_\w+|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|(HTTPS?|NO|ALL)_PROXY)$/i;

/** What a process in the background may know of the shell that started it: no `CTI_PASSWORD` for `ps eww` to show. */
export function scrubbedEnvironment(environment: Environment): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && passed.test(name)) result[name] = value;
  return result;
}

/**
 * Starts a connector in the background and waits until it serves (`ready`) or finds that another one has the profile (`held`).
 * Throws what it reports, or `connector-start` with the end of its log.
 */
export async function startConnector(options: StartOptions): Promise<"ready" | "held"> {
  const { environment, profile } = options;
  const logFile = connectorLogFile(environment, profile);
  const log = openSync(logFile, "a", 0o600);
  const begin = readFileSync(logFile).length;
  const guardian = spawnGuardian(options, log);
  closeSync(log);
  guardian.unref();
  const line = await firstLine(guardian.stdout);
  const report = parseReport(line);
  if (report !== undefined && "ready" in report) return "ready";
  if (report !== undefined && "held" in report) return "held";
  if (report !== undefined && isErrorData(report.error)) throw new CtiError(report.error);
  const tail = readFileSync(logFile).subarray(begin).toString("utf8").trim().split("\n").slice(-5).join("\n");
  throw new CtiError({
    code: "connector-start",
    message: "the connector did not start",
    why: tail === "" ? "it ended without a word" : tail,
    hint: `look at ${logFile}, or run cti serve to see it in the foreground`,
  });
}

type Guardian = Bun.Subprocess<"ignore", "pipe", number>;

function spawnGuardian(options: StartOptions, log: number): Guardian {
  const command = [
    ...(options.command ?? selfCommand()),
    "__guardian",
    `--profile=${options.profile}`,
    ...(options.recordVariables ? ["--record-variables"] : []),
    ...(options.grace === undefined ? [] : [`--grace=${options.grace}`]),
  ];
  try {
    return Bun.spawn(command, {
      // A session of its own: neither Ctrl-C nor the end of the terminal reaches it.
      detached: true,
      cwd: "/",
      env: scrubbedEnvironment(options.environment),
      stdio: ["ignore", "pipe", log],
    });
  } catch (error) {
    closeSync(log);
    throw new CtiError(
      {
        code: "connector-start",
        message: `cannot run ${command[0]}`,
        ...(error instanceof Error && { why: error.message }),
        hint: "see whether the program was moved or replaced",
      },
      { cause: error },
    );
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

function parseReport(line: string): StartReport | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    if ("ready" in value) return { ready: true };
    if ("held" in value) return { held: true };
    if ("error" in value) return { error: value.error };
  } catch {
    // It said something else, or nothing: the log knows.
  }
  return undefined;
}
