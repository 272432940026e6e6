import { expect } from "bun:test";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import type { ConnectionState, ReceivedMessage } from "../../src/openwire/contract.ts";
import { OpenWireError } from "../../src/openwire/errors.ts";
import type { Command, Message } from "../../src/openwire/wire/commands.ts";
import { createDecoder } from "../../src/openwire/wire/decoder.ts";
import { create } from "../../src/openwire/wire/create.ts";
import { createEncoder } from "../../src/openwire/wire/encoder.ts";
import { negotiate, wireFormatInfo, type WireWishes } from "../../src/openwire/wire/wire-format.ts";

/** Connection states as they come, to be waited for. */
export function stateWatch() {
  const seen: ConnectionState[] = [];
  let waiters: {
    wanted: ConnectionState["state"];
    from: number;
    resolve: (state: ConnectionState) => void;
  }[] = [];
  return {
    seen,
    onState: (state: ConnectionState) => {
      seen.push(state);
      waiters = waiters.filter((waiter) => {
        if (waiter.wanted !== state.state) return true;
        waiter.resolve(state);
        return false;
      });
    },
    /** The next time, or now if it happened since `from` states were seen. */
    until: (wanted: ConnectionState["state"], from = 0) => {
      const already = seen.slice(from).find(({ state }) => state === wanted);
      if (already !== undefined) return Promise.resolve(already);
      return new Promise<ConnectionState>((resolve) => waiters.push({ wanted, from, resolve }));
    },
  };
}

/** Collects messages until there are enough. */
export function collector() {
  const messages: ReceivedMessage[] = [];
  let waiters: { count: number; resolve: () => void }[] = [];
  return {
    messages,
    take: (message: ReceivedMessage) => {
      messages.push(message);
      waiters = waiters.filter((waiter) => {
        if (messages.length < waiter.count) return true;
        waiter.resolve();
        return false;
      });
    },
    reach: (count: number) =>
      messages.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => waiters.push({ count, resolve })),
  };
}

export interface FakeBroker {
  readonly url: string;
  readonly received: Command[];
  /** Connections so far. */
  readonly connections: number;
  /** To all who are connected. */
  send(...commands: Command[]): void;
  write(bytes: Uint8Array): void;
  cut(): void;
  close(): Promise<void>;
}

export interface FakeBrokerOptions {
  wishes?: WireWishes;
  /** Instead of a WireFormatInfo: these bytes; `null`: nothing at all. */
  greeting?: Uint8Array | null;
  /** Answers a command; by default what asks for an answer gets an empty one. */
  answer?: (command: Command) => Command[] | undefined;
}

/** A broker that does what no real one does. */
export async function fakeBroker(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
  const sockets = new Map<Socket, ReturnType<typeof createEncoder>>();
  const received: Command[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const encoder = createEncoder();
    const decoder = createDecoder();
    const ours = wireFormatInfo(options.wishes);
    sockets.set(socket, encoder);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (options.greeting === undefined) socket.write(encoder.encode(ours));
    else if (options.greeting !== null) socket.write(options.greeting);
    socket.on("data", (bytes) => {
      if (typeof bytes === "string") return;
      decoder.push(bytes, (command) => {
        received.push(command);
        if (command.type === "WireFormatInfo") {
          const format = negotiate(ours, command);
          encoder.useFormat(format);
          decoder.useFormat(format);
          return;
        }
        const asked = "responseRequired" in command && command.responseRequired;
        const answers =
          options.answer?.(command) ??
          (asked && "commandId" in command ? [create("Response", { correlationId: command.commandId })] : []);
        for (const answer of answers) encoder.append(answer);
        if (answers.length > 0 && !socket.destroyed) socket.write(encoder.take());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const write = (bytes: Uint8Array): void => {
    for (const socket of sockets.keys()) socket.write(bytes);
  };
  return {
    url: `tcp://127.0.0.1:${address.port}`,
    received,
    get connections() {
      return connections;
    },
    send: (...commands) => {
      for (const [socket, encoder] of sockets) {
        for (const command of commands) encoder.append(command);
        socket.write(encoder.take());
      }
    },
    write,
    cut: () => {
      for (const socket of sockets.keys()) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets.keys()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Lets sockets and promises have their turn. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** Turn after turn. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

/** The error of what must fail. */
export const failure = (work: Promise<unknown>): Promise<OpenWireError> =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(OpenWireError);
      return error as OpenWireError;
    },
  );

/** Dispatches `count` messages to a consumer, as a broker would. */
export function dispatches(
  consumer: Command & { type: "ConsumerInfo" },
  from: number,
  count: number,
  more: Partial<Message> = {},
): Command[] {
  const producerId = create("ProducerId", { connectionId: "ID:other", sessionId: 1, value: 1 });
  return Array.from({ length: count }, (_, index) =>
    create("MessageDispatch", {
      consumerId: consumer.consumerId,
      destination: consumer.destination,
      message: create("ActiveMQTextMessage", {
        destination: consumer.destination,
        producerId,
        messageId: create("MessageId", {
          producerId,
          producerSequenceId: from + index,
          brokerSequenceId: from + index,
        }),
        ...more,
      } as Partial<Message>),
    }),
  );
}

/** The consumer that was asked for last. */
export const consumerInfoOf = (fake: FakeBroker): Command & { type: "ConsumerInfo" } => {
  const info = fake.received.findLast((each) => each.type === "ConsumerInfo");
  if (info?.type !== "ConsumerInfo") throw new Error("no consumer");
  return info;
};

/** Sends a text by the broker's STOMP door, as a Python or Ruby program would. */
export async function stompSend(port: number, destination: string, text: string): Promise<void> {
  const socket = connectSocket(port, "127.0.0.1");
  let answers = "";
  const receipt = new Promise<void>((resolve) => {
    socket.on("data", (bytes) => {
      answers += bytes.toString();
      if (answers.includes("RECEIPT")) resolve();
    });
  });
  socket.write("CONNECT\naccept-version:1.1\nhost:localhost\n\n\0");
  socket.write(`SEND\ndestination:${destination}\nreceipt:1\namq-msg-type:text\n\n${text}\0`);
  await receipt;
  socket.destroy();
}
