import type { ReceivedMessage, Session } from "../../openwire/contract.ts";
import type { Clock } from "../../platform/clock.ts";
import type { GcMessage } from "./contract.ts";
import type { RequestConsumer } from "./selectors.ts";

export interface IntakeOptions {
  queue: string;
  clock: Clock;
  onMessage: (message: GcMessage) => void;
  onTrouble: (error: unknown) => void;
}

/**
 * Requests the broker may have out to us: all there can be, since at a full window the next ones would go to a connector with a lower
 * priority, an agent's Login to another one than his Connect.
 */
const prefetch = 32_766;

/** Takes requests from the queue, in the order in which the broker gives them out, whichever consumer they come to. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly figures = { received: 0, redelivered: 0 };

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  async consume(session: Session, { priority, selector }: RequestConsumer): Promise<AsyncDisposable> {
    const consumer = await session.consume(
      { type: "ActiveMQQueue", physicalName: this.#options.queue },
      {
        priority,
        prefetch,
        // Small ranges: many at once stall this broker, one by one they cost (openwire.md §8.3).
        acknowledgeRange: 20,
        flushAfter: 2,
        ...(selector !== undefined && { selector }),
      },
    );
    consumer.listen((message) => this.#take(message));
    return consumer;
  }

  #take(message: ReceivedMessage): void {
    this.figures.received += 1;
    if (message.redelivered) this.figures.redelivered += 1;
    const { brokerInTime, brokerOutTime } = message;
    try {
      this.#options.onMessage({
        id: message.id,
        type: message.type,
        body: textOf(message),
        redelivered: message.redelivered,
        waited: brokerInTime > 0 && brokerOutTime > 0 ? Math.max(0, brokerOutTime - brokerInTime) : 0,
        receivedAt: this.#options.clock.now(),
      });
    } catch (error) {
      // Else the client would hand it out again and hold up everything behind it.
      this.#options.onTrouble(error);
    }
  }
}

/** Senders over STOMP make bytes messages of what they mean as text. `null` too for what cannot be read. */
export function textOf(message: ReceivedMessage): string | null {
  try {
    return message.text ?? (message.bytes === null ? null : new TextDecoder().decode(message.bytes));
  } catch {
    return null;
  }
}
