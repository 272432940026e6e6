import type { Advisory } from "./contract.ts";
import { isTopic } from "./destinations.ts";
import type { Received } from "./received-message.ts";
import type { MessageSession } from "./session.ts";
import type { ConsumerInfo, Destination, RemoveInfo } from "./wire/commands.ts";

const prefix = "ActiveMQ.Advisory.";

/** Consumers of a queue or topic, the present ones first, then whoever comes and goes (openwire.md §11). */
export async function watchConsumers(
  connection: { openSession(options: object): MessageSession },
  destination: Destination,
  onAdvisory: (advisory: Advisory) => void,
): Promise<AsyncDisposable> {
  const kind = isTopic(destination) ? "Topic" : "Queue";
  const session = connection.openSession({ acknowledge: "dups-ok" });
  try {
    const consumer = await session.consume(
      `topic://${prefix}Consumer.${kind}.${destination.physicalName ?? ""}`,
      {
        acknowledgeRange: 50,
      },
    );
    // The library's own consumers deliver what it received itself.
    consumer.listen((message) => onAdvisory(readAdvisory(message as Received)));
    return { [Symbol.asyncDispose]: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** What an advisory message tells. */
export function readAdvisory(message: Received): Advisory {
  const { dataStructure, destination } = message.message;
  const topic = destination?.physicalName ?? "";
  const count = message.property("consumerCount");
  const consumerCount = typeof count === "number" ? count : undefined;
  if (dataStructure?.type === "ConsumerInfo") return added(dataStructure, consumerCount);
  if (dataStructure?.type === "RemoveInfo") {
    const gone = removed(dataStructure, topic, consumerCount);
    if (gone !== undefined) return gone;
  }
  return { kind: "other", topic, message };
}

function added(info: ConsumerInfo, count: number | undefined): Advisory {
  const { consumerId, destination, priority, selector, clientId } = info;
  return {
    kind: "consumer-added",
    destination: destination?.physicalName ?? "",
    consumerId: `${consumerId?.connectionId ?? ""}:${consumerId?.sessionId ?? 0}:${consumerId?.value ?? 0}`,
    connectionId: consumerId?.connectionId ?? "",
    priority,
    selector,
    clientId,
    count,
  };
}

function removed({ objectId }: RemoveInfo, topic: string, count: number | undefined): Advisory | undefined {
  if (objectId?.type !== "ConsumerId") return undefined;
  return {
    kind: "consumer-removed",
    destination: topic.replace(/^ActiveMQ\.Advisory\.Consumer\.(Queue|Topic)\./, ""),
    consumerId: `${objectId.connectionId ?? ""}:${objectId.sessionId}:${objectId.value}`,
    connectionId: objectId.connectionId ?? "",
    count,
  };
}
