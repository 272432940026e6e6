import { whyNotCall } from "./able.ts";
import { callById, callTitle } from "./calls.ts";
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

function items({ state }: OverlaySight): Item<string>[] {
  return (state.reasons?.wrapUp ?? []).map(({ label }) => ({ id: label, label, value: label }));
}

/** UCCX takes several, UCCE one; a call with a callKey is UCCE's (reference/finesse.md §8). */
export function takesSeveral(sight: OverlaySight, call: string): boolean {
  return sight.several ?? callById(sight.state, call)?.callKey === undefined;
}

/** What the call was about. */
export const wrapUp: OverlayKind<"wrap-up", Picker> = {
  open: ({ call }, sight) => {
    const given = callById(sight.state, call)?.wrapUpReasons ?? [];
    return pickerOf("", takesSeveral(sight, call) ? given : []);
  },
  press: (picker, key, sight, { call }) => {
    const all = items(sight);
    const several = takesSeveral(sight, call);
    if (key === "esc") return closing(picker);
    if (key !== "enter") return stay(pressPicker(picker, key, all, { several }) ?? picker);
    // What was given before and Finesse has no more cannot be sent again.
    const marked = picker.marked.filter((label) => all.some(({ id }) => id === label));
    const item = chosenItem(picker, shownItems(picker, all));
    const chosen = marked.length > 0 ? marked : item === undefined ? [] : [item.value];
    return chosen.length === 0 || whyNotCall("wrap-up", sight, call) !== undefined
      ? stay(picker)
      : closing(picker, { do: "wrap-up", call, reasons: [...chosen] });
  },
  paste: (picker, text) => stay(pasteIntoPicker(picker, text)),
  height: (_picker, sight) => Math.max(1, items(sight).length) + 1,
  draw: (picker, sight, size, { call }) => {
    const several = takesSeveral(sight, call);
    const found = callById(sight.state, call);
    const { wrapUp, loading } = overlayWords;
    const known = sight.state.reasons?.wrapUp;
    return {
      title: wrapUp.title(found === undefined ? call : callTitle(found)),
      rows: pickerRows(picker, items(sight), size, {
        several,
        empty: known === undefined ? loading : known.length === 0 ? wrapUp.none : overlayWords.nothingFound,
      }),
      why: whyNotCall("wrap-up", sight, call),
      hint: several ? overlayWords.hints.several : overlayWords.hints.list,
    };
  },
};
