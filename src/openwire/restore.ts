import type { MessageConsumer } from "./consumer.ts";
import type { Link } from "./link.ts";
import type { MessageProducer } from "./producer.ts";
import type { MessageSession } from "./session.ts";
import type { Destination } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

/** What must be said over a new link: all that the broker knew of the connection. */
export interface Restorable {
  readonly connectionId: ReturnType<typeof create<"ConnectionId">>;
  readonly clientId: string | undefined;
  readonly credentials: { userName: string | null; password: string | null };
  readonly sessions: ReadonlySet<MessageSession>;
  readonly temporary: ReadonlyMap<string, Destination>;
  nextCommandId(): number;
}

/**
 * Introduces the connection to a broker, for the first time or again (openwire.md §7, §14): the connection itself, temporary destinations,
 * sessions, producers, consumers; these first with an empty window, so that nothing comes before all is told. Rejects with the broker's
 * exception. The answer is to be called when the link becomes the connection: it tells what has come and gone in the meantime, for which
 * there was no connection to be told over.
 */
export async function restore(
  link: Link,
  connection: Restorable,
  { faultTolerant, again }: { faultTolerant: boolean; again: boolean },
): Promise<() => void> {
  const numbered = <Command extends { commandId: number }>(command: Command): Command => {
    command.commandId = connection.nextCommandId();
    return command;
  };
  if (again) link.send(create("ConnectionControl", { faultTolerant: true }));
  const info = create("ConnectionInfo", {
    connectionId: connection.connectionId,
    clientId: connection.clientId ?? connection.connectionId.value,
    ...connection.credentials,
    manageable: true,
    clientMaster: true,
    faultTolerant,
    failoverReconnect: again,
  });
  await link.ask(numbered(info), "the connection");
  for (const destination of connection.temporary.values())
    await link.ask(
      numbered(create("DestinationInfo", { connectionId: connection.connectionId, destination })),
      "a temporary destination",
    );
  const consumers: MessageConsumer[] = [];
  const told = new Set<MessageSession | MessageProducer>();
  const tellSessions = (): void => {
    for (const session of connection.sessions) {
      if (!told.has(session)) link.send(numbered({ ...session.info }));
      told.add(session);
      for (const producer of session.producers) {
        if (!told.has(producer)) link.send(numbered({ ...producer.info }));
        told.add(producer);
      }
    }
  };
  tellSessions();
  for (const session of connection.sessions)
    for (const consumer of session.consumers) if (consumer.established) consumers.push(consumer);
  await Promise.all(
    consumers.map((consumer) =>
      link.ask(numbered({ ...consumer.info, prefetchSize: 0 }), "a consumer, after a failover"),
    ),
  );
  return () => {
    tellSessions();
    for (const consumer of consumers) {
      const { destination, consumerId, prefetchSize } = consumer.info;
      if (consumer.isClosed) {
        link.send(numbered(create("RemoveInfo", { objectId: consumerId, lastDeliveredSequenceId: -1 })));
        continue;
      }
      link.send(numbered(create("ConsumerControl", { destination, consumerId, prefetch: prefetchSize })));
      const { pendingPull } = consumer;
      if (pendingPull !== undefined) link.send(numbered(pendingPull));
    }
  };
}
