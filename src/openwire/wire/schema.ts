/**
 * The fields of every command and data structure, in wire order (openwire.md §4, §5): `name:kind`, with `(n+)` only from version n on, with
 * `(n-m)` only in those. Kinds: z boolean, b byte, i int, l long, S string, B bytes, N nested object, C cached object, A array of objects,
 * T throwable.
 */

export type Kind = "z" | "b" | "i" | "l" | "S" | "B" | "N" | "C" | "A" | "T";

export interface Field {
  name: string;
  kind: Kind;
  /** First and last version that has it. */
  from: number;
  to: number;
  /** First and last type code of what a nested or cached object may be. */
  holds: Range;
}

type Range = readonly [first: number, last: number];

export interface TypeSchema {
  code: number;
  name: string;
  fields: readonly Field[];
}

const head = "commandId:i responseRequired:z";

const message = `${head} producerId:C destination:C transactionId:C originalDestination:C messageId:N originalTransactionId:C groupID:S
  groupSequence:i correlationId:S persistent:z expiration:l priority:b replyTo:N timestamp:l jmsType:S content:B marshalledProperties:B
  dataStructure:N targetConsumerId:C compressed:z redeliveryCounter:i brokerPath:A arrival:l userID:S recievedByDFBridge:z droppable:z(2+)
  cluster:A(3+) brokerInTime:l(3+) brokerOutTime:l(3+) jmsXGroupFirstForConsumer:z(10+)`;

const response = `${head} correlationId:i`;

/** By type code. WireFormatInfo (1) has a form of its own. */
const table: Record<number, readonly [name: string, fields: string]> = {
  2: [
    "BrokerInfo",
    `${head} brokerId:C brokerURL:S peerBrokerInfos:A brokerName:S slaveBroker:z masterBroker:z faultTolerantConfiguration:z
    duplexConnection:z(2+) networkConnection:z(2+) connectionId:l(2+) brokerUploadUrl:S(3+) networkProperties:S(3+)`,
  ],
  3: [
    "ConnectionInfo",
    `${head} connectionId:C clientId:S password:S userName:S brokerPath:A brokerMasterConnector:z manageable:z clientMaster:z(2+)
    faultTolerant:z(6+) failoverReconnect:z(6+) clientIp:S(8+)`,
  ],
  4: ["SessionInfo", `${head} sessionId:C`],
  5: [
    "ConsumerInfo",
    `${head} consumerId:C browser:z destination:C prefetchSize:i maximumPendingMessageLimit:i dispatchAsync:z selector:S clientId:S(10+)
    subscriptionName:S noLocal:z exclusive:z retroactive:z priority:b brokerPath:A additionalPredicate:N networkSubscription:z
    optimizedAcknowledge:z noRangeAcks:z networkConsumerPath:A(4+)`,
  ],
  6: ["ProducerInfo", `${head} producerId:C destination:C brokerPath:A dispatchAsync:z(2+) windowSize:i(3+)`],
  7: ["TransactionInfo", `${head} connectionId:C transactionId:C transactionType:b`],
  8: ["DestinationInfo", `${head} connectionId:C destination:C operationType:b timeout:l brokerPath:A`],
  9: ["RemoveSubscriptionInfo", `${head} connectionId:C subscriptionName:S clientId:S`],
  10: ["KeepAliveInfo", head],
  11: ["ShutdownInfo", head],
  12: ["RemoveInfo", `${head} objectId:C lastDeliveredSequenceId:l(5+)`],
  14: ["ControlCommand", `${head} command:S`],
  15: ["FlushCommand", head],
  16: ["ConnectionError", `${head} exception:T connectionId:N`],
  17: [
    "ConsumerControl",
    `${head} destination:N(6+) close:z consumerId:N prefetch:i flush:z(2+) start:z(2+) stop:z(2+)`,
  ],
  18: [
    "ConnectionControl",
    `${head} close:z exit:z faultTolerant:z resume:z suspend:z connectedBrokers:S(6+) reconnectTo:S(6+) rebalanceConnection:z(6+)
    token:B(8+)`,
  ],
  19: ["ProducerAck", `${head} producerId:N size:i`],
  20: ["MessagePull", `${head} consumerId:C destination:C timeout:l correlationId:S(3+) messageId:N(3+)`],
  21: ["MessageDispatch", `${head} consumerId:C destination:C message:N redeliveryCounter:i`],
  22: [
    "MessageAck",
    `${head} destination:C transactionId:C consumerId:C ackType:b firstMessageId:N lastMessageId:N messageCount:i poisonCause:T(7+)`,
  ],
  23: ["ActiveMQMessage", message],
  24: ["ActiveMQBytesMessage", message],
  25: ["ActiveMQMapMessage", message],
  26: ["ActiveMQObjectMessage", message],
  27: ["ActiveMQStreamMessage", message],
  28: ["ActiveMQTextMessage", message],
  29: ["ActiveMQBlobMessage", `${message} remoteBlobUrl:S(3+) mimeType:S(3+) deletedByBroker:z(3+)`],
  30: ["Response", response],
  31: ["ExceptionResponse", `${response} exception:T`],
  32: ["DataResponse", `${response} data:N`],
  33: ["DataArrayResponse", `${response} data:A`],
  34: ["IntegerResponse", `${response} result:i`],
  55: [
    "SubscriptionInfo",
    "clientId:S destination:C selector:S subscriptionName:S subscribedDestination:N(3+) noLocal:z(11+)",
  ],
  60: ["PartialCommand", "commandId:i data:B"],
  61: ["LastPartialCommand", "commandId:i data:B"],
  65: ["ReplayCommand", `${head} firstNakNumber:i lastNakNumber:i`],
  90: ["MessageDispatchNotification", `${head} consumerId:C destination:C deliverySequenceId:l messageId:N`],
  91: ["NetworkBridgeFilter", "networkTTL:i(1-9) networkBrokerId:C messageTTL:i(10+) consumerTTL:i(10+)"],
  92: ["BrokerSubscriptionInfo", `${head} brokerId:N brokerName:S subscriptionInfos:A`],
  100: ["ActiveMQQueue", "physicalName:S"],
  101: ["ActiveMQTopic", "physicalName:S"],
  102: ["ActiveMQTempQueue", "physicalName:S"],
  103: ["ActiveMQTempTopic", "physicalName:S"],
  110: ["MessageId", "textView:S(10+) producerId:C producerSequenceId:l brokerSequenceId:l"],
  111: ["LocalTransactionId", "value:l connectionId:C"],
  112: ["XATransactionId", "formatId:i globalTransactionId:B branchQualifier:B"],
  120: ["ConnectionId", "value:S"],
  121: ["SessionId", "connectionId:S value:l"],
  122: ["ConsumerId", "connectionId:S sessionId:l value:l"],
  123: ["ProducerId", "connectionId:S value:l sessionId:l"],
  124: ["BrokerId", "value:S"],
};

const anything: Range = [0, 0xff];
const destination: Range = [100, 103];
const transaction: Range = [111, 112];
const messageId: Range = [110, 110];
const consumer: Range = [122, 122];
const broker: Range = [124, 124];

/** What nested and cached fields hold, in every type that has a field of the name; those not named here may hold anything. */
const held: Readonly<Record<string, Range>> = {
  connectionId: [120, 120],
  sessionId: [121, 121],
  consumerId: consumer,
  targetConsumerId: consumer,
  producerId: [123, 123],
  brokerId: broker,
  networkBrokerId: broker,
  messageId,
  firstMessageId: messageId,
  lastMessageId: messageId,
  transactionId: transaction,
  originalTransactionId: transaction,
  destination,
  originalDestination: destination,
  subscribedDestination: destination,
  replyTo: destination,
  objectId: [120, 123],
  message: [23, 29],
};

/** The type code of WireFormatInfo. */
export const wireFormatInfoCode = 1;
/** The newest version there is. */
export const newestVersion = 12;

/** Messages and WireFormatInfo have one more bit in front of them when they are nested in tight encoding (openwire.md §3.2). */
export function hasMarshalledFlag(code: number): boolean {
  return (code >= 23 && code <= 29) || code === wireFormatInfoCode;
}

/** Every type but WireFormatInfo. */
export const schemas: readonly TypeSchema[] = Object.entries(table).map(([code, [name, fields]]) => ({
  code: Number(code),
  name,
  fields: fields.trim().split(/\s+/).map(parseField),
}));

export const schemaByName: ReadonlyMap<string, TypeSchema> = new Map(
  schemas.map((schema) => [schema.name, schema]),
);

function parseField(text: string): Field {
  const [, name = "", kind = "", from, to] = /^(\w+):(\w)(?:\((\d+)(?:\+|-(\d+))\))?$/.exec(text) ?? [];
  return {
    name,
    // The table above holds nothing else.
    kind: kind as Kind,
    from: Number(from ?? 1),
    to: Number(to ?? newestVersion),
    holds: held[name] ?? anything,
  };
}

/** What a field holds that is absent, or younger than the version. */
export function emptyValue(kind: Kind): false | 0 | null {
  if (kind === "z") return false;
  return kind === "b" || kind === "i" || kind === "l" ? 0 : null;
}
