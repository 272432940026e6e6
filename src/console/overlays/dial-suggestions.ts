import { agentName } from "../../model/agent.ts";
import { numberToDial } from "../../model/dial-plan.ts";
import { CtiError, type ErrorData } from "../../model/errors.ts";
import { lookOf } from "../../words/states.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import type { Item } from "./filter.ts";
import { overlayWords } from "./overlay-words.ts";

/** Somebody to call. */
export interface Callee {
  /** As it will be dialled. */
  number: string;
  name: string | undefined;
}

export type Dialable = { number: string } | { error: Pick<ErrorData, "message" | "hint"> };

/** What will be dialled for a text, or why nothing can be. */
export function dialable(text: string): Dialable {
  try {
    return { number: numberToDial(text) };
  } catch (error) {
    if (error instanceof CtiError) return { error };
    throw error;
  }
}

let last: { sources: readonly unknown[]; items: Item<Callee>[] } | undefined;

/**
 * Whom one may want to call: numbers dialled and numbers that called (newest first), the phone book, the team's extensions. Each number
 * once, with the name that the phone book has for it. The same list as long as its sources are the same: ten thousand contacts are not gone
 * through at every key.
 */
export function suggestions(state: ConsoleState): readonly Item<Callee>[] {
  const { phoneBook, numbers, team } = state;
  const own = ownAgent(state)?.extension;
  const sources = [phoneBook, numbers.dialled, numbers.called, team?.value, own];
  if (last?.sources.every((source, index) => source === sources[index]) === true) return last.items;
  const items = listed(state, own);
  last = { sources, items };
  return items;
}

function listed({ phoneBook = [], numbers, team }: ConsoleState, own: string | undefined): Item<Callee>[] {
  const words = overlayWords.dial;
  const names = new Map<string, string>();
  const contacts = phoneBook.map((contact) => {
    const name = [contact.firstName, contact.lastName].filter((part) => (part ?? "") !== "").join(" ");
    const target = dialable(contact.number);
    const number = "number" in target ? target.number : contact.number;
    if (name !== "" && !names.has(number)) names.set(number, name);
    return { contact, name, number, why: "error" in target ? target.error.message : undefined };
  });
  const members = (team?.value?.members ?? []).flatMap((member) => {
    const extension = member.extension ?? "";
    return extension === "" || extension === own ? [] : [{ member, number: extension }];
  });
  for (const { member, number } of members) if (!names.has(number)) names.set(number, agentName(member));

  const items: Item<Callee>[] = [];
  const seen = new Set<string>();
  const add = (
    number: string,
    detail: string,
    more: { label?: string; why?: string | undefined } = {},
  ): void => {
    const name = names.get(number);
    const label = more.label ?? name ?? number;
    const id = `${number} ${label}`;
    if (seen.has(id)) return;
    seen.add(id);
    items.push({
      id,
      label,
      detail: [label === number ? "" : number, detail].filter((part) => part !== "").join("  "),
      also: number,
      ...(more.why !== undefined && { why: more.why }),
      value: { number, name: label === number ? undefined : label },
    });
  };
  for (const text of numbers.dialled) {
    const target = dialable(text);
    if ("number" in target) add(target.number, words.dialled);
  }
  for (const { number: text, answered } of numbers.called) {
    const target = dialable(text);
    if ("number" in target) add(target.number, answered ? words.called : words.missed);
  }
  for (const { contact, name, number, why } of contacts)
    add(number, contact.description ?? contact.book, { ...(name !== "" && { label: name }), why });
  for (const { member, number } of members) {
    const { symbol } = lookOf(member.state);
    add(number, `${symbol} ${words.colleague(member.state)}`, { label: agentName(member) });
  }
  return items;
}
