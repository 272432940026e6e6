import type { ReceivedMessage } from "./contract.ts";
import type {
  Message,
  MessageDispatch,
  MessageId,
  MessageType,
  Primitive,
  PrimitiveMap,
} from "./wire/commands.ts";
import { decodeBody, type ReadBody } from "./wire/bodies.ts";
import { plainValue, readMap } from "./wire/primitives.ts";

/** `connectionId:sessionId:producer:sequence`, as people see it; session before producer, unlike the wire (openwire.md §5). */
export function messageIdText(id: MessageId | null): string {
  if (id === null) return "";
  if (id.textView !== null) return id.textView.startsWith("ID:") ? id.textView : `ID:${id.textView}`;
  const { producerId } = id;
  return `${producerId?.connectionId ?? ""}:${producerId?.sessionId ?? 0}:${producerId?.value ?? 0}:${id.producerSequenceId}`;
}

/** A message as the application sees it; body and properties are read once, when asked for. */
export class Received implements ReceivedMessage {
  readonly message: Message;
  deliveryCount: number;
  readonly #acknowledge: (message: Received) => Promise<void>;
  /** Which connection to the broker it came by: of an earlier one it comes again. */
  readonly generation: number;
  #body: ReadBody | undefined;
  #properties: PrimitiveMap | undefined;

  constructor(
    message: Message,
    dispatch: MessageDispatch,
    generation: number,
    acknowledge: (message: Received) => Promise<void>,
  ) {
    this.message = message;
    this.deliveryCount = dispatch.redeliveryCounter + 1;
    this.generation = generation;
    this.#acknowledge = acknowledge;
  }

  get kind(): MessageType {
    return this.message.type;
  }
  get id(): string {
    return messageIdText(this.message.messageId);
  }
  get destination(): ReceivedMessage["destination"] {
    return this.message.destination;
  }
  get originalDestination(): ReceivedMessage["originalDestination"] {
    return this.message.originalDestination;
  }
  get replyTo(): ReceivedMessage["replyTo"] {
    return this.message.replyTo;
  }
  get correlationId(): string | null {
    return this.message.correlationId;
  }
  get type(): string | null {
    return this.message.jmsType;
  }
  get persistent(): boolean {
    return this.message.persistent;
  }
  get priority(): number {
    return this.message.priority;
  }
  get expiration(): number {
    return Number(this.message.expiration);
  }
  get timestamp(): number {
    return Number(this.message.timestamp);
  }
  get brokerInTime(): number {
    return Number(this.message.brokerInTime);
  }
  get brokerOutTime(): number {
    return Number(this.message.brokerOutTime);
  }
  get groupId(): string | null {
    return this.message.groupID;
  }
  get groupSequence(): number {
    return this.message.groupSequence;
  }
  get userId(): string | null {
    return this.message.userID;
  }
  get redelivered(): boolean {
    return this.deliveryCount > 1;
  }
  get text(): string | null {
    return this.#read().text;
  }
  get bytes(): Uint8Array | null {
    return this.#read().bytes;
  }
  get map(): PrimitiveMap | null {
    return this.#read().map;
  }
  get stream(): Primitive[] | null {
    return this.#read().stream;
  }
  get properties(): PrimitiveMap {
    const { marshalledProperties } = this.message;
    this.#properties ??= marshalledProperties === null ? new Map() : readMap(marshalledProperties);
    return this.#properties;
  }
  get advisory(): ReceivedMessage["advisory"] {
    return this.message.dataStructure;
  }

  property(name: string): unknown {
    return plainValue(this.properties.get(name));
  }

  acknowledge(): Promise<void> {
    return this.#acknowledge(this);
  }

  #read(): ReadBody {
    this.#body ??= decodeBody(this.message);
    return this.#body;
  }
}
