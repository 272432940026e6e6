import type { Clock } from "../platform/clock.ts";
import { brokerError } from "./broker-error.ts";
import { asOpenWire, OpenWireError } from "./errors.ts";
import type { Command, ExceptionResponse, Response } from "./wire/commands.ts";

/** A command that asks for an answer. */
export type AskedCommand = Command & { responseRequired: boolean; commandId: number };

interface Pending {
  command: AskedCommand;
  /** For people: what was asked. */
  doing: string;
  /** Means nothing to another link, or something else. */
  once: boolean;
  cancelLimit: () => void;
  resolve: (answer: Response) => void;
  reject: (error: OpenWireError) => void;
}

interface Way {
  send(command: Command): void;
}

const noLimit = (): void => {};

/** What was asked and not answered, in order: after a loss of the connection it is asked again (openwire.md §14). */
export class PendingAnswers {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #open = new Map<number, Pending>();

  /** `timeout`: milliseconds that something may wait for a connection; -1: for ever. */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** Asks now if there is a way, else when there is one. Rejects with the broker's exception, or `timeout`. */
  ask(way: Way | undefined, command: AskedCommand, doing: string, once: boolean): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const pending: Pending = { command, doing, once, cancelLimit: noLimit, resolve, reject };
    this.#open.set(command.commandId, pending);
    if (way === undefined) this.#limit(pending);
    else this.#send(way, command);
    return promise;
  }

  /** There is a way again. */
  askAgain(way: Way): void {
    for (const pending of this.#open.values()) {
      pending.cancelLimit();
      pending.cancelLimit = noLimit;
      this.#send(way, pending.command);
    }
  }

  /** The link is lost: what is of no use to the next one has failed, the rest waits for it as long as it may. */
  interrupted(error: OpenWireError): void {
    for (const pending of this.#open.values()) {
      if (pending.once) this.#fail(pending.command.commandId, error);
      else this.#limit(pending);
    }
  }

  /** Nothing when nobody waits for it any more. */
  answer(answer: Response | ExceptionResponse): void {
    const pending = this.#take(answer.correlationId);
    if (pending === undefined) return;
    if (answer.type === "ExceptionResponse") pending.reject(brokerError(pending.doing, answer.exception));
    else pending.resolve(answer);
  }

  end(error: OpenWireError): void {
    for (const commandId of this.#open.keys()) this.#fail(commandId, error);
  }

  #send(way: Way, command: AskedCommand): void {
    try {
      way.send(command);
    } catch (error) {
      this.#fail(command.commandId, asOpenWire(error));
    }
  }

  #limit(pending: Pending): void {
    if (this.#timeout < 0) return;
    pending.cancelLimit = this.#clock.after(this.#timeout, () =>
      this.#fail(pending.command.commandId, blocked(this.#timeout)),
    );
  }

  #fail(commandId: number, error: OpenWireError): void {
    this.#take(commandId)?.reject(error);
  }

  #take(commandId: number): Pending | undefined {
    const pending = this.#open.get(commandId);
    if (pending === undefined) return undefined;
    this.#open.delete(commandId);
    pending.cancelLimit();
    return pending;
  }
}

/** Nothing could be sent for so many milliseconds. */
export function blocked(timeout: number): OpenWireError {
  return new OpenWireError({
    code: "timeout",
    message: `there has been no connection to a broker for ${timeout} ms`,
  });
}
