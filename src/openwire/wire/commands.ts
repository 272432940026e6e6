/**
 * Every OpenWire command and data structure as an object, named and spelt as in ActiveMQ's own classes (openwire.md §4, §5). What is absent
 * on the wire is `null`; a field younger than the negotiated version is `null`, `0` or `false`.
 */

/** A 64-bit integer: a number while that is exact, else a bigint. */
export type Long = number | bigint;

export interface ConnectionId {
  type: "ConnectionId";
  value: string | null;
}
export interface SessionId {
  type: "SessionId";
  connectionId: string | null;
  value: Long;
}
export interface ConsumerId {
  type: "ConsumerId";
  connectionId: string | null;
  sessionId: Long;
  value: Long;
}
export interface ProducerId {
  type: "ProducerId";
  connectionId: string | null;
  value: Long;
  sessionId: Long;
}
export interface BrokerId {
  type: "BrokerId";
  value: string | null;
}
export interface MessageId {
  type: "MessageId";
  textView: string | null;
  producerId: ProducerId | null;
  producerSequenceId: Long;
  brokerSequenceId: Long;
}
export interface LocalTransactionId {
  type: "LocalTransactionId";
  value: Long;
  connectionId: ConnectionId | null;
}
export interface XATransactionId {
  type: "XATransactionId";
  formatId: number;
  globalTransactionId: Uint8Array | null;
  branchQualifier: Uint8Array | null;
}
export type TransactionId = LocalTransactionId | XATransactionId;

export interface Destination {
  type: "ActiveMQQueue" | "ActiveMQTopic" | "ActiveMQTempQueue" | "ActiveMQTempTopic";
  physicalName: string | null;
}

/** An exception as it crosses the wire: read, shown, never made into anything. */
export interface Throwable {
  /** Java class name. */
  className: string | null;
  message: string | null;
  /** Only where stack traces were agreed. */
  stackTrace: { className: string | null; method: string | null; file: string | null; line: number }[];
  cause: Throwable | null;
}

/** One typed value of a primitive map (openwire.md §3.6). */
export type Primitive =
  | { kind: "null" }
  | { kind: "boolean"; value: boolean }
  | { kind: "byte" | "short" | "int"; value: number }
  /** One UTF-16 unit. */
  | { kind: "char"; value: string }
  | { kind: "long"; value: Long }
  | { kind: "float" | "double"; value: number }
  | { kind: "string"; value: string }
  | { kind: "bytes"; value: Uint8Array }
  | { kind: "map"; value: PrimitiveMap }
  | { kind: "list"; value: Primitive[] };
export type PrimitiveMap = Map<string, Primitive>;

export interface WireFormatInfo {
  type: "WireFormatInfo";
  version: number;
  /** `null` when no properties follow. */
  properties: PrimitiveMap | null;
}

interface CommandBase {
  commandId: number;
  responseRequired: boolean;
}

export interface BrokerInfo extends CommandBase {
  type: "BrokerInfo";
  brokerId: BrokerId | null;
  brokerURL: string | null;
  peerBrokerInfos: (DataStructure | null)[] | null;
  brokerName: string | null;
  slaveBroker: boolean;
  masterBroker: boolean;
  faultTolerantConfiguration: boolean;
  duplexConnection: boolean;
  networkConnection: boolean;
  connectionId: Long;
  brokerUploadUrl: string | null;
  networkProperties: string | null;
}
export interface ConnectionInfo extends CommandBase {
  type: "ConnectionInfo";
  connectionId: ConnectionId | null;
  clientId: string | null;
  password: string | null;
  userName: string | null;
  brokerPath: (DataStructure | null)[] | null;
  brokerMasterConnector: boolean;
  manageable: boolean;
  clientMaster: boolean;
  faultTolerant: boolean;
  failoverReconnect: boolean;
  clientIp: string | null;
}
export interface SessionInfo extends CommandBase {
  type: "SessionInfo";
  sessionId: SessionId | null;
}
export interface ConsumerInfo extends CommandBase {
  type: "ConsumerInfo";
  consumerId: ConsumerId | null;
  browser: boolean;
  destination: Destination | null;
  prefetchSize: number;
  maximumPendingMessageLimit: number;
  dispatchAsync: boolean;
  selector: string | null;
  clientId: string | null;
  subscriptionName: string | null;
  noLocal: boolean;
  exclusive: boolean;
  retroactive: boolean;
  priority: number;
  brokerPath: (DataStructure | null)[] | null;
  additionalPredicate: DataStructure | null;
  networkSubscription: boolean;
  optimizedAcknowledge: boolean;
  noRangeAcks: boolean;
  networkConsumerPath: (DataStructure | null)[] | null;
}
export interface ProducerInfo extends CommandBase {
  type: "ProducerInfo";
  producerId: ProducerId | null;
  destination: Destination | null;
  brokerPath: (DataStructure | null)[] | null;
  dispatchAsync: boolean;
  windowSize: number;
}
export interface RemoveInfo extends CommandBase {
  type: "RemoveInfo";
  objectId: ConnectionId | SessionId | ConsumerId | ProducerId | null;
  lastDeliveredSequenceId: Long;
}
export interface RemoveSubscriptionInfo extends CommandBase {
  type: "RemoveSubscriptionInfo";
  connectionId: ConnectionId | null;
  subscriptionName: string | null;
  clientId: string | null;
}
export interface DestinationInfo extends CommandBase {
  type: "DestinationInfo";
  connectionId: ConnectionId | null;
  destination: Destination | null;
  /** 0 add, 1 remove. */
  operationType: number;
  timeout: Long;
  brokerPath: (DataStructure | null)[] | null;
}
export interface TransactionInfo extends CommandBase {
  type: "TransactionInfo";
  connectionId: ConnectionId | null;
  transactionId: TransactionId | null;
  /** 0 begin, 1 prepare, 2 commit one-phase, 3 commit two-phase, 4 rollback, 5 recover, 6 forget, 7 end. */
  transactionType: number;
}
export interface KeepAliveInfo extends CommandBase {
  type: "KeepAliveInfo";
}
export interface ShutdownInfo extends CommandBase {
  type: "ShutdownInfo";
}
export interface FlushCommand extends CommandBase {
  type: "FlushCommand";
}
export interface ControlCommand extends CommandBase {
  type: "ControlCommand";
  command: string | null;
}
export interface ConnectionControl extends CommandBase {
  type: "ConnectionControl";
  close: boolean;
  exit: boolean;
  faultTolerant: boolean;
  resume: boolean;
  suspend: boolean;
  connectedBrokers: string | null;
  reconnectTo: string | null;
  rebalanceConnection: boolean;
  token: Uint8Array | null;
}
export interface ConnectionError extends CommandBase {
  type: "ConnectionError";
  exception: Throwable | null;
  connectionId: ConnectionId | null;
}
export interface ConsumerControl extends CommandBase {
  type: "ConsumerControl";
  destination: Destination | null;
  close: boolean;
  consumerId: ConsumerId | null;
  prefetch: number;
  flush: boolean;
  start: boolean;
  stop: boolean;
}
export interface ProducerAck extends CommandBase {
  type: "ProducerAck";
  producerId: ProducerId | null;
  size: number;
}
export interface MessagePull extends CommandBase {
  type: "MessagePull";
  consumerId: ConsumerId | null;
  destination: Destination | null;
  timeout: Long;
  correlationId: string | null;
  messageId: MessageId | null;
}
export interface MessageDispatch extends CommandBase {
  type: "MessageDispatch";
  consumerId: ConsumerId | null;
  destination: Destination | null;
  message: Message | null;
  redeliveryCounter: number;
}
export interface MessageDispatchNotification extends CommandBase {
  type: "MessageDispatchNotification";
  consumerId: ConsumerId | null;
  destination: Destination | null;
  deliverySequenceId: Long;
  messageId: MessageId | null;
}
export interface MessageAck extends CommandBase {
  type: "MessageAck";
  destination: Destination | null;
  transactionId: TransactionId | null;
  consumerId: ConsumerId | null;
  /** openwire.md §8.2. */
  ackType: number;
  firstMessageId: MessageId | null;
  lastMessageId: MessageId | null;
  messageCount: number;
  poisonCause: Throwable | null;
}
export interface Response extends CommandBase {
  type: "Response";
  correlationId: number;
}
export interface ExceptionResponse extends CommandBase {
  type: "ExceptionResponse";
  correlationId: number;
  exception: Throwable | null;
}
export interface DataResponse extends CommandBase {
  type: "DataResponse";
  correlationId: number;
  data: DataStructure | null;
}
export interface DataArrayResponse extends CommandBase {
  type: "DataArrayResponse";
  correlationId: number;
  data: (DataStructure | null)[] | null;
}
export interface IntegerResponse extends CommandBase {
  type: "IntegerResponse";
  correlationId: number;
  result: number;
}
export interface ReplayCommand extends CommandBase {
  type: "ReplayCommand";
  firstNakNumber: number;
  lastNakNumber: number;
}
export interface BrokerSubscriptionInfo extends CommandBase {
  type: "BrokerSubscriptionInfo";
  brokerId: BrokerId | null;
  brokerName: string | null;
  subscriptionInfos: (DataStructure | null)[] | null;
}

export type MessageType =
  | "ActiveMQMessage"
  | "ActiveMQBytesMessage"
  | "ActiveMQMapMessage"
  | "ActiveMQObjectMessage"
  | "ActiveMQStreamMessage"
  | "ActiveMQTextMessage"
  | "ActiveMQBlobMessage";

export interface Message extends CommandBase {
  type: MessageType;
  producerId: ProducerId | null;
  destination: Destination | null;
  transactionId: TransactionId | null;
  originalDestination: Destination | null;
  messageId: MessageId | null;
  originalTransactionId: TransactionId | null;
  groupID: string | null;
  groupSequence: number;
  correlationId: string | null;
  persistent: boolean;
  expiration: Long;
  priority: number;
  replyTo: Destination | null;
  timestamp: Long;
  /** JMSType; named so because `type` says what command this is. */
  jmsType: string | null;
  /** The body as it crosses the wire (openwire.md §6.1), compressed if `compressed`. */
  content: Uint8Array | null;
  /** A primitive map, not yet read. */
  marshalledProperties: Uint8Array | null;
  dataStructure: DataStructure | null;
  targetConsumerId: ConsumerId | null;
  compressed: boolean;
  redeliveryCounter: number;
  brokerPath: (DataStructure | null)[] | null;
  arrival: Long;
  userID: string | null;
  recievedByDFBridge: boolean;
  droppable: boolean;
  cluster: (DataStructure | null)[] | null;
  brokerInTime: Long;
  brokerOutTime: Long;
  jmsXGroupFirstForConsumer: boolean;
  /** ActiveMQBlobMessage only. */
  remoteBlobUrl?: string | null;
  mimeType?: string | null;
  deletedByBroker?: boolean;
}

export interface SubscriptionInfo {
  type: "SubscriptionInfo";
  clientId: string | null;
  destination: Destination | null;
  selector: string | null;
  subscriptionName: string | null;
  subscribedDestination: Destination | null;
  noLocal: boolean;
}
export interface PartialCommand {
  type: "PartialCommand" | "LastPartialCommand";
  commandId: number;
  data: Uint8Array | null;
}
export interface NetworkBridgeFilter {
  type: "NetworkBridgeFilter";
  networkTTL: number;
  networkBrokerId: BrokerId | null;
  messageTTL: number;
  consumerTTL: number;
}

export type Command =
  | WireFormatInfo
  | BrokerInfo
  | ConnectionInfo
  | SessionInfo
  | ConsumerInfo
  | ProducerInfo
  | RemoveInfo
  | RemoveSubscriptionInfo
  | DestinationInfo
  | TransactionInfo
  | KeepAliveInfo
  | ShutdownInfo
  | FlushCommand
  | ControlCommand
  | ConnectionControl
  | ConnectionError
  | ConsumerControl
  | ProducerAck
  | MessagePull
  | MessageDispatch
  | MessageDispatchNotification
  | MessageAck
  | Message
  | Response
  | ExceptionResponse
  | DataResponse
  | DataArrayResponse
  | IntegerResponse
  | ReplayCommand
  | BrokerSubscriptionInfo
  | PartialCommand;

export type DataStructure =
  | Command
  | ConnectionId
  | SessionId
  | ConsumerId
  | ProducerId
  | BrokerId
  | MessageId
  | LocalTransactionId
  | XATransactionId
  | Destination
  | SubscriptionInfo
  | NetworkBridgeFilter;
