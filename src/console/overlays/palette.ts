import { type Row, cutTo, widthOf } from "./cells.ts";
import { type OverlayKind, type OverlaySight, type Reply, closing, stay } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";
import { type Completion, commonBeginning, completionOf, ghostOf } from "./palette-complete.ts";
import { wordsOf } from "./palette-line.ts";
import { parsePalette, verbNamed } from "./palette-parse.ts";
import { summaryOf } from "./palette-said.ts";
import { listRows, pickerOf } from "./picker.ts";
import { type TextField, editField, fieldOf, fieldRow, pasteInto, recall } from "./text-field.ts";

export interface PaletteState {
  field: TextField;
  /** Tab after Tab: the line it began with, and which candidate is in it now. */
  cycle: { base: TextField; at: number } | undefined;
  /** Said at Enter; gone with the next key. */
  error: { text: string; hint: string | undefined } | undefined;
}

function typing(field: TextField): PaletteState {
  return { field, cycle: undefined, error: undefined };
}

function enter(state: PaletteState, sight: OverlaySight): Reply<PaletteState> {
  const line = state.field.text.trim();
  const parsed = parsePalette(line, sight);
  if ("error" in parsed) return stay({ ...state, error: { text: parsed.error, hint: parsed.hint } });
  return line === "" ? closing(state) : closing(state, { do: "line", line }, ...parsed.intents);
}

function complete(state: PaletteState, sight: OverlaySight, by: 1 | -1): PaletteState {
  const base = state.cycle?.base ?? state.field;
  const completion = completionOf(base.text, base.cursor, sight);
  const { candidates } = completion;
  if (candidates.length === 0) return state;
  if (state.cycle === undefined) {
    const common = commonBeginning(completion);
    if (common !== undefined) {
      const { text, whole } = common;
      return typing(replaced(base, completion, text, whole && !text.endsWith("=")));
    }
  }
  const at =
    state.cycle === undefined
      ? by === 1
        ? 0
        : candidates.length - 1
      : (state.cycle.at + by + candidates.length) % candidates.length;
  const field = replaced(base, completion, candidates[at]?.value ?? "", false);
  return { field, cycle: { base, at }, error: undefined };
}

function replaced(base: TextField, { from, to }: Completion, word: string, space: boolean): TextField {
  const after = base.text.slice(to);
  const text = base.text.slice(0, from) + word + (space && !after.startsWith(" ") ? " " : "");
  return { ...fieldOf(text + after), cursor: text.length };
}

function press(state: PaletteState, key: string, sight: OverlaySight): Reply<PaletteState> {
  const { field } = state;
  const lines = sight.state.commandLines;
  switch (key) {
    case "esc":
      return closing(state);
    case "enter":
      return enter(state, sight);
    case "tab":
      return stay(complete(state, sight, 1));
    case "shift+tab":
      return stay(complete(state, sight, -1));
    case "up":
    case "ctrl+p":
      return stay(typing(recall(field, "back", lines)));
    case "down":
    case "ctrl+n":
      return stay(typing(recall(field, "forward", lines)));
    case "backspace":
      // As in vi: out of an empty line.
      if (field.text === "") return closing(state);
      break;
    case "right":
    case "end":
    case "ctrl+e":
    case "ctrl+f": {
      const { rest } = ghostOf(field.text, sight);
      if (field.cursor === field.text.length && rest !== "") return stay(typing(fieldOf(field.text + rest)));
      break;
    }
  }
  const edited = editField(field, key);
  return stay(edited === undefined ? state : typing(edited));
}

/** `:`: the words of the shell, with completion and history. */
export const palette: OverlayKind<"palette", PaletteState> = {
  open: ({ line }) => typing(fieldOf(line)),
  press,
  paste: (state, text) => stay(typing(pasteInto(state.field, text))),
  // Does not change with every letter.
  height: () => 13,
  draw: (state, sight, { columns, rows }) => {
    const { field, cycle } = state;
    const base = cycle?.base ?? field;
    const { candidates } = completionOf(base.text, base.cursor, sight);
    const list = pickerOf(" ");
    const chosen = cycle === undefined ? undefined : candidates[cycle.at]?.id;
    return {
      title: overlayWords.palette.title,
      rows: [
        lineRow(state, sight, columns),
        ...sayingRows(state, sight, columns),
        ...listRows(
          { ...list, chosen },
          candidates,
          { columns, rows: rows - 3 },
          { active: cycle !== undefined, empty: "" },
        ),
      ],
      hint: overlayWords.hints.palette,
    };
  },
};

function lineRow({ field, cycle }: PaletteState, sight: OverlaySight, columns: number): Row {
  const room = columns - 3;
  const line = fieldRow(field, room);
  const isAtEnd = field.cursor === field.text.length && field.recalled === -1 && cycle === undefined;
  if (field.text === "" || !isAtEnd) return [{ text: ": ", dim: true }, ...line];
  const { rest, args } = ghostOf(field.text, sight);
  const left = room - line.reduce((sum, { text }) => sum + widthOf(text), 0) + 1;
  const ghost = cutTo(rest + args, Math.max(0, left - 1));
  if (ghost === "") return [{ text: ": ", dim: true }, ...line];
  // The cursor stands on the first letter of what may follow.
  const [under = " ", ...others] = ghost;
  return [
    { text: ": ", dim: true },
    ...line.slice(0, -1),
    { text: under, inverse: true },
    { text: others.join(""), dim: true },
  ];
}

/** Two rows: what went wrong and what to do, or what the verb does. */
function sayingRows({ field, error }: PaletteState, sight: OverlaySight, columns: number): Row[] {
  if (error !== undefined)
    return [
      [{ text: `× ${error.text}`, color: "red" }],
      [{ text: error.hint === undefined ? "" : `→ ${error.hint}` }],
    ];
  const [first] = wordsOf(field.text).words;
  const verb = first === undefined ? undefined : verbNamed(first.text);
  if (verb === undefined) return [[], []];
  const parsed = parsePalette(field.text, sight);
  const why = "error" in parsed ? parsed.error : undefined;
  return [
    [{ text: cutTo(summaryOf(verb), columns), dim: true }],
    [{ text: why === undefined ? "" : `(${why})`, dim: true }],
  ];
}
