import { Command, type CommandClass, Option } from "clipanion";
import type { DeliveriesPageQuery } from "../control/contract.ts";
import type { DeliveriesAnswer, DeliveriesQuery, DeliveriesRequest } from "../model/delivery.ts";
import { CtiError } from "../model/errors.ts";
import { ConnectorCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import type { Control } from "./control.ts";
import { deliveriesText, discardedText, retriedText } from "./deliveries-text.ts";
import type { View } from "./view.ts";

/** As it was typed. */
export interface DeliveriesChoice {
  ids: readonly string[];
  missed: boolean;
  all: boolean;
  adapter: string | undefined;
  agent: string | undefined;
}

/** Which deliveries are meant; those that are owed where nothing says otherwise. Throws `usage` for words that exclude each other. */
export function requestFrom({ ids, missed, all, ...where }: DeliveriesChoice): DeliveriesRequest {
  const flags = [
    ...(missed ? ["--missed"] : []),
    ...(all ? ["--all"] : []),
    ...(where.adapter === undefined ? [] : ["--adapter"]),
    ...(where.agent === undefined ? [] : ["--agent"]),
  ];
  if (ids.length > 0 && flags.length > 0) throw excluding("ids", flags.join(" "));
  if (missed && all) throw excluding("--missed", "--all");
  if (ids.length > 0) return { ids: [...ids] };
  return { query: { ...(!all && { state: missed ? "missed" : "owed" }), ...given(where) } };
}

/** The same for a discard, which means nothing that was not said: nobody gets it back. */
export function discardFrom(choice: DeliveriesChoice): DeliveriesRequest {
  const request = requestFrom(choice);
  if (choice.ids.length > 0 || choice.missed || choice.all) return request;
  throw new CtiError({
    code: "usage",
    message: "cti deliveries discard needs to know which",
    why: "the CRM will never hear of what is discarded",
    hint: "name ids of cti deliveries, or write --missed or --all",
  });
}

/** Throws `no-such-delivery` where every id that was named is unknown: then nothing was done at all. */
export function knownOnly(answer: DeliveriesAnswer): DeliveriesAnswer {
  const { done, refused } = answer;
  if (done.length > 0 || refused.length === 0 || refused.some(({ unknown }) => unknown !== true))
    return answer;
  const ids = refused.map(({ id }) => id);
  throw new CtiError({
    code: "no-such-delivery",
    message: `there is no delivery ${ids.join(", ")}`,
    why: "it was taken by the CRM or discarded meanwhile, or never was",
    hint: "see what there is: cti deliveries",
    details: { ids },
  });
}

function given({ adapter, agent }: Pick<DeliveriesChoice, "adapter" | "agent">): DeliveriesQuery {
  return { ...(adapter !== undefined && { adapter }), ...(agent !== undefined && { agent }) };
}

function excluding(one: string, other: string): CtiError {
  return new CtiError({
    code: "usage",
    message: `${one} and ${other} exclude each other`,
    hint: "leave one out",
  });
}

abstract class DeliveriesFamily extends ConnectorCommand {
  adapter = Option.String("--adapter", { description: "Only what is owed to this adapter's CRM" });

  agent = Option.String("-a,--agent", { description: "Only what is about this agent" });

  protected async control(): Promise<Control> {
    const { profile } = await this.config();
    return this.context.control.connect(profile);
  }

  protected get view(): View {
    return { paint: this.paint, now: this.context.now() };
  }
}

/** `cti deliveries` */
class DeliveriesCommand extends DeliveriesFamily {
  static override paths = [["deliveries"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "what is owed to CRMs, and what they missed",
    details: `
      What a CRM has to be told is kept on disk until the CRM has taken it. A pop is of no use after 15 seconds or when its call is
      over; a record is owed for a day. What was given up, or the CRM refused, is missed, and listed until you retry or discard it.

      More: cti help deliveries
    `,
    examples: [
      ["Does a CRM lag behind?", "cti deliveries"],
      ["How many are owed or missed, for a program", "cti deliveries --json | jq .total"],
    ],
  });

  missed = Option.Boolean("--missed", false, { description: "Only what was missed" });

  limit = Option.String("--limit", { description: "At most so many, the oldest (100)" });

  protected async run(): Promise<void> {
    const query: DeliveriesPageQuery = {
      ...(this.missed && { state: "missed" }),
      ...given(this),
      ...(this.limit !== undefined && { limit: limitFrom(this.limit) }),
    };
    const page = await (await this.control()).deliveries(query);
    if (this.json) this.printJson(page);
    else this.print(deliveriesText(page, query, this.view));
  }
}

/** `cti deliveries list`: the same, said in full. */
class DeliveriesListCommand extends DeliveriesCommand {
  static override paths = [["deliveries", "list"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "list them, oldest first",
    examples: [
      ["What no CRM will be told by itself any more", "cti deliveries list --missed"],
      ["The ten oldest of one agent", "cti deliveries list -a 1001 --limit 10"],
      ["Why were they missed?", "cti deliveries list --missed --json | jq -r '.deliveries[].why'"],
    ],
  });
}

/** `cti deliveries retry` */
class DeliveriesRetryCommand extends DeliveriesFamily {
  static override paths = [["deliveries", "retry"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "try them now; missed records are owed again",
    details: `
      Without ids: all that is owed, without waiting any longer. Missed records are owed again, for as long as a new one, with --missed,
      --all or their ids. A missed pop stays missed: it would show the wrong customer. Exits 7 when nobody knows any of the ids.
    `,
    examples: [
      ["The CRM is back: do not wait for the next try", "cti deliveries retry"],
      ["It was away too long: tell it all the same", "cti deliveries retry --missed"],
    ],
  });

  ids = Option.Rest({ name: "id" });
  missed = Option.Boolean("--missed", false, { description: "What was missed" });
  all = Option.Boolean("--all", false, { description: "What is owed and what was missed" });

  protected async run(): Promise<void> {
    const request = requestFrom(this);
    const answer = knownOnly(await (await this.control()).retryDeliveries(request));
    if (this.json) this.printJson(answer);
    else this.print(retriedText(answer, this.view));
  }
}

/** `cti deliveries discard` */
class DeliveriesDiscardCommand extends DeliveriesFamily {
  static override paths = [["deliveries", "discard"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "forget them: the CRM will never hear of it",
    details:
      "Needs ids, --missed or --all. What is discarded is gone for good. Exits 7 when nobody knows any of the ids.",
    examples: [
      ["What was missed has been put right by hand", "cti deliveries discard --missed"],
      ["An agent's, owed or missed", "cti deliveries discard --all -a 1001"],
    ],
  });

  ids = Option.Rest({ name: "id" });
  missed = Option.Boolean("--missed", false, { description: "What was missed" });
  all = Option.Boolean("--all", false, { description: "What is owed and what was missed" });

  protected async run(): Promise<void> {
    const request = discardFrom(this);
    const answer = knownOnly(await (await this.control()).discardDeliveries(request));
    if (this.json) this.printJson(answer);
    else this.print(discardedText(answer, this.view));
  }
}

/** The commands below `cti deliveries`. */
export const deliveriesCommands: CommandClass<CtiContext>[] = [
  DeliveriesCommand,
  DeliveriesListCommand,
  DeliveriesRetryCommand,
  DeliveriesDiscardCommand,
];

/** What the connector answers at most. */
const mostAtOnce = 1000;

function limitFrom(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostAtOnce) return limit;
  throw new CtiError({
    code: "usage",
    message: `--limit ${text} is not a number from 1 to ${mostAtOnce}`,
    hint: "write --limit 20",
  });
}
