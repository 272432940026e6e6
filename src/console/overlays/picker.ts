import { type Row, type Span, fitRow, widthOf, windowStart } from "./cells.ts";
import { type Item, filterItems } from "./filter.ts";
import { overlayWords } from "./overlay-words.ts";
import { type TextField, editField, fieldOf, fieldRow, pasteInto } from "./text-field.ts";

/** A list that filters as one types. The items are given anew at every key: they may change meanwhile. */
export interface Picker {
  field: TextField;
  /** Id of the chosen row; the best one while absent or gone. */
  chosen: string | undefined;
  /** Ids of marked rows, in the order of marking. */
  marked: readonly string[];
}

export function pickerOf(filter = "", marked: readonly string[] = []): Picker {
  return { field: fieldOf(filter), chosen: undefined, marked };
}

/** What the filter leaves, the best first. */
export function shownItems<I extends Item<unknown>>(picker: Picker, items: readonly I[]): readonly I[] {
  return filterItems(items, picker.field.text);
}

/**
 * The row that Enter means. When none was chosen: the first that can be, but of what was asked for by a word the best, even if it cannot be done
 * now: whoever types "ready" and is told nothing must not have become "not ready".
 */
export function chosenItem<I extends Item<unknown>>(picker: Picker, shown: readonly I[]): I | undefined {
  const chosen = shown.find(({ id }) => id === picker.chosen);
  const isWord = picker.field.text.trim().length > 1;
  return chosen ?? (isWord ? undefined : shown.find(({ why }) => why === undefined)) ?? shown[0];
}

/** What a key does to the list; `undefined`: the key is not the list's (Enter and Esc are its owner's). `page`: rows of a page. */
export function pressPicker<I extends Item<unknown>>(
  picker: Picker,
  key: string,
  items: readonly I[],
  { page = 10, several = false }: { page?: number; several?: boolean } = {},
): Picker | undefined {
  if (several && key === "space") return marking(picker, items);
  const step = steps(page)[key];
  if (step !== undefined) return move(picker, items, step);
  const field = editField(picker.field, key);
  if (field === undefined) return undefined;
  return field.text === picker.field.text ? { ...picker, field } : { ...picker, field, chosen: undefined };
}

export function pasteIntoPicker(picker: Picker, text: string): Picker {
  return { ...picker, field: pasteInto(picker.field, text), chosen: undefined };
}

function steps(page: number): Readonly<Record<string, number>> {
  return { up: -1, "ctrl+p": -1, down: 1, "ctrl+n": 1, "page-up": -page, "page-down": page };
}

function move<I extends Item<unknown>>(picker: Picker, items: readonly I[], step: number): Picker {
  const shown = shownItems(picker, items);
  const current = chosenItem(picker, shown);
  const from = current === undefined ? 0 : shown.indexOf(current);
  const to = Math.max(0, Math.min(shown.length - 1, from + step));
  return { ...picker, chosen: shown[to]?.id };
}

function marking<I extends Item<unknown>>(picker: Picker, items: readonly I[]): Picker {
  const item = chosenItem(picker, shownItems(picker, items));
  if (item === undefined || item.why !== undefined) return picker;
  const marked = picker.marked.includes(item.id)
    ? picker.marked.filter((id) => id !== item.id)
    : [...picker.marked, item.id];
  return { ...picker, marked, chosen: item.id };
}

/** The field with its counts, and below it the part of the list around the chosen row, in at most `rows` rows. */
export function pickerRows<I extends Item<unknown>>(
  picker: Picker,
  items: readonly I[],
  size: { columns: number; rows: number },
  options: { several?: boolean; empty?: string; unit?: string; active?: boolean } = {},
): Row[] {
  const shown = shownItems(picker, items);
  const count = overlayWords.count(shown.length, items.length);
  const room = Math.max(4, size.columns - widthOf(count) - 3);
  return [
    [
      { text: "/ ", dim: true },
      ...fitRow(fieldRow(picker.field, room - 1, { active: options.active ?? true }), room),
      { text: ` ${count}`, dim: true },
    ],
    ...listRows(picker, shown, { ...size, rows: size.rows - 1 }, options),
  ];
}

/** The list alone. `active`: whether a row is shown as chosen. */
export function listRows<I extends Item<unknown>>(
  picker: Picker,
  shown: readonly I[],
  { columns, rows }: { columns: number; rows: number },
  options: { several?: boolean; empty?: string; active?: boolean } = {},
): Row[] {
  if (rows <= 0) return [];
  if (shown.length === 0) return [[{ text: `  ${options.empty ?? overlayWords.nothingFound}`, dim: true }]];
  const current = options.active === false ? undefined : chosenItem(picker, shown);
  const grouped = picker.field.text.trim() === "" && shown.some(({ group }) => group !== undefined);
  const lines: (I | string)[] = [];
  let group: string | undefined;
  for (const item of shown) {
    if (grouped && item.group !== group) {
      group = item.group;
      lines.push(group ?? "");
    }
    lines.push(item);
  }
  const start = windowStart(current === undefined ? 0 : lines.indexOf(current), lines.length, rows);
  const labels = labelWidth(shown, columns);
  return lines
    .slice(start, start + rows)
    .map((line) =>
      typeof line === "string"
        ? [{ text: line, bold: true }]
        : itemRow(line, picker, line === current, labels, options.several ?? false),
    );
}

function labelWidth(items: readonly Item<unknown>[], columns: number): number {
  let widest = 0;
  // Enough to judge by; ten thousand contacts are not measured at every key.
  for (const { label } of items.slice(0, 200)) widest = Math.max(widest, widthOf(label));
  return Math.min(widest, Math.max(8, Math.floor((columns - 4) * 0.45)));
}

function itemRow(
  item: Item<unknown>,
  picker: Picker,
  current: boolean,
  labels: number,
  several: boolean,
): Row {
  const off = item.why !== undefined;
  const look: Omit<Span, "text"> = { ...(off && { dim: true }), ...(current && { inverse: true }) };
  const mark = several ? (picker.marked.includes(item.id) ? "[x] " : "[ ] ") : "";
  // The reason first: where there is little room, it is what counts.
  const beside = [off ? `(${item.why})` : undefined, item.detail].filter((part) => (part ?? "") !== "");
  const start = [{ text: current ? "▸ " : "  " }, { ...look, text: mark }].filter(({ text }) => text !== "");
  if (beside.length === 0) return [...start, { ...look, text: item.label }];
  return [
    ...start,
    ...fitRow([{ ...look, text: item.label }], labels).map((span) => ({ ...look, ...span })),
    { ...(off ? { dim: true } : {}), text: `  ${beside.join("  ")}` },
  ];
}
