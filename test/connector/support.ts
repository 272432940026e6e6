import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Call } from "../../src/model/call.ts";
import type { CtiEvent } from "../../src/model/events.ts";
import type { SessionSettings } from "../../src/model/settings.ts";
import type { Environment } from "../../src/platform/paths.ts";

/** A home of its own: nothing of the real one is read or written. */
export function temporaryHome(): { environment: Environment; directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "cti-"));
  for (const name of ["run", "state", "config"]) mkdirSync(join(directory, name), { mode: 0o700 });
  return {
    directory,
    environment: {
      PATH: process.env.PATH,
      HOME: directory,
      XDG_RUNTIME_DIR: join(directory, "run"),
      XDG_STATE_HOME: join(directory, "state"),
      XDG_CONFIG_HOME: join(directory, "config"),
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export function settingsFor(agent: string, changes: Partial<SessionSettings> = {}): SessionSettings {
  return {
    agent,
    extension: `2${agent.slice(1)}`,
    finesse: ["https://finesse.test:8445"],
    ca: [],
    insecure: false,
    resolve: [],
    unattended: { then: "keep", after: 60 },
    defaultReasons: {},
    timeout: 5,
    ...changes,
  };
}

export function callWith(variables: Record<string, string>, id = "16804377"): Call {
  return {
    id,
    interaction: "01HZZZ",
    parent: undefined,
    customer: undefined,
    direction: "in",
    type: "ACD_IN",
    state: "ALERTING",
    dialogState: "ALERTING",
    cause: undefined,
    party: "5551234",
    from: "5551234",
    to: "2001",
    dialedNumber: undefined,
    queue: undefined,
    startedAt: undefined,
    stateSince: undefined,
    actions: ["ANSWER"],
    participants: [],
    variables,
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: undefined,
  };
}

/** The next event that fits; fails when the stream ends before. */
export async function nextEvent(
  events: AsyncIterator<CtiEvent>,
  fits: (event: CtiEvent) => boolean,
): Promise<CtiEvent> {
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) throw new Error("the stream ended");
    if (fits(value)) return value;
  }
}

/** Waits for what nobody can tell us of: the end of a process that is not our child. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
