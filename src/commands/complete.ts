import type { Definition } from "clipanion";
import type { ConnectorStatus } from "../control/contract.ts";
import type { Reasons } from "../model/agent.ts";
import type { DeliveriesQuery, DeliveryPage, DeliveryStatus } from "../model/delivery.ts";
import { eventTypes } from "../model/events.ts";
import { agentLabel } from "./agents.ts";
import { type CatalogueEntry, catalogue } from "./catalogue.ts";
import type { CtiContext } from "./context.ts";
import { definitionsOf, matchingDefinition, namesOf, takesValue } from "./definitions.ts";
import { printable } from "../platform/terminal.ts";
import { topicNames } from "./help-text.ts";
import { waitWords } from "./wait-match.ts";

/** One proposal: what is typed, and what a shell may show beside it. */
export interface Proposal {
  word: string;
  text?: string;
}

/** What can only be known by asking the connector. Each answers with nothing when there is none. */
export interface Live {
  status(): Promise<Pick<ConnectorStatus, "agents" | "adapters"> | undefined>;
  reasons(): Promise<Reasons | undefined>;
  deliveries(query: DeliveriesQuery): Promise<DeliveryPage | undefined>;
}

/** What may stand at the end of `words`, whose last one is being typed. */
export async function proposals(
  words: readonly string[],
  live: Live,
  entries: readonly CatalogueEntry[] = catalogue,
): Promise<Proposal[]> {
  const typed = words.at(-1) ?? "";
  const found = await candidates(words.slice(0, -1), typed, live, entries);
  return found.filter((proposal) => proposal.word.startsWith(typed));
}

async function candidates(
  before: readonly string[],
  typed: string,
  live: Live,
  entries: readonly CatalogueEntry[],
): Promise<Proposal[]> {
  const [first] = before;
  if (first === undefined) return entries.map(({ name, summary }) => ({ word: name, text: summary }));
  const entry = entries.find((candidate) => candidate.name === first);
  if (entry === undefined) return [];
  const definitions = definitionsOf(await entry.load());
  const definition = matchingDefinition(definitions, [...before]);
  const members = membersAfter(before, definitions);
  if (definition === undefined) return members;

  const option = definition.options.find((each) => namesOf(each.definition).includes(before.at(-1) ?? ""));
  if (option !== undefined && takesValue(option.definition)) {
    return valuesOf(namesOf(option.definition).at(-1) ?? "", live);
  }
  if (typed.startsWith("-")) return optionsOf(definition);
  return [...members, ...(await argumentsOf(definition.path.replace(/^cti /, ""), live))];
}

/** The words that make a command of those before: `sim` has `call`, `sim ebs` has `history`. Each once, with the text of the one it is. */
function membersAfter(before: readonly string[], definitions: readonly Definition[]): Proposal[] {
  const path = ["cti", ...before].join(" ");
  const members = new Map<string, string>();
  for (const { path: own, description = "" } of definitions) {
    if (!own.startsWith(`${path} `)) continue;
    const [word = "", ...rest] = own.slice(path.length + 1).split(" ");
    if (rest.length === 0 || !members.has(word)) members.set(word, description.trim());
  }
  return [...members].map(([word, text]) => ({ word, text }));
}

function optionsOf(definition: Definition): Proposal[] {
  return definition.options
    .map((option) => ({
      word: namesOf(option.definition).at(-1) ?? "",
      text: (option.description ?? "").trim(),
    }))
    .concat({ word: "--help", text: "Show help" });
}

async function valuesOf(option: string, live: Live): Promise<Proposal[]> {
  switch (option) {
    case "--agent":
      return ((await live.status())?.agents ?? []).map((each) => ({
        word: each.agent,
        text: agentLabel(each.agent, each.state),
      }));
    case "--adapter":
      return ((await live.status())?.adapters ?? []).map(({ adapter, summary }) => ({
        word: adapter,
        text: summary,
      }));
    case "--call":
      return ((await live.status())?.agents ?? []).flatMap((each) =>
        each.calls.map((call) => ({ word: call.id, text: `${call.state} ${call.party}` })),
      );
    case "--team":
      return ((await live.status())?.agents ?? []).flatMap((each) =>
        (each.state?.teams ?? []).map(({ id, name }) => ({
          word: name === "" ? id : name,
          text: `team ${id}`,
        })),
      );
    case "--type":
      return eventTypes.map((word) => ({ word }));
    case "--category":
      return plain("not-ready", "logout", "wrap-up");
    case "--wait":
      return plain("alerting", "active");
    case "--unattended":
      return plain("keep", "not-ready", "logout");
    default:
      return [];
  }
}

async function argumentsOf(command: string, live: Live): Promise<Proposal[]> {
  switch (command) {
    case "not-ready":
      return labels((await live.reasons())?.notReady);
    case "logout":
      return labels((await live.reasons())?.logout);
    case "wrap-up":
      return labels((await live.reasons())?.wrapUp);
    case "wait":
      return waitWords.map((word) => ({ word }));
    case "deliveries retry":
      return ids((await live.deliveries({}))?.deliveries.filter(isRetried));
    case "deliveries discard":
      return ids((await live.deliveries({}))?.deliveries);
    case "completion":
      return plain("bash", "zsh", "fish");
    case "help":
      return [
        ...plain(...topicNames),
        ...catalogue.map(({ name, summary }) => ({ word: name, text: summary })),
      ];
    default:
      return [];
  }
}

function labels(reasons: readonly { label: string }[] | undefined): Proposal[] {
  return (reasons ?? []).map((reason) => ({ word: reason.label }));
}

function ids(deliveries: readonly DeliveryStatus[] | undefined): Proposal[] {
  return (deliveries ?? []).map(({ id, state, kind, text }) => ({
    word: id,
    text: `${state} ${kind} ${text}`,
  }));
}

/** A pop that was missed stays missed. */
function isRetried({ state, policy }: DeliveryStatus): boolean {
  return state === "owed" || policy === "record";
}

function plain(...words: string[]): Proposal[] {
  return words.map((word) => ({ word }));
}

/** Milliseconds a key press may wait for the connector. */
const patience = 500;

/** `cti __complete -- WORDS…`, called by the shells: a proposal a line, a tab before its text. Never fails, never speaks up. */
export async function complete(words: readonly string[], context: CtiContext): Promise<void> {
  const found = await proposals(words, liveFrom(context)).catch(() => []);
  for (const { word, text } of found)
    context.stdout.write(text === undefined ? `${word}\n` : `${word}\t${printable(text)}\n`);
}

function liveFrom(context: CtiContext): Live {
  const ask = async <Value>(work: () => Promise<Value>): Promise<Value | undefined> => {
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience).unref());
    return Promise.race([work().catch(() => undefined), late]);
  };
  const profile = context.env.CTI_PROFILE ?? "default";
  const status = (): Promise<ConnectorStatus | undefined> =>
    ask(async () => (await context.control.connect(profile)).status());
  return {
    status,
    deliveries: (query) => ask(async () => (await context.control.connect(profile)).deliveries(query)),
    reasons: () =>
      ask(async () => {
        const control = await context.control.connect(profile);
        const agent = context.env.CTI_AGENT ?? (await control.status()).agents[0]?.agent;
        return agent === undefined ? undefined : control.reasons(agent);
      }),
  };
}
