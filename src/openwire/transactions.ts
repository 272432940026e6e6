import { OpenWireError } from "./errors.ts";
import type { MessageConsumer } from "./consumer.ts";
import type { Command, LocalTransactionId } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

export interface TransactionsHost {
  readonly connectionId: string;
  nextNumber(): number;
  tell(command: Command): boolean;
  ask(
    command: Command & { responseRequired: boolean; commandId: number },
    doing: string,
    once: boolean,
  ): Promise<unknown>;
}

const types = { begin: 0, commit: 2, rollback: 4 } as const;

/** The local transactions of a session, one after the other (openwire.md §15). */
export class Transactions {
  readonly #host: TransactionsHost;
  readonly #consumers: ReadonlySet<MessageConsumer>;
  #present: LocalTransactionId | undefined;
  /** The connection was lost under it: the broker has rolled it back, and the application does not know yet. */
  #lost = false;
  /** A commit or rollback that is under way. */
  #ending: Promise<void> = Promise.resolve();
  #endings = 0;

  constructor(host: TransactionsHost, consumers: ReadonlySet<MessageConsumer>) {
    this.#host = host;
    this.#consumers = consumers;
  }

  /** A change of brokers would undo something. */
  get open(): boolean {
    return this.#present !== undefined || this.#endings > 0 || this.#received;
  }

  /** Begun before the first thing that belongs to it. */
  begin(): LocalTransactionId {
    if (this.#present === undefined) {
      const { connectionId } = this.#host;
      this.#present = create("LocalTransactionId", {
        value: this.#host.nextNumber(),
        connectionId: create("ConnectionId", { value: connectionId }),
      });
      this.#host.tell(this.#info(this.#present, types.begin));
    }
    return this.#present;
  }

  /** Rejects with `transaction-rolled-back`, `in-doubt` or the broker's exception; what was received is then handed out again. */
  commit(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#lost) {
        await this.#rollBack();
        throw new OpenWireError({
          code: "transaction-rolled-back",
          message: "the connection was lost under the transaction, which the broker has rolled back",
        });
      }
      for (const consumer of this.#consumers) {
        const ack = consumer.acks.settle();
        if (ack !== undefined) this.#host.tell(ack);
      }
      const transaction = this.#present;
      if (transaction === undefined) return;
      this.#present = undefined;
      try {
        await this.#host.ask(this.#info(transaction, types.commit), "a commit", true);
      } catch (error) {
        for (const consumer of this.#consumers) consumer.redeliver();
        throw answered(error) ? error : inDoubt(error);
      }
      for (const consumer of this.#consumers) consumer.settled();
    });
  }

  /** What was received is handed out again. Rejects with the broker's exception. */
  rollback(): Promise<void> {
    return this.#inTurn(() => this.#rollBack());
  }

  interrupted(): void {
    this.#lost ||= this.#present !== undefined || this.#received;
    this.#present = undefined;
  }

  get #received(): boolean {
    for (const { acks } of this.#consumers) if (acks.open > 0) return true;
    return false;
  }

  async #rollBack(): Promise<void> {
    this.#lost = false;
    const transaction = this.#present;
    this.#present = undefined;
    try {
      if (transaction !== undefined)
        await this.#host.ask(this.#info(transaction, types.rollback), "a rollback", true);
    } catch (error) {
      // Without a connection the broker has done it by itself.
      if (answered(error)) throw error;
    } finally {
      for (const consumer of this.#consumers) consumer.redeliver();
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#endings += 1;
    const done = this.#ending.then(work).finally(() => {
      this.#endings -= 1;
    });
    this.#ending = done.catch(() => {});
    return done;
  }

  #info(
    transactionId: LocalTransactionId,
    transactionType: number,
  ): ReturnType<typeof create<"TransactionInfo">> {
    return create("TransactionInfo", {
      connectionId: transactionId.connectionId,
      transactionId,
      transactionType,
    });
  }
}

/** By the broker. */
function answered(error: unknown): boolean {
  return error instanceof OpenWireError && error.brokerClass !== undefined;
}

function inDoubt(cause: unknown): OpenWireError {
  return new OpenWireError(
    {
      code: "in-doubt",
      message: "the connection was lost under a commit: the broker may have done it, or rolled it back",
      why: cause instanceof Error ? cause.message : String(cause),
    },
    { cause },
  );
}
