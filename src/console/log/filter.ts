import type { EventsQuery } from "../../control/contract.ts";
import { type CtiEvent, eventTypes } from "../../model/events.ts";
import { eventSummary } from "../../words/event-summary.ts";

/** What of the filter the connector does itself. */
export type ServerFilter = Pick<EventsQuery, "agent" | "type" | "cause" | "interaction">;

const keys = ["agent", "type", "call", "interaction", "cause", "adapter", "text"] as const;
type Key = (typeof keys)[number];

/** One thing that is asked for: any of `values`, or with `not` none of them. */
export interface Term {
  key: Key;
  /** Small letters, except of agents and causes, which the connector compares as they are. */
  values: readonly string[];
  not: boolean;
}

/** What was typed after `/`, understood. */
export interface LogFilter {
  /** As it was typed, without blanks around it. */
  text: string;
  terms: readonly Term[];
  server: ServerFilter;
  /** Some events that the connector sends may still not fit. */
  local: boolean;
  matches: (event: CtiEvent) => boolean;
}

/** Lets everything through. */
export const noFilter: LogFilter = parseFilter("");

/** A whole interaction id (model/interaction.ts); what is shorter may be the beginning of one, which only we look for. */
const interactionLength = 20;

const families = new Set<string>(eventTypes.map((type) => type.slice(0, type.indexOf("."))));

/**
 * Reads a filter: blanks separate what must all be true. `word` or `"two words"`: anywhere in the event; `agent:1001`; `type:call`,
 * `call` or `call.ended`: a family or a name; `call:16804`: the call, by dialog id, earlier dialog id, or
 * interaction, also where it was made for another one; `interaction:…`; `cause:…`; `adapter:ebs`. Commas mean "or", and so does a key that stands there twice; `!` before any of them
 * turns it around. Never throws: what is no key is text, what is not finished yet is left out.
 */
export function parseFilter(text: string): LogFilter {
  const terms: Term[] = [];
  for (const word of wordsOf(text)) {
    const term = termOf(word);
    if (term === undefined) continue;
    const same = terms.findIndex(({ key, not }) => key === term.key && !not && !term.not && key !== "text");
    const before = terms[same];
    if (before === undefined) terms.push(term);
    else terms[same] = { ...before, values: [...new Set([...before.values, ...term.values])] };
  }
  const server: ServerFilter = {};
  const rest: Term[] = [];
  for (const term of terms) {
    const value = term.values.length === 1 ? term.values[0] : undefined;
    if (term.key === "type" && !term.not) server.type = term.values.join(",");
    else if (term.key === "agent" && !term.not && value !== undefined) server.agent = value;
    else if (term.key === "cause" && !term.not && value !== undefined) server.cause = value;
    else if (term.key === "interaction" && !term.not && value?.length === interactionLength)
      server.interaction = value.toUpperCase();
    else rest.push(term);
  }
  return {
    text: text.trim(),
    terms,
    server,
    local: rest.length > 0,
    matches: (event) => terms.every((term) => fits(event, term)),
  };
}

/** Whatever fits `next` also fits `before`: what was found for `before` only needs sifting. */
export function isNarrower(next: LogFilter, before: LogFilter): boolean {
  return before.terms.every((old) =>
    next.terms.some(
      (term) =>
        term.key === old.key &&
        term.not === old.not &&
        (old.not
          ? old.values.every((value) => term.values.includes(value))
          : term.values.every((value) => old.values.some((each) => implies(old.key, value, each)))),
    ),
  );
}

/** Who fits `value` also fits `wider`. */
function implies(key: Key, value: string, wider: string): boolean {
  if (key === "text") return value.includes(wider);
  if (key === "call" || key === "interaction") return value.startsWith(wider);
  return value === wider || (key === "type" && value.startsWith(`${wider}.`));
}

interface Word {
  text: string;
  quoted: boolean;
  not: boolean;
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(/(!?)(?:"([^"]*)"?|(\S+))/g)].map(([, not, quoted, bare]) => ({
    text: quoted ?? bare ?? "",
    quoted: quoted !== undefined,
    not: not === "!",
  }));
}

function termOf({ text, quoted, not }: Word): Term | undefined {
  // A lone `!` is the beginning of something.
  if (text === "" || (!quoted && text === "!")) return undefined;
  const small = text.toLowerCase();
  const plainText: Term = { key: "text", values: [small], not };
  if (quoted) return plainText;
  const colon = text.indexOf(":");
  const key = keys.find((each) => each === small.slice(0, Math.max(colon, 0)));
  if (key === undefined) {
    const values = small.split(",").filter((each) => each !== "");
    const named = values.length > 0 && values.every((each) => isTypeName(each));
    return named ? { key: "type", values: typesOf(values), not } : plainText;
  }
  const given = (key === "agent" || key === "cause" ? text : small).slice(colon + 1);
  if (key === "text") return given === "" ? undefined : { key, values: [given], not };
  const values = given.split(",").filter((each) => each !== "");
  if (values.length === 0) return undefined;
  return { key, values: key === "type" ? typesOf(values) : values, not };
}

function isTypeName(text: string): boolean {
  const name = text.replace(/\.\*$/, "");
  return families.has(name) || eventTypes.some((type) => type === name);
}

/** Families and names as they are; what begins one, as somebody types on, stands for all that it may become. */
function typesOf(values: readonly string[]): string[] {
  const found = values.flatMap((value) => {
    const name = value.replace(/\.\*?$/, "");
    if (isTypeName(name)) return [name];
    const begun = eventTypes.filter((type) => type.startsWith(name));
    // A newer connector may have types that we have not heard of.
    return begun.length > 0 ? begun : [name];
  });
  return [...new Set(found)];
}

function fits(event: CtiEvent, { key, values, not }: Term): boolean {
  return values.some((value) => fitsValue(event, key, value)) !== not;
}

function fitsValue(event: CtiEvent, key: Key, value: string): boolean {
  switch (key) {
    case "agent":
      return event.agent === value;
    case "cause":
      return event.cause === value;
    case "type":
      return event.type === value || event.type.startsWith(`${value}.`);
    case "interaction":
      return interactionOf(event)?.toLowerCase().startsWith(value) === true;
    case "call":
      return callNames(event).some((name) => name?.toLowerCase().startsWith(value) === true);
    case "adapter":
      return ("adapter" in event ? event.adapter : deliveryOf(event)?.adapter)?.toLowerCase() === value;
    case "text":
      return holdsText(event, value) || summaryText(event).includes(value);
  }
}

function interactionOf(event: CtiEvent): string | undefined {
  return "call" in event ? event.call.interaction : deliveryOf(event)?.interaction;
}

function callNames(event: CtiEvent): (string | undefined)[] {
  if (!("call" in event)) return [interactionOf(event)];
  const { id, secondaryId, interaction, parent } = event.call;
  return [id, secondaryId, interaction, parent];
}

function deliveryOf(event: CtiEvent): { adapter: string; interaction?: string } | undefined {
  return "delivery" in event ? event.delivery : undefined;
}

function summaryText(event: CtiEvent): string {
  return eventSummary(event)
    .map(({ text }) => text)
    .join("")
    .toLowerCase();
}

/** In any value, however deep; names of fields are the same in every event and find nothing. */
function holdsText(value: unknown, text: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(text);
  if (typeof value === "number") return String(value).includes(text);
  if (typeof value !== "object" || value === null) return false;
  for (const each of Object.values(value)) if (holdsText(each, text)) return true;
  return false;
}
