import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Consumer, ReceivedMessage, Session, SessionOptions } from "../../src/openwire/contract.ts";
import { connect } from "../../src/openwire/index.ts";
import type { Command, ConsumerInfo, Message, MessageAck } from "../../src/openwire/wire/commands.ts";
import { create } from "../../src/openwire/wire/create.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { fakeBroker } from "./support.ts";

/**
 * One queue as a broker keeps it for one consumer, judging each acknowledgement as ActiveMQ does (openwire.md §8.2): a gapless run of what is
 * out, counted exactly.
 */
class Ledger {
  readonly wrong: string[] = [];
  readonly done: number[] = [];
  readonly dead: number[] = [];
  out: number[] = [];
  #next = 1;
  #uncommitted: number[][] = [];

  dispatch(info: ConsumerInfo, count: number, expiration: number): Command[] {
    const producerId = create("ProducerId", { connectionId: "ID:other", sessionId: 1, value: 1 });
    return Array.from({ length: count }, () => {
      const number = this.#next++;
      this.out.push(number);
      const messageId = create("MessageId", {
        producerId,
        producerSequenceId: number,
        brokerSequenceId: number,
      });
      return create("MessageDispatch", {
        consumerId: info.consumerId,
        destination: info.destination,
        message: create("ActiveMQTextMessage", {
          destination: info.destination,
          producerId,
          messageId,
          expiration,
        } as Partial<Message>),
      });
    });
  }

  acknowledge(ack: MessageAck): void {
    const numberOf = (id: MessageAck["lastMessageId"]): number => Number(id?.producerSequenceId ?? 0);
    const last = this.out.indexOf(numberOf(ack.lastMessageId));
    const first = ack.firstMessageId === null ? 0 : this.out.indexOf(numberOf(ack.firstMessageId));
    const said = `type ${ack.ackType}, ${numberOf(ack.firstMessageId)} to ${numberOf(ack.lastMessageId)}, ${ack.messageCount}`;
    // Delivered and redelivered acknowledgements take nothing.
    if (ack.ackType === 0 || ack.ackType === 3) {
      if (last < 0) this.wrong.push(`${said}: not out`);
      return;
    }
    if (ack.ackType === 4) {
      if (last < 0) this.wrong.push(`${said}: not out`);
      else this.done.push(...this.out.splice(last, 1));
      return;
    }
    if (first < 0 || last < first) this.wrong.push(`${said}: no run of ${this.out.join(" ")}`);
    else if (last - first + 1 !== ack.messageCount)
      this.wrong.push(`${said}: a run of ${last - first + 1} in ${this.out.join(" ")}`);
    else if (ack.ackType === 2 && first > 0 && ack.transactionId === null)
      this.wrong.push(`${said}: leaves older ones out for ever: ${this.out.join(" ")}`);
    else {
      const run = this.out.splice(first, ack.messageCount);
      if (ack.ackType === 1) this.dead.push(...run);
      else if (ack.transactionId === null) this.done.push(...run);
      else this.#uncommitted.push(run);
    }
  }

  commit(): void {
    for (const run of this.#uncommitted.splice(0)) this.done.push(...run);
  }

  /** Acknowledged in a transaction that is rolled back: out again, the consumer keeps them. */
  rollback(): void {
    for (const run of this.#uncommitted.splice(0)) this.out.push(...run);
    this.out.sort((a, b) => a - b);
  }
}

const flushAfter = 5;

type Step =
  | { do: "dispatch"; count: number; expired: boolean }
  | { do: "receive" | "acknowledge" | "recover" | "commit" | "rollback" }
  | { do: "wait"; milliseconds: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("dispatch" as const),
        count: fc.integer({ min: 1, max: 5 }),
        expired: fc.constantFrom(false, false, false, true),
      }),
    },
    { weight: 8, arbitrary: fc.record({ do: fc.constantFrom("receive" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "acknowledge" as const,
          "recover" as const,
          "commit" as const,
          "rollback" as const,
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("wait" as const), milliseconds: fc.constantFrom(1, 6, 1000) }),
    },
  ),
  { maxLength: 40, size: "max" },
);

const modes: (SessionOptions & { mode: string })[] = [
  { mode: "auto", acknowledge: "auto" },
  { mode: "dups-ok", acknowledge: "dups-ok" },
  { mode: "client", acknowledge: "client" },
  { mode: "individual", acknowledge: "individual" },
  { mode: "transacted", transacted: true },
];

/** Follows the plan, takes and settles whatever is left, and answers what the broker makes of it. */
async function play(
  options: SessionOptions & { mode: string },
  range: number,
  plan: Step[],
): Promise<Ledger> {
  const ledger = new Ledger();
  const clock = new ManualClock();
  let info: ConsumerInfo | undefined;
  const broker = await fakeBroker({
    wishes: { maxInactivityDuration: 0 },
    answer: (command) => {
      if (command.type === "ConsumerInfo") info = command;
      if (command.type === "MessageAck") ledger.acknowledge(command);
      if (command.type === "TransactionInfo" && command.transactionType === 2) ledger.commit();
      if (command.type === "TransactionInfo" && command.transactionType === 4) ledger.rollback();
      return undefined;
    },
  });
  const connection = await connect(`${broker.url}?jms.redeliveryPolicy.maximumRedeliveries=2`, { clock });
  try {
    const session = await connection.session(options);
    const consumer = await session.consume("queue://Q", {
      acknowledgeRange: range,
      flushAfter,
      prefetch: 8,
    });
    const other = await connection.session();
    // What was said before is read by the broker by then, and what it said by us.
    const settle = (): Promise<void> => other.send("queue://OTHER", null, { confirmed: true });
    const held: ReceivedMessage[] = [];
    const received = new Set<number>();
    for (const step of plan) {
      if (step.do === "dispatch") {
        if (info !== undefined)
          broker.send(...ledger.dispatch(info, step.count, step.expired ? clock.now() - 1 : 0));
      } else if (step.do === "wait") clock.advance(step.milliseconds);
      else await take(step.do, { options, session, consumer, clock, held, received });
      await settle();
      const automatic = options.mode === "auto" || options.mode === "dups-ok";
      if (automatic && step.do === "wait" && step.milliseconds >= flushAfter)
        expect(ledger.out.filter((number) => received.has(number))).toEqual([]);
    }
    // Everything that is left is taken and done with.
    for (let round = 0; round < 8; round++) {
      for (;;) {
        const next = consumer.receive(1);
        clock.advance(1001);
        const message = await next;
        if (message === undefined) break;
        if (options.mode === "individual" || options.mode === "client") await message.acknowledge();
      }
      for (const message of held.splice(0)) await message.acknowledge();
      if (options.transacted === true) await session.commit();
      else await session.acknowledge();
      clock.advance(10_000);
      await settle();
    }
    return ledger;
  } finally {
    await connection.close();
    await broker.close();
  }
}

async function take(
  what: Exclude<Step["do"], "dispatch" | "wait">,
  {
    options,
    session,
    consumer,
    clock,
    held,
    received,
  }: {
    options: SessionOptions & { mode: string };
    session: Session;
    consumer: Consumer;
    clock: ManualClock;
    held: ReceivedMessage[];
    received: Set<number>;
  },
): Promise<void> {
  switch (what) {
    case "receive": {
      const next = consumer.receive(1);
      clock.advance(1);
      const message = await next;
      if (message === undefined) return;
      received.add(Number(message.id.split(":").at(-1)));
      if (options.mode === "individual") held.push(message);
      return;
    }
    case "acknowledge":
      if (options.mode === "individual") await held.splice(held.length >> 1, 1)[0]?.acknowledge();
      else await session.acknowledge();
      return;
    case "recover":
      if (options.transacted === true) return;
      held.length = 0;
      return session.recover();
    case "commit":
    case "rollback":
      if (options.transacted === true) return session[what]();
  }
}

test.each(modes)(
  "$mode: each acknowledgement counts exactly what is out, and none is forgotten",
  async (options) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 3, 100), steps, async (range, plan) => {
        const ledger = await play(options, range, plan);
        expect(ledger.wrong).toEqual([]);
        expect(ledger.out).toEqual([]);
        const ended = [...ledger.done, ...ledger.dead];
        expect(new Set(ended).size).toBe(ended.length);
      }),
      { numRuns: 60 },
    );
  },
  30_000,
);
