import { sightOf } from "../keys/match.ts";
import type { CommandIntent, Overlay } from "../store/state.ts";
import { whyNot, whyNotCall } from "./able.ts";
import { type Row, fitRow } from "./cells.ts";
import { type OverlayKind, type OverlaySight, type Reply, closing, stay } from "./contract.ts";
import { type Callee, dialable, suggestions } from "./dial-suggestions.ts";
import type { Item } from "./filter.ts";
import { overlayWords } from "./overlay-words.ts";
import { type Picker, chosenItem, listRows, pickerOf, pressPicker, shownItems } from "./picker.ts";
import { editField, fieldRow, pasteInto } from "./text-field.ts";

type DialOverlay = Overlay & { kind: "dial" };

export interface DialState {
  picker: Picker;
  /** The arrows move in the list, Enter takes a row of it. */
  inList: boolean;
}

/** The list as the field filters it: a number in any notation finds the same number. */
function filtering({ picker }: DialState): Picker {
  const { text } = picker.field;
  const bare = /\p{L}/u.test(text) ? undefined : dialable(text);
  const query = bare !== undefined && "number" in bare ? bare.number : text;
  return { ...picker, field: { ...picker.field, text: query } };
}

function shown(state: DialState, sight: OverlaySight): readonly Item<Callee>[] {
  return shownItems(filtering(state), suggestions(sight.state));
}

export type Target = { callee: Callee; asTyped: boolean } | { why: string | undefined };

/**
 * What Enter dials now: the chosen row in the list; in the field the number, or of a name the best match. Only what looks like nobody's name
 * goes out as it was typed.
 */
export function target(state: DialState, sight: OverlaySight): Target {
  const found = shown(state, sight);
  const { text } = state.picker.field;
  if (state.inList) {
    const item = chosenItem(state.picker, found);
    return item === undefined ? { why: undefined } : calleeOf(item);
  }
  if (text.trim() === "") return { why: undefined };
  const isName = /\p{L}/u.test(text.replace(/^\s*(?:tel|callto):/i, "")) && !/[@:]/.test(text);
  const best = isName ? chosenItem({ ...state.picker, chosen: undefined }, found) : undefined;
  if (best !== undefined) return calleeOf(best);
  const direct = dialable(text);
  if ("error" in direct) return { why: direct.error.message };
  const { number } = direct;
  const name = found.find(({ value }) => value.number === number)?.value.name;
  return { callee: { number, name }, asTyped: isName };
}

function calleeOf({ value, why }: Item<Callee>): Target {
  return why === undefined ? { callee: value, asTyped: false } : { why };
}

function intentFor(
  { purpose, call }: DialOverlay,
  number: string,
  sight: OverlaySight,
): CommandIntent | undefined {
  if (purpose === "dial") return { do: "dial", number };
  const id = call ?? sightOf(sight.state).call?.id;
  return id === undefined ? undefined : { do: purpose, call: id, number };
}

function unable({ purpose, call }: DialOverlay, sight: OverlaySight): string | undefined {
  return call === undefined ? whyNot(purpose, sight) : whyNotCall(purpose, sight, call);
}

function press(state: DialState, key: string, sight: OverlaySight, overlay: DialOverlay): Reply<DialState> {
  if (key === "esc") return closing(state);
  if (key === "enter") {
    const meant = target(state, sight);
    // What was typed stays there until it can be dialled.
    if (unable(overlay, sight) !== undefined) return stay(state);
    const intent = "callee" in meant ? intentFor(overlay, meant.callee.number, sight) : undefined;
    return intent === undefined ? stay(state) : closing(state, intent);
  }
  if (key === "tab" || key === "shift+tab") return stay({ ...state, inList: !state.inList });
  const list = shown(state, sight);
  const isMove = ["up", "down", "ctrl+p", "ctrl+n", "page-up", "page-down"].includes(key);
  if (isMove && !state.inList) {
    const goesDown = key === "down" || key === "ctrl+n" || key === "page-down";
    return stay(goesDown && list.length > 0 ? { ...state, inList: true } : state);
  }
  if (isMove) {
    const atTop = chosenItem(state.picker, list) === list[0];
    if (atTop && (key === "up" || key === "ctrl+p")) return stay({ ...state, inList: false });
    const moved = pressPicker(filtering(state), key, suggestions(sight.state));
    return stay({ ...state, picker: { ...state.picker, chosen: moved?.chosen } });
  }
  const field = editField(state.picker.field, key);
  if (field === undefined) return stay(state);
  // Whoever types is in the field again.
  return stay({ picker: { ...state.picker, field, chosen: undefined }, inList: false });
}

/** A number, pasted in any notation, or somebody found by name: to dial, to ask, to hand over to. */
export const dial: OverlayKind<"dial", DialState> = {
  open: () => ({ picker: pickerOf(), inList: false }),
  press,
  paste: (state, text) =>
    stay({
      picker: { ...state.picker, field: pasteInto(state.picker.field, text), chosen: undefined },
      inList: false,
    }),
  height: (_state, sight) => Math.max(4, suggestions(sight.state).length) + 2,
  draw: (state, sight, size, overlay) => {
    const { purpose } = overlay;
    const { titles, label, noSuggestions } = overlayWords.dial;
    const list = shown(state, sight);
    const all = suggestions(sight.state).length;
    const count = ` ${overlayWords.count(list.length, all)}`;
    const room = Math.max(4, size.columns - label[purpose].length - count.length);
    const field = fieldRow(state.picker.field, room, { active: !state.inList });
    return {
      title: titles[purpose],
      rows: [
        [{ text: label[purpose], dim: true }, ...fitRow(field, room), { text: count, dim: true }],
        willRow(state, sight, overlay),
        ...listRows(
          filtering(state),
          list,
          { columns: size.columns, rows: size.rows - 2 },
          {
            active: state.inList,
            empty: noSuggestions,
          },
        ),
      ],
      why: unable(overlay, sight),
      hint: state.inList ? overlayWords.hints.dialList : overlayWords.hints.dial,
    };
  },
};

function willRow(state: DialState, sight: OverlaySight, { purpose }: DialOverlay): Row {
  const { type, will, asTyped } = overlayWords.dial;
  const meant = target(state, sight);
  if ("why" in meant)
    return meant.why === undefined ? [{ text: type, dim: true }] : [{ text: `× ${meant.why}`, color: "red" }];
  const { number, name } = meant.callee;
  const text = will[purpose](number, name === undefined ? "" : ` (${name})`);
  return [
    { text, color: "green" },
    { text: meant.asTyped ? asTyped : "", dim: true },
  ];
}
