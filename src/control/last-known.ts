import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CtiError } from "../model/errors.ts";
import { type Environment, statePath } from "../platform/paths.ts";
import { systemProcessIdentity } from "../platform/process-identity.ts";

/** What a connector leaves behind about the agents it had, so that the truth can be told when it is gone. No secrets. */
export interface LastKnown {
  /** ISO 8601 UTC. The file's own modification time is when the connector last lived. */
  writtenAt: string;
  pid: number;
  boot: string;
  /** Path of its control socket: another environment may look for it elsewhere. */
  socket?: string;
  /** Set by an orderly end; absent when the connector was killed. */
  endedAt?: string;
  agents: LastKnownAgent[];
}

export interface LastKnownAgent {
  agent: string;
  extension: string;
  /** Finesse's state, as last seen. */
  state: string | undefined;
  /** ISO 8601 UTC, since when in that state. */
  since: string | undefined;
  calls: number;
  /** Words for `cti login` besides agent and extension. */
  flags?: string[];
}

/** `sessions.json` in the state directory of the profile. */
export function lastKnownFile(environment: Environment, profile: string): string {
  return join(statePath(environment, profile), "sessions.json");
}

/** Reads the file; undefined when there is none or it cannot be read: it only serves to explain. `livedUntil`: milliseconds. */
export function readLastKnown(path: string): { known: LastKnown; livedUntil: number } | undefined {
  try {
    const known: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isLastKnown(known)) return undefined;
    return { known, livedUntil: statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

/** The file is touched more often than this while its writer lives; milliseconds. */
const signOfLife = 60_000;

/** Whether the process that wrote the file and should be at `socket` lives although nobody finds it: the socket was removed under it. */
export function writerLives(path: string, socket: string, now: number): boolean {
  const last = readLastKnown(path);
  return last !== undefined && last.known.socket === socket && isAlive(last, now);
}

function isAlive(last: { known: LastKnown; livedUntil: number }, now: number): boolean {
  if (last.known.endedAt !== undefined) return false;
  return Math.abs(now - last.livedUntil) < signOfLife && systemProcessIdentity(last.known.pid) !== undefined;
}

function isLastKnown(value: unknown): value is LastKnown {
  if (typeof value !== "object" || value === null) return false;
  const { agents, pid } = value as Partial<Record<keyof LastKnown, unknown>>;
  return (
    typeof pid === "number" &&
    Array.isArray(agents) &&
    agents.every(
      (agent: unknown) =>
        typeof agent === "object" &&
        agent !== null &&
        typeof Reflect.get(agent, "agent") === "string" &&
        typeof Reflect.get(agent, "extension") === "string" &&
        typeof Reflect.get(agent, "calls") === "number" &&
        isOptionalTexts(Reflect.get(agent, "flags")),
    )
  );
}

function isOptionalTexts(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((each) => typeof each === "string"));
}

/** For how long after a connector's end its last words matter, in milliseconds. Finesse has acted long before. */
const tellingFor = 12 * 60 * 60_000;

/** Finesse acts this long after the link is lost (reference/finesse.md §15: 60 to 180 s), milliseconds. */
const finesseActs = { earliest: 60_000, latest: 180_000 };

/**
 * Why there is no connector: `session-lost` when one ended with agents signed in, `no-connector` otherwise; exit 7 both. `profile` is
 * named in the hint when it is not the default one.
 */
export function noConnector(path: string, profile: string, now: number): CtiError {
  const last = readLastKnown(path);
  if (last === undefined || last.known.agents.length === 0 || now - last.livedUntil > tellingFor) {
    return new CtiError({
      code: "no-connector",
      message: "nobody is signed in",
      why: "no connector is running",
      hint: `sign in first: cti login${profileOption(profile)} -a AGENT -e EXTENSION`,
    });
  }
  const { known, livedUntil } = last;
  if (known.socket !== undefined && isAlive(last, now)) {
    return new CtiError({
      code: "no-connector",
      message: `the connector of profile ${profile} runs, but in another runtime directory`,
      why: `it serves ${known.socket}; signed in: ${known.agents.map(describe).join(", ")}`,
      hint: `set XDG_RUNTIME_DIR as it is there, or use a profile of its own here: --profile NAME`,
    });
  }
  const ended = known.endedAt === undefined ? livedUntil : Date.parse(known.endedAt);
  const who = known.agents.map(describe).join(", ");
  const message =
    known.endedAt === undefined
      ? `the connector was killed around ${clockTime(ended)} with ${who} signed in`
      : `the connector was stopped at ${clockTime(ended)} and left ${who} signed in`;
  return new CtiError({
    code: "session-lost",
    message,
    why: whatFinesseDoes(now - ended, known.agents.length),
    hint: `sign in again:${known.agents.length === 1 ? " " : "\n"}${known.agents
      .map((agent) => loginCommand(agent, profile))
      .join("\n")}`,
    details: { endedAt: new Date(ended).toISOString(), agents: known.agents },
  });
}

/** What is known of one agent that a connector before this one lost. */
export function lostAgent(lost: LastKnownAgent, profile: string, livedUntil: number, now: number): CtiError {
  return new CtiError({
    code: "session-lost",
    message: `agent ${lost.agent} is not signed in here: the connector before this one ended around ${clockTime(livedUntil)} with ${describe(lost)} signed in`,
    why: whatFinesseDoes(now - livedUntil, 1),
    hint: `sign in again: ${loginCommand(lost, profile)}`,
    details: { endedAt: new Date(livedUntil).toISOString(), agents: [lost] },
  });
}

/** What to type to sign in as before, fit for a shell. */
export function loginCommand(
  { agent, extension, flags = [] }: Pick<LastKnownAgent, "agent" | "extension" | "flags">,
  profile: string,
): string {
  const words = ["-a", agent, "-e", extension, ...flags].map(quoted).join(" ");
  return `cti login${profileOption(profile)} ${words}`;
}

function profileOption(profile: string): string {
  return profile === "default" ? "" : ` --profile ${profile}`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_.,:/@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function describe(agent: LastKnownAgent): string {
  const calls = agent.calls === 0 ? "" : agent.calls === 1 ? ", on a call" : `, with ${agent.calls} calls`;
  return `agent ${agent.agent} (${agent.state ?? "state unknown"}${calls})`;
}

function whatFinesseDoes(elapsed: number, agents: number): string {
  const whom = agents === 1 ? "the agent" : "them";
  if (elapsed > finesseActs.latest)
    return `Finesse saw the lost link and has signed ${whom} out or made ${whom} NOT_READY by now`;
  return `Finesse sees the lost link and signs ${whom} out or makes ${whom} NOT_READY 1 to 3 minutes after it`;
}

/** Local time of day, `14:03`; with the date when it is not today's. */
function clockTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
