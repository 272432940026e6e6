import { lstatSync } from "node:fs";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { isLocked, type Lock, tryLock } from "../platform/lock.ts";
import type { Log } from "../platform/log.ts";
import { type Environment, lockPath, socketPath } from "../platform/paths.ts";
import { clearSocket, withPrivateMask } from "./control-socket.ts";
import { limits } from "./limits.ts";

export interface ControlListenerOptions {
  environment: Environment;
  profile: string;
  clock: Clock;
  log: Log;
  handle: (request: Request) => Promise<Response>;
  /** At every look that finds the socket gone and not to be had again. */
  onUnreachable: () => void;
}

/** Milliseconds between two looks whether the socket is still ours. */
export const socketLook = 5000;

/**
 * Event streams and commands are silent for longer than the ten seconds after which Bun cuts a connection. Bun's types do not know the
 * option beside `unix`, and `server.timeout(request, 0)`, which they know, has no effect there.
 */
const withoutIdleTimeout: object = { idleTimeout: 0 };

/**
 * The control socket of a profile, kept where faces look for it. Systems remove runtime directories behind a running program's back (systemd
 * at logout, cleaners of /tmp): then it is bound again, under a lock of its own, unless another connector has taken the place.
 */
export class ControlListener {
  readonly #given: ControlListenerOptions;
  #server: Bun.Server<undefined> | undefined;
  /** Path of the socket; empty before it is bound. */
  #place = "";
  /** Of the socket and of the lock file, when they were last known to be ours. */
  #socket: string | undefined;
  #lockFile: string | undefined;
  #lock: Lock | undefined;
  #told = false;
  #closed = false;
  #stopped = false;
  #cancel: () => void = () => {};

  constructor(given: ControlListenerOptions) {
    this.#given = given;
  }

  /** True when this process had to take the profile's lock itself. */
  get holdsLock(): boolean {
    return this.#lock !== undefined;
  }

  /** Binds the socket; the caller's side holds the lock. Throws CtiError when the socket cannot be had. */
  async open(): Promise<void> {
    const { environment, profile } = this.#given;
    this.#place = socketPath(environment, profile);
    await this.#bind(this.#place);
    // A worker that is restarted after the runtime directory was removed: the guardian's lock went with it.
    const lock = lockPath(environment, profile);
    if (!isLocked(lock)) this.#lock = tryLock(lock);
    this.lockTaken();
    this.#schedule();
  }

  /** The lock that stands there now is held by our side. */
  lockTaken(): void {
    const { environment, profile } = this.#given;
    this.#lockFile = identity(lockPath(environment, profile));
  }

  /** No more requests; those under way get `patience` milliseconds. */
  async finish(patience: number): Promise<void> {
    this.#closed = true;
    this.#cancel();
    if (!this.#isOurs()) return;
    this.#stopped = true;
    await Promise.race([this.#server?.stop(), Bun.sleep(patience)]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    // Bun removes the path of what it stops, whoever's it is: where another connector stands by now, the end of the process has to do.
    if (this.#stopped || this.#isOurs()) await this.#server?.stop(true);
    this.#lock?.release();
  }

  async #bind(path: string): Promise<void> {
    await clearSocket(path);
    // Open streams go on over the old socket until their readers leave.
    void this.#server?.stop();
    try {
      this.#server = withPrivateMask(() =>
        Bun.serve({
          ...withoutIdleTimeout,
          unix: path,
          maxRequestBodySize: limits.body,
          fetch: (request) => this.#given.handle(request),
        }),
      );
    } catch (error) {
      throw new CtiError(
        {
          code: "connector-start",
          message: `cannot listen on ${path}`,
          ...(error instanceof Error && { why: error.message }),
          hint: "look at the rights and the free space of that directory",
        },
        { cause: error },
      );
    }
    this.#socket = identity(path);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#given.clock.after(socketLook, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { log } = this.#given;
    try {
      if (!this.#isOurs()) {
        await this.#again();
        log.write("warn", "the control socket was removed: made again");
        this.#told = false;
      }
    } catch (thrown) {
      const { message, why } = toCtiError(thrown);
      if (!this.#told)
        log.write(
          "error",
          `the control socket was removed and cannot be made again, no command reaches this connector: ${message}${why === undefined ? "" : ` (${why})`}`,
        );
      this.#told = true;
      if (!this.#closed) this.#given.onUnreachable();
    }
    this.#schedule();
  }

  async #again(): Promise<void> {
    const { environment, profile } = this.#given;
    const path = socketPath(environment, profile);
    const lock = lockPath(environment, profile);
    if (this.#lockFile === undefined || identity(lock) !== this.#lockFile) {
      // The lock went with the directory: whoever has the one that stands there now has the profile.
      const taken = tryLock(lock);
      if (taken === undefined)
        throw new CtiError({ code: "connector-start", message: "another connector has taken the profile" });
      this.#lock?.release();
      this.#lock = taken;
      this.#lockFile = identity(lock);
    }
    await this.#bind(path);
  }

  #isOurs(): boolean {
    return this.#place !== "" && identity(this.#place) === this.#socket;
  }
}

/** Device and inode: another file of the same name is not ours. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = lstatSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
