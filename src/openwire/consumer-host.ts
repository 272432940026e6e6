import type { Clock } from "../platform/clock.ts";
import type { JmsOptions } from "./address.ts";
import type { MessageConsumer } from "./consumer.ts";
import type { AcknowledgeMode } from "./contract.ts";
import type { OpenWireError } from "./errors.ts";
import type { Command, TransactionId } from "./wire/commands.ts";

/** What a consumer asks of its session and connection. */
export interface ConsumerHost {
  readonly clock: Clock;
  readonly jms: JmsOptions;
  readonly mode: AcknowledgeMode | "transacted";
  /** Counts the connections to a broker; raised at each loss. */
  generation(): number;
  /** Sent when there is a connection, else forgotten; answers which. */
  tell(command: Command): boolean;
  /** Of a transacted session; begins one. */
  transaction(): TransactionId | null;
  /** Mode client: the application acknowledges everything the session has delivered. */
  acknowledgeAll(): void;
  removed(consumer: MessageConsumer): void;
  onError(error: OpenWireError): void;
}
