import { renameSync, utimesSync, writeFileSync } from "node:fs";
import type { AgentStatus } from "../control/contract.ts";
import type { LastKnown, LastKnownAgent } from "../control/last-known.ts";
import { isSignedOut } from "../model/agent.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";

export interface LastKnownWriterOptions {
  path: string;
  boot: string;
  clock: Clock;
  log: Log;
  agents: () => AgentStatus[];
}

/** Milliseconds between two writings: a change is written at once, those that follow it together. */
const gather = 200;
/** Milliseconds between two signs of life. */
const touchEvery = 20_000;

/** Keeps `sessions.json` current: what a face can tell when this process is gone. */
export class LastKnownWriter {
  readonly #options: LastKnownWriterOptions;
  #cancelWrite: (() => void) | undefined;
  #cancelTouch: () => void;
  #again = false;
  #failing = false;

  constructor(options: LastKnownWriterOptions) {
    this.#options = options;
    this.#cancelTouch = options.clock.after(touchEvery, () => this.#touch());
  }

  /** Something changed: written now, or soon after the last writing. */
  changed(): void {
    if (this.#cancelWrite !== undefined) {
      this.#again = true;
      return;
    }
    this.write();
    this.#cancelWrite = this.#options.clock.after(gather, () => {
      this.#cancelWrite = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.changed();
    });
  }

  /** Written now. `ended`: this is an orderly end. */
  write(ended = false): void {
    const { path, boot, clock, agents } = this.#options;
    const now = new Date(clock.now()).toISOString();
    const known: LastKnown = {
      writtenAt: now,
      pid: process.pid,
      boot,
      ...(ended && { endedAt: now }),
      agents: agents().filter(isOurs).map(lastKnownAgent),
    };
    this.#guarded(() => {
      writeFileSync(`${path}.new`, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    });
  }

  close(): void {
    this.#cancelWrite?.();
    this.#cancelTouch();
  }

  #touch(): void {
    const { clock, path } = this.#options;
    this.#cancelTouch = clock.after(touchEvery, () => this.#touch());
    const seconds = clock.now() / 1000;
    this.#guarded(() => utimesSync(path, seconds, seconds));
  }

  #guarded(work: () => void): void {
    try {
      work();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#options.log.write("warn", `cannot write ${this.#options.path}: ${String(error)}`);
      this.#failing = true;
    }
  }
}

/** An agent that Finesse has signed out, or who is at another seat now, is not lost with us. */
function isOurs(status: AgentStatus): boolean {
  return status.link.state !== "conflict" && !(status.state !== undefined && isSignedOut(status.state.state));
}

function lastKnownAgent(status: AgentStatus): LastKnownAgent {
  return {
    agent: status.agent,
    extension: status.extension,
    state: status.state?.state,
    since: status.state?.stateChangeTime,
    calls: status.calls.length,
    ...(status.flags !== undefined && { flags: status.flags }),
  };
}
