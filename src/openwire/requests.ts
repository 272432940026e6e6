import type { Clock } from "../platform/clock.ts";
import type { Body, DestinationLike, ReceivedMessage, SendOptions } from "./contract.ts";
import type { MessageConsumer } from "./consumer.ts";
import { OpenWireError } from "./errors.ts";
import type { MessageSession } from "./session.ts";
import type { Destination } from "./wire/commands.ts";

interface RequestHost {
  readonly id: string;
  openSession(options: object): MessageSession;
  createTemporaryQueue(): Promise<Destination>;
}

interface Way {
  session: MessageSession;
  consumer: MessageConsumer;
  replyTo: Destination;
}

type Open = ReturnType<typeof Promise.withResolvers<ReceivedMessage>>;

const defaultTimeout = 30_000;

/** Requests and their answers over one temporary queue (openwire.md §9). */
export class Requests {
  readonly #host: RequestHost;
  readonly #open = new Map<string, Open>();
  #way: Promise<Way> | undefined;
  #count = 0;

  constructor(host: RequestHost) {
    this.#host = host;
  }

  /** The timeout is that of the whole: a request that could not be sent within it never will be. */
  async ask(
    destination: DestinationLike,
    body: Body,
    { timeout = defaultTimeout, ...options }: SendOptions & { timeout?: number },
    clock: Clock,
  ): Promise<ReceivedMessage> {
    this.#count += 1;
    const correlationId = options.correlationId ?? `${this.#host.id}:${this.#count}`;
    if (this.#open.has(correlationId))
      throw new OpenWireError({ code: "usage", message: "a request with this correlation id waits already" });
    const open: Open = Promise.withResolvers<ReceivedMessage>();
    this.#open.set(correlationId, open);
    const cancel = clock.after(timeout, () => open.reject(late(timeout)));
    const wanted = (): boolean => this.#open.get(correlationId) === open;
    this.#send(destination, body, { ...options, correlationId }, wanted).catch(open.reject);
    try {
      return await open.promise;
    } finally {
      cancel();
      this.#open.delete(correlationId);
    }
  }

  end(error: OpenWireError): void {
    for (const { reject } of this.#open.values()) reject(error);
  }

  async #send(
    destination: DestinationLike,
    body: Body,
    options: SendOptions,
    wanted: () => boolean,
  ): Promise<void> {
    const { session, replyTo } = await this.#usable();
    if (wanted()) await session.sendWhile(destination, body, { ...options, replyTo }, wanted);
  }

  /** The broker may have closed the consumer of the last one. */
  async #usable(): Promise<Way> {
    const present = this.#way;
    if (present !== undefined) {
      const way = await present;
      if (!way.consumer.closed) return way;
      if (this.#way === present) this.#way = undefined;
    }
    this.#way ??= this.#prepare();
    return this.#way;
  }

  async #prepare(): Promise<Way> {
    let session: MessageSession | undefined;
    try {
      session = this.#host.openSession({});
      const replyTo = await this.#host.createTemporaryQueue();
      const consumer = await session.consume(replyTo);
      // An answer to a request that has been given up is for nobody.
      consumer.listen((answer) => this.#open.get(answer.correlationId ?? "")?.resolve(answer));
      return { session, consumer, replyTo };
    } catch (error) {
      this.#way = undefined;
      await session?.close();
      throw error;
    }
  }
}

function late(timeout: number): OpenWireError {
  return new OpenWireError({ code: "timeout", message: `no answer to the request within ${timeout} ms` });
}
