import { EventLog } from "../../../src/connector/event-log.ts";
import { nextBoot } from "../../../src/connector/event-id.ts";
import { openConnectorStore } from "../../../src/connector/database.ts";
import { Journal } from "../../../src/connector/journal.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { stateDirectory } from "../../../src/platform/paths.ts";
import { bodies } from "../../../test/console/log/events.ts";

/** Writes a journal of so many events of every kind into a profile, as a connector of the last days would have. */
export function fillJournal(environment: Record<string, string>, count: number): void {
  const store = openConnectorStore(stateDirectory(environment, "default"), (message) => {
    throw new Error(message);
  });
  // Two events a second, the last an hour ago.
  const clock = new ManualClock(Date.now() - 3_600_000 - count * 500);
  const journal = new Journal({ store, recordVariables: false });
  const log = new EventLog({ journal, boot: nextBoot(store, clock.now()), clock, ring: 1 });
  for (let at = 0; at < count; at++) {
    const body = bodies[at % bodies.length];
    if (body !== undefined) log.append(body, `100${1 + (at % 5)}`, undefined);
    clock.advance(500);
  }
  const kept = store.attempt((database) =>
    database.query<{ count: number }, []>("SELECT count(*) AS count FROM events").get(),
  );
  store.close();
  if (kept?.count !== count) throw new Error(`of ${count} events the journal keeps ${kept?.count}`);
}
