import type { Clock } from "../platform/clock.ts";
import type { Destination, Long, MessageType, Primitive, PrimitiveMap } from "./wire/commands.ts";
import type { OpenWireError } from "./errors.ts";

/** `queue://A`, `topic://B`, `temp-queue://…`, `temp-topic://…`, a bare name (a queue), or an object. */
export type DestinationLike = string | Destination;

/** What may be said as a property or a map entry: numbers become int when they fit, else long when whole, else double; bigint becomes long. */
export type PropertyValue = boolean | string | number | bigint | Uint8Array | null | Primitive;
export type Properties = Record<string, PropertyValue>;

/** The body of a message to send: a string is a text message, bytes a bytes message. */
export type Body =
  | string
  | Uint8Array
  | { text: string | null }
  | { bytes: Uint8Array }
  | { map: Properties }
  | { stream: PropertyValue[] }
  /** A message without a body. */
  | null;

/** The JMS headers a sender chooses. */
export interface SendOptions {
  /** Default false, as against JMS: what we send is news. */
  persistent?: boolean;
  /** 0 to 9, default 4. */
  priority?: number;
  /** Milliseconds until it expires; 0, the default: never. */
  timeToLive?: number;
  /** JMSType. */
  type?: string;
  correlationId?: string;
  replyTo?: DestinationLike;
  properties?: Properties;
  groupId?: string;
  groupSequence?: number;
  /** Ask the broker for an answer. Default: what is persistent and outside a transaction. */
  confirmed?: boolean;
}

/** A message as received. Body and properties are read when asked for; reading a broken one throws `malformed`. */
export interface ReceivedMessage {
  readonly kind: MessageType;
  /** JMSMessageID. */
  readonly id: string;
  readonly destination: Destination | null;
  readonly originalDestination: Destination | null;
  readonly replyTo: Destination | null;
  readonly correlationId: string | null;
  /** JMSType. */
  readonly type: string | null;
  readonly persistent: boolean;
  readonly priority: number;
  /** Milliseconds since the epoch; 0: never. */
  readonly expiration: number;
  /** Milliseconds since the epoch, by the sender's clock. */
  readonly timestamp: number;
  /** When it came to the broker and left it, by the broker's clock, milliseconds since the epoch; 0: not told. */
  readonly brokerInTime: number;
  readonly brokerOutTime: number;
  readonly groupId: string | null;
  readonly groupSequence: number;
  readonly userId: string | null;
  /** 1 at first sight; above 1 the message was out before (JMSRedelivered). */
  readonly deliveryCount: number;
  readonly redelivered: boolean;
  /** Of a text message, `null` too for one without text; of other kinds `null`. */
  readonly text: string | null;
  /** Of a bytes message: its bytes, unpacked; of an object message: the serialised bytes, never interpreted. */
  readonly bytes: Uint8Array | null;
  readonly map: PrimitiveMap | null;
  readonly stream: Primitive[] | null;
  readonly properties: PrimitiveMap;
  /** The command class in an advisory (`ConsumerInfo`, `RemoveInfo`…), with its fields. */
  readonly advisory: { type: string } | null;
  /** What a property is to JavaScript: its value, without the tag. */
  property(name: string): unknown;
  /**
   * Takes the message from the broker. Mode `client`: this and everything delivered before in the session; `individual`: only this one;
   * other modes: nothing. Of a message delivered before the connection broke: does nothing, since it comes again.
   */
  acknowledge(): Promise<void>;
}

export type AcknowledgeMode = "auto" | "client" | "individual" | "dups-ok";

export interface SessionOptions {
  /** Default `auto`. */
  acknowledge?: AcknowledgeMode;
  /** Sends and acknowledgements wait for `commit`. */
  transacted?: boolean;
}

export interface ConsumerOptions {
  selector?: string;
  /** Messages the broker may have out, 0 (pull) to 32767; default queue 1000, topic 32767, durable topic 100, browser 500. */
  prefetch?: number;
  /** 0 to 127. */
  priority?: number;
  exclusive?: boolean;
  noLocal?: boolean;
  retroactive?: boolean;
  /** Name of a durable subscription; the connection needs a client id. */
  durable?: string;
  /** Look, take nothing; the iteration ends at the end of the queue. */
  browse?: boolean;
  /**
   * Auto and dups-ok: messages are acknowledged in ranges of at most so many (default 1, a message at a time) and after at most `flushAfter`
   * milliseconds (default 5). Larger ranges stall brokers (openwire.md §8.3).
   */
  acknowledgeRange?: number;
  flushAfter?: number;
}

/** A stream of messages. One reader at a time: the iterator, `receive` or the listener. */
export interface Consumer extends AsyncIterable<ReceivedMessage>, AsyncDisposable {
  readonly destination: Destination;
  /** The next message, done with when it is handed over (mode auto); `undefined` after `timeout` milliseconds (default: waits) or when closed. */
  receive(timeout?: number): Promise<ReceivedMessage | undefined>;
  /**
   * Calls `listener` with each message, one after the other; a promise is waited for. Mode auto: acknowledged when it has returned, and
   * handed out again (redelivery policy) when it threw.
   */
  listen(listener: (message: ReceivedMessage) => void | Promise<void>): void;
  close(): Promise<void>;
}

export interface Session extends AsyncDisposable {
  consume(destination: DestinationLike, options?: ConsumerOptions): Promise<Consumer>;
  /**
   * Resolves when the message is written, or for a confirmed one when the broker has it. Rejects by the broker's exception. Waits while the
   * connection is interrupted (`timeout` of the failover address) or the producer window is full.
   */
  send(destination: DestinationLike, body: Body, options?: SendOptions): Promise<void>;
  /** A producer for one destination; cheaper than `send` for many messages. */
  producer(destination: DestinationLike, options?: { windowSize?: number }): Promise<Producer>;
  /** Mode client: acknowledges everything delivered in this session. */
  acknowledge(): Promise<void>;
  /** Hands out again, in order, what is delivered and not acknowledged. */
  recover(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}

export interface Producer extends AsyncDisposable {
  send(body: Body, options?: SendOptions): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  username?: string;
  password?: string;
  clientId?: string;
  /** Certificates and trust of `ssl://` addresses; PEM texts. */
  tls?: {
    ca?: string[];
    cert?: string;
    key?: string;
    /** No checks at all. */
    insecure?: boolean;
    servername?: string;
  };
  /** Called synchronously. */
  onState?: (state: ConnectionState) => void;
  /** Errors that belong to no call: a refused unconfirmed send, for example. */
  onError?: (error: OpenWireError) => void;
  /** Ends the first attempts to connect. */
  signal?: AbortSignal;
  /** Time and randomness; the system's by default. */
  clock?: Clock;
  random?: () => number;
}

export type ConnectionState =
  /** `address` without options and secrets. */
  | { state: "connected"; address: string; brokerName: string | undefined; wireVersion: number }
  /** Between two connections of a failover address; `retryAt` in milliseconds since the epoch. */
  | { state: "interrupted"; error: OpenWireError; retryAt: number | undefined }
  | { state: "closed"; error: OpenWireError | undefined };

/** What an advisory topic told (openwire.md §11). */
export type Advisory =
  | {
      kind: "consumer-added";
      destination: string;
      consumerId: string;
      connectionId: string;
      priority: number;
      selector: string | null;
      clientId: string | null;
      count: number | undefined;
    }
  | {
      kind: "consumer-removed";
      destination: string;
      consumerId: string;
      connectionId: string;
      count: number | undefined;
    }
  | { kind: "other"; topic: string; message: ReceivedMessage };

export interface Connection extends AsyncDisposable {
  readonly id: string;
  readonly state: ConnectionState;
  session(options?: SessionOptions): Promise<Session>;
  /** One temporary queue and consumer for all of them; rejects with `timeout` (default 30 s, milliseconds). */
  request(
    destination: DestinationLike,
    body: Body,
    options?: SendOptions & { timeout?: number },
  ): Promise<ReceivedMessage>;
  createTemporaryQueue(): Promise<Destination>;
  createTemporaryTopic(): Promise<Destination>;
  deleteTemporary(destination: Destination): Promise<void>;
  unsubscribe(durable: string): Promise<void>;
  /** Consumers that come and go at a queue or topic; the present ones first. */
  watchConsumers(
    destination: DestinationLike,
    onAdvisory: (advisory: Advisory) => void,
  ): Promise<AsyncDisposable>;
  close(): Promise<void>;
}

/** See connect.ts. */
export type Connect = (address: string, options?: ConnectOptions) => Promise<Connection>;

export type { Destination, Long, Primitive, PrimitiveMap };
