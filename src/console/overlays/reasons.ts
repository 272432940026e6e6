import type { ReasonCode } from "../../model/agent.ts";
import { whyNot } from "./able.ts";
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

type Purpose = "not-ready" | "logout";

/** Reasons a person may choose: those of the system are Finesse's own (reference/finesse.md §7). `undefined`: not read yet. */
export function reasonsFor({ state }: OverlaySight, purpose: Purpose): readonly ReasonCode[] | undefined {
  const reasons = purpose === "not-ready" ? state.reasons?.notReady : state.reasons?.logout;
  return reasons?.filter(({ systemCode }) => !systemCode);
}

/** Finesse demands a reason as soon as one is configured (§5): without any, none comes first; else last, for the configured default. */
function items(sight: OverlaySight, purpose: Purpose): Item<string | undefined>[] {
  const { none, noneConfigured, noneDefault } = overlayWords.reasons;
  const reasons = reasonsFor(sight, purpose);
  const without = (detail: string): Item<string | undefined> => ({
    id: "none",
    label: none,
    detail,
    value: undefined,
  });
  if (reasons === undefined) return [without(overlayWords.loading)];
  if (reasons.length === 0) return [without(noneConfigured)];
  const named = reasons.map(({ id, label, code }): Item<string | undefined> => {
    // Two that read alike are told apart by their codes.
    const alike = reasons.filter((other) => other.label.toLowerCase() === label.toLowerCase()).length > 1;
    return { id: `reason ${id}`, label, detail: code, value: alike ? code : label };
  });
  return [...named, without(noneDefault)];
}

function unable(sight: OverlaySight, purpose: Purpose): string | undefined {
  return whyNot(purpose === "logout" ? "sign-out" : purpose, sight);
}

/** Why somebody goes not ready, or signs out. */
export const reasons: OverlayKind<"reasons", Picker> = {
  open: () => pickerOf(),
  press: (picker, key, sight, { purpose }) => {
    const all = items(sight, purpose);
    if (key === "esc") return closing(picker);
    if (key !== "enter") return stay(pressPicker(picker, key, all) ?? picker);
    const item = chosenItem(picker, shownItems(picker, all));
    return item === undefined || unable(sight, purpose) !== undefined
      ? stay(picker)
      : closing(picker, { do: purpose, reason: item.value });
  },
  paste: (picker, text) => stay(pasteIntoPicker(picker, text)),
  height: (_picker, sight, { purpose }) => items(sight, purpose).length + 1,
  draw: (picker, sight, size, { purpose }) => ({
    title: purpose === "not-ready" ? overlayWords.reasons.notReady : overlayWords.reasons.logout,
    rows: pickerRows(picker, items(sight, purpose), size),
    hint: overlayWords.hints.list,
    why: unable(sight, purpose),
  }),
};
