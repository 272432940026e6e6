import { ownAgent, ownCall } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import type { KeyAction, KeySight } from "./contract.ts";

/** Whose keys work besides those that always do. */
export function scopeOf({ view, focus }: Pick<ConsoleState, "view" | "focus">): KeyAction["scope"] {
  return view === "work" && focus === "log" ? "log" : view;
}

/** What key rules look at, of a state. */
export function sightOf(state: ConsoleState): KeySight {
  const agent = ownAgent(state);
  const call = ownCall(state);
  const calls = agent?.calls ?? [];
  const at = calls.findIndex(({ id }) => id === call?.id);
  const other = calls.length > 1 ? calls[(at + 1) % calls.length] : undefined;
  return { state, agent, call, other };
}

/** The keys of an action, as configured. */
export function keysFor(action: KeyAction, state: Pick<ConsoleState, "options">): readonly string[] {
  return state.options.keys[action.id] ?? action.keys;
}

/**
 * What a key means now: of the actions that have it the one that can be done, else the first, whose reason is then said. `undefined`: nothing.
 */
export function actionFor(
  key: string,
  sight: KeySight,
  table: readonly KeyAction[],
): { action: KeyAction; why: string | undefined } | undefined {
  const scope = scopeOf(sight.state);
  const candidates = table
    .filter((action) => action.scope === "any" || action.scope === scope)
    .filter((action) => keysFor(action, sight.state).includes(key))
    // A view's own meaning of a key comes before the one it has everywhere.
    .toSorted((a, b) => Number(a.scope === "any") - Number(b.scope === "any"))
    .map((action) => ({ action, why: action.disabled?.(sight) }));
  const able = candidates.find(({ why }) => why === undefined);
  return able ?? candidates.find(({ action }) => action.matters?.(sight) === true) ?? candidates[0];
}

/** The footer: what matters now, the most urgent first; `why` where it is shown and cannot be done. */
export function footerOf(
  sight: KeySight,
  table: readonly KeyAction[],
): { action: KeyAction; why: string | undefined }[] {
  return (
    table
      .filter(
        (action) =>
          (action.scope === "any" || action.scope === scopeOf(sight.state)) &&
          action.matters?.(sight) === true,
      )
      // A key that means something else here is not promised.
      .filter((action) =>
        keysFor(action, sight.state).some((key) => actionFor(key, sight, table)?.action === action),
      )
      .map((action) => ({ action, why: action.disabled?.(sight) }))
  );
}
