import type { Clock } from "../platform/clock.ts";
import type { Body, DestinationLike, ReceivedMessage, SendOptions } from "./contract.ts";
import { OpenWireError } from "./errors.ts";
import type { MessageSession } from "./session.ts";
import type { Destination } from "./wire/commands.ts";

interface RequestHost {
  readonly id: string;
  openSession(options: object): MessageSession;
  createTemporaryQueue(): Promise<Destination>;
}

const defaultTimeout = 30_000;

/** Requests and their answers over one temporary queue (openwire.md §9). */
export class Requests {
  readonly #host: RequestHost;
  readonly #open = new Map<
    string,
    { resolve: (answer: ReceivedMessage) => void; reject: (error: OpenWireError) => void }
  >();
  #way: Promise<{ session: MessageSession; replyTo: Destination }> | undefined;
  #count = 0;

  constructor(host: RequestHost) {
    this.#host = host;
  }

  async ask(
    destination: DestinationLike,
    body: Body,
    { timeout = defaultTimeout, ...options }: SendOptions & { timeout?: number },
    clock: Clock,
  ): Promise<ReceivedMessage> {
    this.#way ??= this.#prepare();
    const { session, replyTo } = await this.#way;
    this.#count += 1;
    const correlationId = options.correlationId ?? `${this.#host.id}:${this.#count}`;
    const { promise, resolve, reject } = Promise.withResolvers<ReceivedMessage>();
    this.#open.set(correlationId, { resolve, reject });
    const cancel = clock.after(timeout, () => reject(late(timeout)));
    try {
      await session.send(destination, body, { ...options, replyTo, correlationId });
      return await promise;
    } finally {
      cancel();
      this.#open.delete(correlationId);
    }
  }

  end(error: OpenWireError): void {
    for (const { reject } of this.#open.values()) reject(error);
  }

  async #prepare(): Promise<{ session: MessageSession; replyTo: Destination }> {
    try {
      const session = this.#host.openSession({});
      const replyTo = await this.#host.createTemporaryQueue();
      const consumer = await session.consume(replyTo);
      // An answer to a request that has been given up is for nobody.
      consumer.listen((answer) => this.#open.get(answer.correlationId ?? "")?.resolve(answer));
      return { session, replyTo };
    } catch (error) {
      this.#way = undefined;
      throw error;
    }
  }
}

function late(timeout: number): OpenWireError {
  return new OpenWireError({ code: "timeout", message: `no answer to the request within ${timeout} ms` });
}
