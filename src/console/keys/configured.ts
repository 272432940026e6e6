import { nearest } from "../../platform/nearest.ts";
import { words } from "../words.ts";
import { allKeys } from "./all-keys.ts";
import type { KeyAction } from "./contract.ts";
import { keyProblem } from "./key-form.ts";
import { sightOf } from "./match.ts";
import { situations } from "./situations.ts";

export type ConfiguredKeys = Readonly<Record<string, readonly string[]>>;

/** What is wrong with one entry of `[console.keys]`. */
export interface KeyProblem {
  id: string;
  message: string;
  hint: string | undefined;
}

/** Unknown actions and keys that no terminal sends, each with the nearest right one. */
export function keyProblems(keys: ConfiguredKeys): KeyProblem[] {
  const ids = allKeys.map(({ id }) => id);
  return Object.entries(keys).flatMap(([id, own]): KeyProblem[] => {
    if (!ids.includes(id)) {
      const near = nearest(id.replaceAll("_", "-"), ids);
      return [
        {
          id,
          message: words.keys.noAction(id),
          hint: near === undefined ? words.keys.actions : words.keys.meant(near),
        },
      ];
    }
    if (own.length === 0 && needed.has(id)) return [{ id, message: words.keys.needed(id), hint: undefined }];
    return own.flatMap((key): KeyProblem[] => {
      if (key === "ctrl+c" && id !== "quit")
        return [{ id, message: words.keys.leaves, hint: words.keys.other }];
      const problem = keyProblem(key);
      if (problem === undefined) return [];
      const { why, instead } = problem;
      return [
        {
          id,
          message: words.keys.impossible(key, why),
          hint: instead === undefined ? words.keys.form : words.keys.meant(instead),
        },
      ];
    });
  });
}

/** Who has no key for these is lost. */
const needed: ReadonlySet<string> = new Set(["quit", "help", "back"]);

export interface KeyClash {
  key: string;
  /** The one that gets the key, and the one that never hears of it. */
  first: KeyAction;
  second: KeyAction;
}

/**
 * Actions that want the same key in the same place at the same moment. A view's own key before a general one is meant so, and so are
 * pairs that share a key by default (`h` holds and retrieves): which one is meant the situation says.
 */
export function keyClashes(keys: ConfiguredKeys): KeyClash[] {
  const keysOf = (action: KeyAction): readonly string[] => keys[action.id] ?? action.keys;
  const pairs = allKeys.flatMap((first, at) =>
    allKeys.slice(at + 1).flatMap((second): KeyClash[] => {
      if (first.scope !== second.scope || shared(first.keys, second.keys) !== undefined) return [];
      const key = shared(keysOf(first), keysOf(second));
      return key === undefined ? [] : [{ key, first, second }];
    }),
  );
  if (pairs.length === 0) return [];
  const sights = situations().map(sightOf);
  const able = ({ disabled }: KeyAction, at: number): boolean => {
    const sight = sights[at];
    return sight !== undefined && disabled?.(sight) === undefined;
  };
  return pairs.filter(({ first, second }) => sights.some((_, at) => able(first, at) && able(second, at)));
}

function shared(left: readonly string[], right: readonly string[]): string | undefined {
  return left.find((key) => right.includes(key));
}
