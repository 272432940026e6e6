import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import type { EventsQuery } from "../control/contract.ts";
import { ConnectorCommand } from "./base.ts";
import type { Control } from "./control.ts";
import { eventText } from "../words/event-text.ts";
import { eventTypesFrom } from "./wait-match.ts";

export interface EventsOptions {
  agent: string | undefined;
  types: string[] | undefined;
  since: string | undefined;
  limit: number | undefined;
}

const pageSize = 1000;

/** Past events, oldest first: the newest `limit` of them, or with `since` all after that one. */
export async function pastEvents(
  options: EventsOptions,
  control: Pick<Control, "eventPage">,
): Promise<CtiEvent[]> {
  const query: EventsQuery = {
    ...(options.agent !== undefined && { agent: options.agent }),
    ...(options.types !== undefined && { type: options.types.join(",") }),
  };
  const { since } = options;
  const wanted = options.limit ?? (since === undefined ? 50 : Number.POSITIVE_INFINITY);
  const events: CtiEvent[] = [];
  let more = true;
  while (more && events.length < wanted) {
    const before = events[0]?.id;
    const limit = Math.min(pageSize, wanted - events.length);
    const page = await control.eventPage({ ...query, limit, ...(before !== undefined && { before }) });
    const fresh = since === undefined ? page.events : page.events.filter((event) => event.id > since);
    events.unshift(...fresh);
    more = page.more && page.events.length > 0 && fresh.length === page.events.length;
  }
  return events;
}

/** `cti events [--follow]` */
export class EventsCommand extends ConnectorCommand {
  static override paths = [["events"]];
  static override usage = Command.Usage({
    category: "Watching",
    description: "show what happened, or follow it",
    details: "With --json one event a line. Names: `cti help events`.",
    examples: [
      ["The last fifty", "cti events"],
      ["Follow the calls of one agent", "cti events -f --type call -a 1001"],
      ["Everything that is kept, for a program", "cti events --since start --json"],
    ],
  });

  agent = Option.String("-a,--agent", { description: "Only this agent's events" });

  follow = Option.Boolean("-f,--follow", false, { description: "Go on as they happen, until interrupted" });

  type = Option.String("--type", { description: "Only these: names or families, with commas between" });

  since = Option.String("--since", {
    description: "Only events after this one: an event's id, start or now",
  });

  limit = Option.String("--limit", { description: "At most so many" });

  protected async run(): Promise<void> {
    const types = this.type === undefined ? undefined : eventTypesFrom(this.type);
    const limit = this.limit === undefined ? undefined : limitFrom(this.limit);
    const config = await this.config();
    const control = await this.context.control.connect(config.profile);
    const options: EventsOptions = { agent: this.agent, types, since: this.since, limit };
    if (!this.follow) {
      if (this.since === "now") return;
      const since = this.since === "start" ? "" : this.since;
      for (const event of await pastEvents({ ...options, since }, control)) this.show(event);
      return;
    }
    let shown = 0;
    const query: EventsQuery = {
      since: this.since ?? "now",
      ...(this.agent !== undefined && { agent: this.agent }),
      ...(types !== undefined && { type: types.join(",") }),
    };
    const abort = new AbortController();
    for await (const event of control.events(query, abort.signal)) {
      this.show(event);
      shown += 1;
      if (limit !== undefined && shown >= limit) break;
    }
    abort.abort();
  }

  private show(event: CtiEvent): void {
    if (this.json) this.printJson(event);
    else this.print(eventText(event, this.paint));
  }
}

function limitFrom(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new CtiError({
      code: "usage",
      message: `--limit ${text} is not a number of events`,
      hint: "write --limit 20",
    });
  }
  return limit;
}
