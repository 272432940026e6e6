import type { Clock } from "../platform/clock.ts";
import { type AckTarget, AckRun, ackTypes, acknowledgement } from "./acknowledgements.ts";
import type { AcknowledgeMode } from "./contract.ts";
import type { Received } from "./received-message.ts";
import type { Command, Message, MessageAck, TransactionId } from "./wire/commands.ts";

export interface AckLedgerOptions {
  clock: Clock;
  mode: AcknowledgeMode | "transacted";
  browse: boolean;
  /** Done messages that are acknowledged together, and milliseconds until they are at the latest. */
  range: number;
  flushAfter: number;
  target: AckTarget;
  /** The consumer's window at the moment. */
  window: () => number;
  tell: (command: Command) => void;
  /** Of a transacted session; begins one. */
  transaction: () => TransactionId | null;
}

/**
 * What one consumer has handed out and what of it the broker knows to be done. Every range it tells is a gapless run of what the broker holds as
 * dispatched, with its exact count (openwire.md §8.2).
 */
export class AckLedger {
  readonly #options: AckLedgerOptions;
  /** `brokerSequenceId` of the message handed out last; -1: none. */
  lastSequence = -1;
  /** Handed out and not acknowledged, oldest first. */
  #delivered: Received[] = [];
  /** Acknowledged in a transaction that is not committed. */
  #settling: Received[] = [];
  /** Done, to be acknowledged together. */
  readonly #run = new AckRun();
  /** Delivered and not yet told so. */
  readonly #told = new AckRun();
  /** Of an open window the broker is told at half of it: modes in which the application may work long on many. */
  readonly #tells: boolean;
  readonly #auto: boolean;
  #cancelFlush: (() => void) | undefined;

  constructor(options: AckLedgerOptions) {
    this.#options = options;
    const { mode, browse } = options;
    this.#tells = browse || mode === "client" || mode === "transacted";
    this.#auto = !browse && (mode === "auto" || mode === "dups-ok");
  }

  /** Handed out and neither acknowledged nor committed. */
  get unsettled(): number {
    return this.#delivered.length + this.#settling.length;
  }

  /** As `unsettled`, without what a commit under way will answer for. */
  get open(): number {
    return this.#delivered.length;
  }

  handOut(received: Received): void {
    this.lastSequence = Number(received.message.messageId?.brokerSequenceId ?? -1);
    this.#delivered.push(received);
    if (!this.#tells) return;
    this.#told.add(received.message);
    const window = this.#options.window();
    // So that more comes while the application still works.
    if (this.#told.count < Math.max(1, Math.floor(window / 2))) return;
    const run = this.#told.take();
    if (run !== undefined && window > 0) this.#send(ackTypes.delivered, run);
  }

  /** Modes auto and dups-ok: the only message that is handed out is done. */
  finish({ message }: Received): void {
    if (!this.#auto) return;
    this.#delivered.length = 0;
    this.#run.add(message);
    if (this.#run.count >= this.#options.range) this.flush();
    else
      this.#cancelFlush ??= this.#options.clock.after(this.#options.flushAfter, () => {
        this.#cancelFlush = undefined;
        this.flush();
      });
  }

  /** Says now what is done. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const run = this.#run.take();
    if (run !== undefined) this.#send(ackTypes.standard, run);
  }

  /** Mode client: everything handed out is done. */
  acknowledgeAll(): void {
    this.#told.clear();
    for (const { message } of this.#delivered.splice(0)) this.#run.add(message);
    this.flush();
  }

  /** Mode individual: this one is, if it is still out. */
  acknowledgeOne(received: Received): void {
    const at = this.#delivered.indexOf(received);
    if (at < 0) return;
    this.#delivered.splice(at, 1);
    this.#one(ackTypes.individual, received.message);
  }

  /** It was not handed out, and will not be. */
  expired(message: Message): void {
    this.flush();
    this.#one(ackTypes.expired, message);
  }

  /** It was handed out too often. */
  poison({ messageId }: Message, why: string): void {
    this.flush();
    const poisonCause = { className: "java.lang.Throwable", message: why, stackTrace: [], cause: null };
    const run = { first: messageId, last: messageId, count: 1 };
    this.#options.tell(acknowledgement(this.#options.target, ackTypes.poison, run, { poisonCause }));
  }

  /** Just before a commit: what it makes final. */
  settle(): MessageAck | undefined {
    this.#told.clear();
    const run = new AckRun();
    for (const received of this.#delivered) {
      run.add(received.message);
      this.#settling.push(received);
    }
    this.#delivered = [];
    const all = run.take();
    if (all === undefined) return undefined;
    const { target, transaction } = this.#options;
    return acknowledgement(target, ackTypes.standard, all, { transactionId: transaction() });
  }

  /** The commit has succeeded. */
  settled(): void {
    this.#settling = [];
  }

  /** Everything handed out and not acknowledged, oldest first: it is not handed out any more. */
  takeBack(): Received[] {
    this.flush();
    this.#told.clear();
    const all = [...this.#settling, ...this.#delivered];
    this.#settling = [];
    this.#delivered = [];
    return all;
  }

  /** The connection is lost: what is not acknowledged comes again. */
  interrupted(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#run.clear();
    this.#told.clear();
    this.#delivered = [];
    this.#settling = [];
    this.lastSequence = -1;
  }

  #one(type: number, { messageId }: Message): void {
    this.#send(type, { first: messageId, last: messageId, count: 1 });
  }

  #send(type: number, run: NonNullable<ReturnType<AckRun["take"]>>): void {
    this.#options.tell(acknowledgement(this.#options.target, type, run));
  }
}
