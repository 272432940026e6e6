import type { Intent } from "../store/state.ts";
import type { KeyAction, KeySight } from "../keys/contract.ts";
import { keysFor, scopeOf, sightOf } from "../keys/match.ts";
import { widthOf } from "./cells.ts";
import { type OverlayKind, type OverlaySight, closing, stay } from "./contract.ts";
import type { Item } from "./filter.ts";
import { overlayWords } from "./overlay-words.ts";
import {
  type Picker,
  chosenItem,
  pasteIntoPicker,
  pickerOf,
  pickerRows,
  pressPicker,
  shownItems,
} from "./picker.ts";

/** Every action of the table, with its keys as configured and the reason where it cannot be done now. */
function helpItems({ state, table }: OverlaySight): Item<KeyAction>[] {
  const sight = sightOf(state);
  const order = ["Calls", "Agent", "Views", "Log", "Console"];
  return table
    .map((action): Item<KeyAction> => {
      const keys = keysFor(action, state);
      return {
        id: action.id,
        label: `${keysColumn(keys)} ${action.label}`,
        detail: action.description,
        also: `${action.id} ${action.id.replaceAll("-", "")} ${action.group} ${keys.join(" ")}`,
        why: whyNot(action, sight),
        group: action.group,
        value: action,
      };
    })
    .toSorted((a, b) => order.indexOf(a.value.group) - order.indexOf(b.value.group));
}

/** As many of the keys as fit, the first one always; the others are found by typing all the same. */
function keysColumn(keys: readonly string[]): string {
  let text = keys[0] ?? "";
  for (const key of keys.slice(1)) if (widthOf(`${text} ${key}`) <= keysWidth) text += ` ${key}`;
  return text.padEnd(keysWidth);
}

const keysWidth = 8;

function whyNot(action: KeyAction, sight: KeySight): string | undefined {
  if (action.scope !== "any" && action.scope !== scopeOf(sight.state))
    return overlayWords.help.onlyIn(action.scope);
  return action.disabled?.(sight);
}

/** What an action does when it is chosen from a list; what cannot be undone is asked first. */
export function intentOf(action: KeyAction, sight: KeySight): Intent | undefined {
  const intent = action.intent(sight);
  if (intent === undefined || action.dangerous !== true || intent.do === "open") return intent;
  return { do: "open", overlay: { kind: "confirm", question: `${action.description}?`, yes: intent } };
}

/** `?`: all that can be done, found by typing, done by Enter. */
export const help: OverlayKind<"help", Picker> = {
  open: ({ filter }) => pickerOf(filter),
  press: (picker, key, sight) => {
    const items = helpItems(sight);
    if (key === "esc") return closing(picker);
    if (key !== "enter") return stay(pressPicker(picker, key, items) ?? picker);
    const item = chosenItem(picker, shownItems(picker, items));
    if (item === undefined) return stay(picker);
    if (item.why !== undefined) {
      const text = `${item.value.label}: ${item.why}`;
      return { state: picker, intents: [{ do: "say", message: { level: "warn", text, hint: undefined } }] };
    }
    // Help of help is already there, and "back" means this very list.
    if (item.id === "help" || item.id === "back") return closing(picker);
    const intent = intentOf(item.value, sightOf(sight.state));
    return intent === undefined ? stay(picker) : closing(picker, intent);
  },
  paste: (picker, text) => stay(pasteIntoPicker(picker, text)),
  draw: (picker, sight, size) => ({
    title: overlayWords.help.title,
    rows: pickerRows(picker, helpItems(sight), size, { empty: overlayWords.help.nothing }),
    hint: overlayWords.hints.help,
  }),
};
