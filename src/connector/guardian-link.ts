import type { ErrorData } from "../model/errors.ts";
import type { SessionSettings, SiteSettings } from "../model/settings.ts";

/** What the guardian keeps for a signed-in agent, in memory only. */
export interface Credentials {
  settings: SessionSettings;
  password: string;
}

/** The CRM adapters of a connector, complete: read in the face, kept by the guardian, so that a restarted worker needs nothing else. */
export interface AdaptersStart {
  /** What sessions get that a CRM signs in. */
  site: SiteSettings;
  adapters: AdapterStart[];
}

export interface AdapterStart {
  name: string;
  /** Checked by the adapter's own reader. */
  settings: unknown;
  /** Never in an argument, a file or a log. */
  secrets: Record<string, string>;
}

/** Guardian to worker, JSON lines on the worker's stdin. The end of the stream means that the guardian is gone. */
export type GuardianMessage =
  | {
      type: "start";
      agents: Credentials[];
      restarts: number;
      guardianPid: number;
      startedAt: string;
      adapters?: AdaptersStart;
    }
  | { type: "stop" };

/** Worker to guardian, JSON lines on the worker's stdout. */
export type WorkerMessage =
  | { type: "serving" }
  /** It cannot work here, and a restart would not help. */
  | { type: "failed"; error: ErrorData }
  /** It ends as asked: no restart. */
  | { type: "stopping" }
  | ({ type: "remember" } & Credentials)
  | { type: "forget"; agent: string };

/** Arguments that both processes understand. */
export interface ConnectorArguments {
  profile: string;
  foreground: boolean;
  recordVariables: boolean;
  /** Seconds without agents and faces after which a connector in the background ends. */
  grace: number;
}

const defaultGrace = 60;

/** Reads the arguments of the internal entries `__guardian` and `__worker`. */
export function parseArguments(args: readonly string[]): ConnectorArguments {
  const value = (name: string): string | undefined =>
    args.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
  const grace = Number(value("grace") ?? defaultGrace);
  return {
    profile: value("profile") ?? "default",
    foreground: args.includes("--foreground"),
    recordVariables: args.includes("--record-variables"),
    grace: Number.isFinite(grace) && grace >= 0 ? grace : defaultGrace,
  };
}

/** The same as a command line. */
export function formatArguments(options: ConnectorArguments): string[] {
  return [
    `--profile=${options.profile}`,
    `--grace=${options.grace}`,
    ...(options.foreground ? ["--foreground"] : []),
    ...(options.recordVariables ? ["--record-variables"] : []),
  ];
}

/**
 * Calls `take` with each line of a byte stream; resolves at its end. A line that is not JSON is not ours (something printed to stdout)
 * and goes to `stray`.
 */
export async function readMessages<Message>(
  stream: ReadableStream<Uint8Array>,
  take: (message: Message) => void,
  stray: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") continue;
      let message: Message;
      try {
        // Both ends are the same program, started by one another.
        message = JSON.parse(line) as Message;
      } catch {
        stray(line);
        continue;
      }
      take(message);
    }
  }
}
