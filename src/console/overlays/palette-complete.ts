import { callTitle, ownCalls } from "./calls.ts";
import type { OverlaySight } from "./contract.ts";
import { suggestions } from "./dial-suggestions.ts";
import { type Item, filterItems } from "./filter.ts";
import { type Word, quoted, wordsOf } from "./palette-line.ts";
import { verbNamed } from "./palette-parse.ts";
import { type Argument, summaryOf } from "./palette-said.ts";
import { paletteVerbs } from "./palette-verbs.ts";
import { reasonsFor } from "./reasons.ts";
import { isReserved, variableNames } from "./variables.ts";
import { sightOf } from "../keys/match.ts";

/** What the word before the cursor can become. */
export interface Completion {
  /** The part of the line that is replaced. */
  from: number;
  to: number;
  typed: string;
  /** `value` is what is put there; the best first. */
  candidates: readonly Item<string>[];
}

const verbItems: readonly Item<string>[] = paletteVerbs.map((verb) => ({
  id: verb.name,
  label: verb.args === "" ? verb.name : `${verb.name} ${verb.args}`,
  detail: summaryOf(verb),
  value: verb.name,
}));

export function completionOf(line: string, cursor: number, sight: OverlaySight): Completion {
  const head = line.slice(0, cursor);
  const { words, open } = wordsOf(head);
  const last = words.at(-1);
  const isInWord = last !== undefined && (open !== undefined || last.end === head.length);
  const current: Word = isInWord ? last : { text: "", start: cursor, end: cursor };
  const before = (isInWord ? words.slice(0, -1) : words).map(({ text }) => text);
  // In the middle of a word nothing is put in.
  const isInside = /^\S/.test(line.slice(cursor));
  const found = (typed: string, from: number, items: readonly Item<string>[]): Completion => ({
    from,
    to: cursor,
    typed,
    candidates: isInside ? [] : typed === "" ? items : filterItems(items, typed),
  });
  const [name, ...args] = before;
  if (name === undefined) return found(current.text, current.start, verbItems);
  const verb = verbNamed(name);
  if (verb === undefined) return found(current.text, current.start, []);
  if (verb.takesCall === true && args.at(-1) === "--call")
    return found(current.text, current.start, callItems(sight));
  if (verb.takesCall === true && current.text.startsWith("-"))
    return found(current.text, current.start, [plain("--call")]);
  const place = args.filter((word, index) => word !== "--call" && args[index - 1] !== "--call").length;
  const argument = verb.complete?.at(Math.min(place, verb.complete.length - 1));
  if (argument === "not-ready" || argument === "logout") {
    // The rest of the line is one reason, spaces and all.
    const start = (words[0]?.end ?? 0) + 1;
    return found(head.slice(start).trim(), start, argumentItems(argument, sight));
  }
  // One number to a verb: behind it nothing more is known.
  const items =
    argument === undefined || (argument === "callee" && place > 0) ? [] : argumentItems(argument, sight);
  return found(current.text, current.start, items);
}

function argumentItems(argument: Argument, sight: OverlaySight): readonly Item<string>[] {
  const { state } = sight;
  switch (argument) {
    case "not-ready":
    case "logout":
      return (reasonsFor(sight, argument) ?? []).map(({ id, label, code }) => ({
        id: `reason ${id}`,
        label,
        detail: code,
        value: label,
      }));
    case "wrap-up":
      return (state.reasons?.wrapUp ?? []).map(({ id, label }) => ({ id, label, value: quoted(label) }));
    case "callee":
      return calleeItems(sight);
    case "variable": {
      const { call } = sightOf(state);
      return variableNames(call)
        .filter((name) => !isReserved(name))
        .map((name) => ({
          id: name,
          label: name,
          detail: call?.variables[name] ?? "",
          value: `${name}=`,
        }));
    }
    case "agent":
      return (state.connector?.agents ?? []).map(({ agent }) => plain(agent));
    default:
      return argument.map(plain);
  }
}

const callees = new WeakMap<object, readonly Item<string>[]>();

/** Whom one may call, with the number to put into the line; made once for each list, which may be long. */
function calleeItems({ state }: OverlaySight): readonly Item<string>[] {
  const all = suggestions(state);
  const known = callees.get(all);
  if (known !== undefined) return known;
  const items = all
    .filter(({ why }) => why === undefined)
    .map((item) => ({ ...item, value: quoted(item.value.number) }));
  callees.set(all, items);
  return items;
}

function callItems({ state }: OverlaySight): Item<string>[] {
  return ownCalls(state).map((call) => ({
    id: call.id,
    label: call.id,
    detail: `${callTitle(call)}  ${call.state}`,
    value: call.id,
  }));
}

function plain(word: string): Item<string> {
  return { id: word, label: word, value: word };
}

/**
 * What Tab can put in place of the typed word at once: the only candidate (`whole`), or more of what all begin with. Those that begin with
 * what was typed go before those that have it somewhere. `undefined`: only a choice helps.
 */
export function commonBeginning({
  typed,
  candidates,
}: Completion): { text: string; whole: boolean } | undefined {
  const starting = candidates.filter(({ value }) => typed !== "" && startsWith(value, typed));
  const [first, ...others] = starting.length > 0 ? starting : candidates;
  if (first === undefined) return undefined;
  if (others.length === 0) return { text: first.value, whole: true };
  let text = first.value;
  for (const { value } of others) while (!startsWith(value, text)) text = text.slice(0, -1);
  return text.length > typed.length && startsWith(text, typed) ? { text, whole: false } : undefined;
}

/** Shown behind the cursor: the rest of the best candidate, which the right arrow takes, and which arguments follow. */
export function ghostOf(line: string, sight: OverlaySight): { rest: string; args: string } {
  const { typed, candidates, from } = completionOf(line, line.length, sight);
  const best = typed === "" ? undefined : candidates.find(({ value }) => startsWith(value, typed));
  const rest = best?.value.slice(typed.length) ?? "";
  const written = line.slice(0, from) + (best === undefined ? typed : best.value);
  const [first, second] = wordsOf(written).words;
  const verb = second === undefined && first !== undefined ? verbNamed(first.text) : undefined;
  const args = verb === undefined || verb.args === "" ? "" : `${line.endsWith(" ") ? "" : " "}${verb.args}`;
  return { rest, args };
}

function startsWith(value: string, typed: string): boolean {
  return value.toLowerCase().startsWith(typed.toLowerCase());
}
