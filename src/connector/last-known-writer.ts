import { renameSync, utimesSync, writeFileSync } from "node:fs";
import type { LastKnown, LastKnownAgent } from "../control/last-known.ts";
import { isSignedOut } from "../model/agent.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { AgentBrief } from "./registry.ts";

export interface LastKnownWriterOptions {
  path: string;
  boot: string;
  /** Path of the control socket. */
  socket: string;
  clock: Clock;
  log: Log;
  agents: () => AgentBrief[];
}

/**
 * Milliseconds between two writings at least: a change is written at once, those that follow it together. With many agents a writing
 * takes long, and then the next one waits so many times as long.
 */
const gather = 200;
const restFactor = 50;
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
    const { clock } = this.#options;
    const began = performance.now();
    this.write();
    const rest = Math.max(gather, (performance.now() - began) * restFactor);
    this.#cancelWrite = clock.after(rest, () => {
      this.#cancelWrite = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.changed();
    });
  }

  /** Written now. `ended`: this is an orderly end. */
  write(ended = false): void {
    const { path, boot, socket, clock, agents } = this.#options;
    const now = new Date(clock.now()).toISOString();
    const known: LastKnown = {
      writtenAt: now,
      pid: process.pid,
      boot,
      socket,
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
function isOurs(status: AgentBrief): boolean {
  return status.link.state !== "conflict" && !(status.state !== undefined && isSignedOut(status.state.state));
}

function lastKnownAgent(status: AgentBrief): LastKnownAgent {
  return {
    agent: status.agent,
    extension: status.extension,
    state: status.state?.state,
    since: status.state?.stateChangeTime,
    calls: status.calls.length,
    ...(status.flags !== undefined && { flags: status.flags }),
  };
}
