import type { MessageConsumer } from "./consumer.ts";
import { asOpenWire, type OpenWireError } from "./errors.ts";
import type { Link } from "./link.ts";
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
  onError(error: OpenWireError): void;
}

/** Refusals of a consumer that time does not mend. */
const final = new Set(["security", "invalid-destination", "invalid-selector"]);
/** Milliseconds until a consumer that was refused is said again, doubled each time. */
const firstPause = 1000;
const longestPause = 30_000;

/** Introduces the connection to a broker (openwire.md §7), for the first time or again. Rejects with the broker's exception. */
export async function introduce(
  link: Link,
  connection: Restorable,
  { faultTolerant, again }: { faultTolerant: boolean; again: boolean },
): Promise<void> {
  if (again) link.send(create("ConnectionControl", { faultTolerant: true }));
  const info = create("ConnectionInfo", {
    connectionId: connection.connectionId,
    clientId: connection.clientId ?? connection.connectionId.value,
    ...connection.credentials,
    manageable: true,
    clientMaster: true,
    faultTolerant,
    failoverReconnect: again,
    commandId: connection.nextCommandId(),
  });
  await link.ask(info, "the connection");
}

/**
 * Says all that belongs to the connection (openwire.md §14): temporary destinations, sessions, producers, consumers. In one go, and not waiting
 * for answers: what is opened or closed afterwards is told over the same link behind it. The clean-up is done by now, so that consumers need
 * no empty window first. One that the broker will not have again harms no other. Resolves when the broker has answered, or the link is over.
 */
export function restore(link: Link, connection: Restorable): Promise<unknown> {
  const answers: Promise<unknown>[] = [];
  const { connectionId } = connection;
  for (const destination of connection.temporary.values()) {
    const info = create("DestinationInfo", { connectionId, destination, ...numbered(connection) });
    const answer = link.ask(info, "a temporary destination, after a failover");
    answers.push(
      answer.catch((error: unknown) => {
        if (!link.isOver) connection.onError(asOpenWire(error));
      }),
    );
  }
  for (const { info, producers, consumers } of connection.sessions) {
    link.send({ ...info, ...numbered(connection) });
    for (const producer of producers) {
      try {
        link.send({ ...producer.info, ...numbered(connection) });
      } catch (error) {
        // Made while there was no link to say so.
        connection.onError(asOpenWire(error));
      }
    }
    for (const consumer of consumers)
      if (consumer.established && !consumer.closed)
        answers.push(subscribe(link, connection, consumer, firstPause));
  }
  return Promise.all(answers);
}

async function subscribe(
  link: Link,
  connection: Restorable,
  consumer: MessageConsumer,
  pause: number,
): Promise<void> {
  const answer = link.ask({ ...consumer.info, ...numbered(connection) }, "a consumer, after a failover");
  for (const pull of consumer.pulls()) link.send({ ...pull, ...numbered(connection) });
  try {
    await answer;
  } catch (thrown) {
    if (link.isOver || consumer.closed) return;
    const error = asOpenWire(thrown);
    connection.onError(error);
    if (final.has(error.code)) return consumer.ended();
    link.later(pause, () => {
      if (!consumer.closed) void subscribe(link, connection, consumer, Math.min(pause * 2, longestPause));
    });
  }
}

function numbered(connection: Restorable): { commandId: number } {
  return { commandId: connection.nextCommandId() };
}
