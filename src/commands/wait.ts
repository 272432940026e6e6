import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import { agentOf } from "./agents.ts";
import { ConnectorCommand } from "./base.ts";
import type { Control } from "./control.ts";
import { eventText } from "../words/event-text.ts";
import { type Awaited, alreadyTrue, awaitedFrom, eventMatches, typesFor } from "./wait-match.ts";

export interface WaitOptions {
  /** As typed, for messages. */
  word: string;
  awaited: Awaited;
  agent: string | undefined;
  /** A number with `*`. */
  from: string | undefined;
  /** Event id or `now`; by default the agent's last confirmed command. */
  since: string | undefined;
  /** Seconds; for ever when absent. */
  timeout: number | undefined;
}

/**
 * The first event that matches, after the agent's last confirmed command: what happened between two commands of a script is not
 * missed. A state that is already reached is answered at once. Throws `timeout`.
 */
export async function waitFor(
  options: WaitOptions,
  deps: { control: Control; clock: Clock },
): Promise<CtiEvent> {
  const { control, clock } = deps;
  const status = agentOf(await control.status(), options.agent);
  const { agent } = status;
  const type = typesFor(options.awaited).join(",");
  const matches = (event: CtiEvent): boolean => eventMatches(event, options.awaited, options.from);

  if (options.since === undefined && alreadyTrue(status, options.awaited, options.from)) {
    const page = await control.eventPage({ agent, type, limit: 100 });
    const reached = page.events.findLast(matches);
    if (reached !== undefined) return reached;
  }

  const abort = new AbortController();
  let timedOut = false;
  const cancel =
    options.timeout === undefined
      ? undefined
      : clock.after(options.timeout * 1000, () => {
          timedOut = true;
          abort.abort();
        });
  try {
    const since = options.since ?? "last-command";
    for await (const event of control.events({ agent, type, since }, abort.signal)) {
      if (matches(event)) return event;
    }
  } catch (error) {
    // The reader of a stream that we ended ourselves may say so by an exception.
    if (!timedOut) throw error;
  } finally {
    cancel?.();
    abort.abort();
  }
  if (!timedOut) {
    throw new CtiError({
      code: "connector-unreachable",
      message: `the connector ended while ${options.word} was awaited`,
      hint: "look with: cti status",
    });
  }
  throw new CtiError({
    code: "timeout",
    message: `${options.word} did not come within ${options.timeout} s`,
    hint: "look with: cti status; wait longer with --timeout SECONDS",
  });
}

/** `cti wait EVENT|STATE` */
export class WaitCommand extends ConnectorCommand {
  static override paths = [["wait"]];
  static override usage = Command.Usage({
    category: "Watching",
    description: "wait for an event or a state, print the event",
    details:
      "EVENT is a name of `cti help events` or a family (call), STATE a word such as ready, not-ready, talking, ringing, active, held,\nwrap-up. Events since the agent's last confirmed command count; a state that is reached already is answered at once.\nWithout --timeout it waits until it is interrupted; when the time is over it exits 6.",
    examples: [
      ["Wait for the next call", "cti wait call.started --timeout 30"],
      ["From one customer", "cti wait call.started --from '555*'"],
      ["Until the agent talks", "cti wait active --json"],
    ],
  });

  agent = Option.String("-a,--agent", {
    description: "Which agent (CTI_AGENT); else the only one signed in",
  });

  from = Option.String("--from", { description: "Only calls from this number; * stands for any digits" });

  since = Option.String("--since", { description: "Events after this one count: an event's id, or now" });

  word = Option.String({ name: "event|state" });

  protected async run(): Promise<void> {
    const awaited = awaitedFrom(this.word);
    const config = await this.config({ agent: this.agent });
    const control = await this.context.control.connect(config.profile);
    const event = await waitFor(
      {
        word: this.word,
        awaited,
        agent: config.settings.agent,
        from: this.from,
        since: this.since,
        // The configured time is for commands; waiting has none unless it is asked for here.
        timeout: this.timeout === undefined ? undefined : config.settings.timeout,
      },
      { control, clock: systemClock },
    );
    if (this.json) this.printJson(event);
    else this.print(eventText(event, this.paint));
  }
}
