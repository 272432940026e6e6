import type {
  ConsumerId,
  Destination,
  Message,
  MessageAck,
  MessageId,
  Throwable,
  TransactionId,
} from "./wire/commands.ts";
import { create } from "./wire/create.ts";

/** openwire.md §8.2. */
export const ackTypes = {
  delivered: 0,
  poison: 1,
  standard: 2,
  redelivered: 3,
  individual: 4,
  expired: 6,
} as const;

export interface AckTarget {
  consumerId: ConsumerId;
  destination: Destination;
}

/** An acknowledgement of `count` messages in the order of their dispatch, of which these are the first and the last. */
export function acknowledgement(
  target: AckTarget,
  ackType: number,
  run: { first: MessageId | null; last: MessageId | null; count: number },
  more: { transactionId?: TransactionId | null; poisonCause?: Throwable } = {},
): MessageAck {
  return create("MessageAck", {
    destination: target.destination,
    consumerId: target.consumerId,
    ackType,
    firstMessageId: run.first,
    lastMessageId: run.last,
    messageCount: run.count,
    transactionId: more.transactionId ?? null,
    poisonCause: more.poisonCause ?? null,
  });
}

/** Messages that are done and not yet said to be: a gapless run of what was dispatched, since the broker counts (openwire.md §8.2). */
export class AckRun {
  #first: MessageId | null = null;
  #last: MessageId | null = null;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add({ messageId }: Pick<Message, "messageId">): void {
    this.#first ??= messageId;
    this.#last = messageId;
    this.#count += 1;
  }

  /** The run, which begins anew; `undefined` when there is none. */
  take(): { first: MessageId | null; last: MessageId | null; count: number } | undefined {
    if (this.#count === 0) return undefined;
    const run = { first: this.#first, last: this.#last, count: this.#count };
    this.clear();
    return run;
  }

  clear(): void {
    this.#first = null;
    this.#last = null;
    this.#count = 0;
  }
}
