import type { Call } from "../../model/call.ts";
import { whyNotCall } from "./able.ts";
import { callById, callTitle } from "./calls.ts";
import { type OverlayKind, type OverlaySight, type Reply, closing, stay } from "./contract.ts";
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
import { type TextField, editField, fieldOf, fieldRow, pasteInto } from "./text-field.ts";

export interface VariablesState {
  picker: Picker;
  /** The variable being changed. */
  editing: { name: string; value: TextField } | undefined;
}

/** The ten that every call has, and those this one has besides (reference/finesse.md §8). */
export function variableNames(call: Call | undefined): string[] {
  const usual = Array.from({ length: 10 }, (_, index) => `callVariable${index + 1}`);
  return [...new Set([...usual, ...Object.keys(call?.variables ?? {})])];
}

/** The outbound dialler's own; setting one is refused (§4). */
export function isReserved(name: string): boolean {
  return /^BA[A-Z]/.test(name);
}

function items(call: Call | undefined, filter: string): Item<string>[] {
  const { empty, reserved, add } = overlayWords.variables;
  const names = variableNames(call);
  const known = names.map((name): Item<string> => {
    const value = call?.variables[name] ?? "";
    return {
      id: name,
      label: name,
      detail: value === "" ? empty : value,
      ...(isReserved(name) && { why: reserved }),
      value: name,
    };
  });
  const wanted = filter.trim();
  const isNew = /^user\.[\w.[\]]+$/.test(wanted) && !names.includes(wanted);
  return isNew ? [...known, { id: wanted, label: wanted, detail: add, value: wanted }] : known;
}

function press(
  state: VariablesState,
  key: string,
  sight: OverlaySight,
  { call: id }: { call: string },
): Reply<VariablesState> {
  const call = callById(sight.state, id);
  const { editing } = state;
  if (editing !== undefined) {
    const { name, value } = editing;
    if (key === "esc") return stay({ ...state, editing: undefined });
    if (key === "enter") {
      const saved = { ...state, editing: undefined };
      const isSame = (call?.variables[name] ?? "") === value.text;
      if (isSame) return stay(saved);
      // What was typed stays there until it can be saved.
      if (whyNotCall("variables", sight, id) !== undefined) return stay(state);
      return { state: saved, intents: [{ do: "set", call: id, variables: { [name]: value.text } }] };
    }
    const field = editField(value, key);
    return stay(field === undefined ? state : { ...state, editing: { name, value: field } });
  }
  if (key === "esc") return closing(state);
  const all = items(call, state.picker.field.text);
  if (key !== "enter") return stay({ ...state, picker: pressPicker(state.picker, key, all) ?? state.picker });
  const item = chosenItem(state.picker, shownItems(state.picker, all));
  if (item === undefined || item.why !== undefined || call === undefined) return stay(state);
  const name = item.value;
  return stay({
    picker: { ...state.picker, chosen: item.id },
    editing: { name, value: fieldOf(call.variables[name] ?? "") },
  });
}

/** The call's data: found by typing, changed one at a time. */
export const variables: OverlayKind<"variables", VariablesState> = {
  open: () => ({ picker: pickerOf(), editing: undefined }),
  press,
  paste: (state, text) => {
    const { editing, picker } = state;
    return stay(
      editing === undefined
        ? { ...state, picker: pasteIntoPicker(picker, text) }
        : { ...state, editing: { ...editing, value: pasteInto(editing.value, text) } },
    );
  },
  height: ({ editing }, sight, { call }) =>
    editing !== undefined ? 3 : variableNames(callById(sight.state, call)).length + 1,
  draw: (state, sight, size, { call: id }) => {
    const call = callById(sight.state, id);
    const { variables: words, hints, callOver } = overlayWords;
    const title = words.title(call === undefined ? id : callTitle(call));
    if (call === undefined) return { title, rows: [[{ text: callOver, dim: true }]], hint: hints.variables };
    const why = whyNotCall("variables", sight, id);
    if (state.editing !== undefined) {
      const { name, value } = state.editing;
      return {
        title: words.value(name),
        rows: [
          fieldRow(value, size.columns - 1),
          [],
          [{ text: `${words.before}${call.variables[name] ?? words.empty}`, dim: true }],
        ],
        hint: hints.value,
        why,
      };
    }
    return {
      title,
      rows: pickerRows(state.picker, items(call, state.picker.field.text), size),
      hint: hints.variables,
      why,
    };
  },
};
