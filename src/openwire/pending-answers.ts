import { brokerError } from "./broker-error.ts";
import type { OpenWireError } from "./errors.ts";
import type { Command, ExceptionResponse, Response } from "./wire/commands.ts";

/** A command that asks for an answer. */
export type AskedCommand = Command & { responseRequired: boolean; commandId: number };

interface Pending {
  command: AskedCommand;
  /** For people: what was asked. */
  doing: string;
  resolve: (answer: Response) => void;
  reject: (error: OpenWireError) => void;
}

/** What was asked and not answered, in order: after a loss of the connection it is asked again (openwire.md §14). */
export class PendingAnswers {
  readonly #open = new Map<number, Pending>();

  add(command: AskedCommand, doing: string): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    this.#open.set(command.commandId, { command, doing, resolve, reject });
    return promise;
  }

  *commands(): Iterable<AskedCommand> {
    for (const { command } of this.#open.values()) yield command;
  }

  /** Nothing when nobody waits for it any more. */
  answer(answer: Response | ExceptionResponse): void {
    const pending = this.#open.get(answer.correlationId);
    if (pending === undefined) return;
    this.#open.delete(answer.correlationId);
    if (answer.type === "ExceptionResponse") pending.reject(brokerError(pending.doing, answer.exception));
    else pending.resolve(answer);
  }

  /** Gives one up. */
  fail(commandId: number, error: OpenWireError): void {
    const pending = this.#open.get(commandId);
    this.#open.delete(commandId);
    pending?.reject(error);
  }

  end(error: OpenWireError): void {
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}
