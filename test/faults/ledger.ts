import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { CtiEvent } from "../../src/model/events.ts";

/** The whole journal, in order. */
export function readJournal(folder: string): CtiEvent[] {
  const database = new Database(join(folder, "journal.sqlite"), { readonly: true });
  try {
    return database
      .query<{ json: string }, []>("SELECT json FROM events ORDER BY id")
      .all()
      .map(({ json }) => JSON.parse(json) as CtiEvent);
  } finally {
    database.close();
  }
}

/** Each interaction is started, released and ended once and in this order; those in `open` have not ended. */
export function disorderIn(events: readonly CtiEvent[], open: ReadonlySet<string>): string[] {
  const stories = new Map<string, string[]>();
  for (const event of events) {
    if (!("call" in event)) continue;
    const name = `${event.agent ?? "-"} ${event.call.interaction}`;
    const story = stories.get(name) ?? [];
    story.push(event.type.replace("call.", ""));
    stories.set(name, story);
  }
  const found: string[] = [];
  for (const [name, story] of stories) {
    const [, interaction = ""] = name.split(" ");
    const shape = open.has(interaction)
      ? /^started( changed)*( released( changed)*)?$/
      : /^started( changed)* released( changed)* ended$/;
    if (!shape.test(story.join(" "))) found.push(`${name}: ${story.join(" ")}`);
  }
  return found;
}
