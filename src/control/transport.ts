import { CtiError, isErrorData } from "../model/errors.ts";
import { type Environment, lockPath, socketPath } from "../platform/paths.ts";
import { controlApi } from "./contract.ts";
import { lastKnownFile, noConnector, writerLives } from "./last-known.ts";

export interface Target {
  environment: Environment;
  profile: string;
  version: string;
  /** Milliseconds. */
  patience: number;
  onNotice: ((notice: string) => void) | undefined;
}

export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query below `/v1`. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Milliseconds until the answer's headers; none for streams. */
  timeout?: number;
  signal?: AbortSignal | undefined;
  /** False for a request that must not be sent twice. */
  repeatable?: boolean;
}

/** Milliseconds between two looks at a socket whose worker is being restarted. */
const lookEvery = 15;

/** Sends requests to the socket of one profile, and waits out a restart of the worker. */
export class Transport {
  readonly #target: Target;
  #socket: string | undefined;
  #noticed = false;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The answer's JSON. Throws CtiError: what the connector answered, or why it could not be asked. */
  async json<Answer>(call: Call): Promise<Answer> {
    const response = await this.send(call);
    try {
      // The other side is this program, and its version was compared in `send`.
      return (await response.json()) as Answer;
    } catch (error) {
      throw this.#foreign(error);
    }
  }

  /** Sends until an answer has come. A refusal is thrown. */
  async send(call: Call): Promise<Response> {
    const deadline = performance.now() + this.#target.patience;
    for (;;) {
      const result = await this.#attempt(call);
      if (result instanceof Response) {
        this.#notice(result);
        if (!result.ok) throw await this.#refusal(result);
        this.#checkApi(result, call.path);
        return result;
      }
      const known = lastKnownFile(this.#target.environment, this.#target.profile);
      const running =
        result.established || (await this.#lockHeld()) || writerLives(known, this.#place(), Date.now());
      if (!running) throw noConnector(known, this.#target.profile, Date.now());
      if (call.repeatable === false && result.established)
        throw this.#unreachable(result.error, "the connection broke before the answer");
      if (performance.now() > deadline)
        throw this.#unreachable(result.error, "the connector runs but does not answer");
      call.signal?.throwIfAborted();
      await Bun.sleep(lookEvery);
    }
  }

  /** Resolves when no connector holds the profile any more, or patience has run out. */
  async gone(): Promise<void> {
    const deadline = performance.now() + this.#target.patience;
    while (performance.now() < deadline && (await this.#lockHeld())) await Bun.sleep(lookEvery);
  }

  /** One try. `established`: somebody was listening, and may have taken the request. */
  async #attempt(call: Call): Promise<Response | { error: unknown; established: boolean }> {
    const unix = this.#place();
    const signals = [
      ...(call.signal === undefined ? [] : [call.signal]),
      ...(call.timeout === undefined ? [] : [AbortSignal.timeout(call.timeout)]),
    ];
    try {
      return await fetch(`http://connector/v1${call.path}`, {
        unix,
        method: call.method,
        headers: {
          "Cti-Api": String(controlApi),
          ...(call.body !== undefined && { "Content-Type": "application/json" }),
          ...call.headers,
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        ...(signals.length > 0 && { signal: signals.length === 1 ? signals[0] : AbortSignal.any(signals) }),
      });
    } catch (error) {
      if (call.signal?.aborted === true)
        throw new CtiError({ code: "interrupted", message: "interrupted" }, { cause: error });
      if (error instanceof DOMException && error.name === "TimeoutError")
        throw this.#unreachable(error, "the connector runs but does not answer");
      const code = String(Reflect.get(Object(error), "code"));
      if (code === "EACCES" || code === "EPERM") throw this.#unreachable(error, `no permission for ${unix}`);
      return {
        error,
        established: code !== "ENOENT" && code !== "ECONNREFUSED" && code !== "FailedToOpenSocket",
      };
    }
  }

  #place(): string {
    this.#socket ??= socketPath(this.#target.environment, this.#target.profile);
    return this.#socket;
  }

  async #lockHeld(): Promise<boolean> {
    // Loaded only here: a command that finds its connector must not pay for SQLite.
    const { isLocked } = await import("../platform/lock.ts");
    return isLocked(lockPath(this.#target.environment, this.#target.profile));
  }

  async #refusal(response: Response): Promise<CtiError> {
    const text = await response.text();
    try {
      const body: unknown = JSON.parse(text);
      const error: unknown = Reflect.get(Object(body), "error");
      if (isErrorData(error)) return new CtiError(error);
    } catch {
      // Told below.
    }
    return this.#foreign(`HTTP ${response.status}`);
  }

  /** Whoever answers "all is well" without speaking our control API is misunderstood rather than obeyed. */
  #checkApi(response: Response, path: string): void {
    const theirs = response.headers.get("Cti-Api");
    if (theirs === null) throw this.#foreign("its answer names no version of the control API");
    // These two never change their form, so that a connector of any version can be ended.
    if (theirs === String(controlApi) || path === "/hello" || path === "/stop") return;
    throw new CtiError({
      code: "connector-version",
      message: `the connector runs cti ${response.headers.get("Cti-Version") ?? "of another version"}, which speaks another control API than this command`,
      why: `it speaks ${theirs}, this command ${controlApi}`,
      hint: "end it when it suits (cti stop --leave), then sign in again: cti login",
    });
  }

  #notice(response: Response): void {
    const theirs = response.headers.get("Cti-Version");
    if (this.#noticed || theirs === null || theirs === this.#target.version) return;
    this.#noticed = true;
    this.#target.onNotice?.(
      `the connector runs version ${theirs}, this is ${this.#target.version}: restart it when it suits (cti stop --leave, then cti login again)`,
    );
  }

  #unreachable(cause: unknown, message: string): CtiError {
    return new CtiError(
      {
        code: "connector-unreachable",
        message,
        ...(cause instanceof Error && { why: cause.message }),
        hint: "look at its log (connector.log in the state directory), or end it with cti stop",
      },
      { cause },
    );
  }

  #foreign(cause: unknown): CtiError {
    return new CtiError(
      {
        code: "connector-unreachable",
        message: `what answers at ${this.#socket} is not a connector of cti`,
        why: cause instanceof Error ? cause.message : String(cause),
        hint: "find out who listens there, or set XDG_RUNTIME_DIR to another directory",
      },
      { cause },
    );
  }
}
