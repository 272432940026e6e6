import type { Call } from "../../model/call.ts";
import { nearest } from "../../platform/nearest.ts";
import { callById, ownCalls } from "./calls.ts";
import type { OverlaySight } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";
import { wordsOf } from "./palette-line.ts";
import type { PaletteVerb, Parsed } from "./palette-said.ts";
import { paletteAliases, paletteVerbs } from "./palette-verbs.ts";

const { palette: words } = overlayWords;

export function verbNamed(name: string): PaletteVerb | undefined {
  const meant = Object.hasOwn(paletteAliases, name) ? paletteAliases[name] : name;
  return paletteVerbs.find((verb) => verb.name === meant);
}

/** What a line means, or in plain words why it means nothing, with the nearest word that would. Never repeats a variable's value. */
export function parsePalette(line: string, sight: OverlaySight): Parsed {
  const text = line.trim().replace(/^:\s*/, "");
  const { words: all, open } = wordsOf(text);
  const [first, ...others] = all;
  if (first === undefined) return { intents: [] };
  if (open !== undefined) return { error: words.openQuote(open) };
  const verb = verbNamed(first.text);
  if (verb === undefined) return unknownVerb(first.text);
  const args: string[] = [];
  let call: Call | undefined;
  for (let at = 0; at < others.length; at++) {
    const word = others[at]?.text ?? "";
    const isCall = verb.takesCall === true && (word === "--call" || word.startsWith("--call="));
    if (isCall) {
      const id = word === "--call" ? others[++at]?.text : word.slice("--call=".length);
      if (id === undefined || id === "") return { error: words.callNeedsId, hint: callsHint(sight) };
      call = callById(sight.state, id);
      if (call === undefined) return { error: words.noCallById(id), hint: callsHint(sight) };
    } else if (word.startsWith("--")) {
      // A value could stand behind a "=" here too.
      return { error: words.noOption(verb.name, word.replace(/=.*$/s, "")) };
    } else args.push(word);
  }
  if (args.length > (verb.most ?? Number.POSITIVE_INFINITY))
    return { error: words.tooMany(verb.name, args[verb.most ?? 0] ?? "") };
  return verb.run({ args, rest: text.slice(first.end).trim(), call, sight });
}

function callsHint({ state }: OverlaySight): string | undefined {
  const ids = ownCalls(state).map(({ id, party }) => (party === "" ? id : `${id} (${party})`));
  return ids.length === 0 ? undefined : words.callsAre(ids.join(", "));
}

function unknownVerb(word: string): Parsed {
  const near = nearest(word, [...paletteVerbs.map(({ name }) => name), ...Object.keys(paletteAliases)]);
  return { error: words.unknown(word), hint: near === undefined ? words.seeHelp : words.meant(near) };
}
