import { timeOfDay } from "../../words/time.ts";
import type { Message } from "../store/state.ts";
import { type Row, type Span, windowStart, wrap } from "./cells.ts";
import { type OverlayKind, closing, stay } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";

/** The chosen row, counted from the newest; the message itself, so that new ones do not push it away. */
export interface MessagesState {
  chosen: Message | undefined;
}

const looks: Readonly<Record<Message["level"], Pick<Span, "color"> & { symbol: string }>> = {
  info: { symbol: "·" },
  good: { symbol: "✓", color: "green" },
  warn: { symbol: "!", color: "yellow" },
  error: { symbol: "×", color: "red" },
};

/** What the flash line said before, the newest first. */
export const messages: OverlayKind<"messages", MessagesState> = {
  open: () => ({ chosen: undefined }),
  press: (state, key, { state: { messages: all } }) => {
    const list = all.toReversed();
    const at = Math.max(0, state.chosen === undefined ? 0 : list.indexOf(state.chosen));
    const message = list[at];
    const go = (to: number): { state: MessagesState } =>
      stay({ chosen: list[Math.max(0, Math.min(list.length - 1, to))] });
    switch (key) {
      case "up":
      case "k":
        return go(at - 1);
      case "down":
      case "j":
        return go(at + 1);
      case "page-up":
        return go(at - 10);
      case "page-down":
        return go(at + 10);
      case "home":
      case "g":
        return go(0);
      case "end":
      case "G":
        return go(list.length - 1);
      case "y":
        return message === undefined
          ? stay(state)
          : { state, intents: [{ do: "copy", text: [message.text, message.hint ?? ""].join("\n").trim() }] };
      case "esc":
      case "enter":
      case "q":
        return closing(state);
      default:
        return stay(state);
    }
  },
  draw: (state, { state: { messages: all } }, { columns, rows }) => {
    const list = all.toReversed();
    const at = Math.max(0, state.chosen === undefined ? 0 : list.indexOf(state.chosen));
    const chosen = list[at];
    // The chosen one whole, below the list.
    const whole =
      chosen === undefined
        ? []
        : [
            ...wrap(chosen.text, columns),
            ...wrap(chosen.hint ?? "", columns - 2).map((line) => `→ ${line}`),
          ].slice(0, Math.max(1, Math.floor(rows / 2)));
    const room = Math.max(0, rows - whole.length - 1);
    const from = windowStart(at, list.length, room);
    return {
      title: overlayWords.messages.title,
      rows:
        chosen === undefined
          ? [[{ text: overlayWords.messages.none, dim: true }]]
          : [
              ...list.slice(from, from + room).map((message) => messageRow(message, message === chosen)),
              [{ text: "─".repeat(columns), dim: true }],
              ...whole.map((text): Row => [{ text }]),
            ],
      hint: overlayWords.hints.messages,
    };
  },
};

function messageRow({ at, level, text }: Message, chosen: boolean): Row {
  const { symbol, ...look } = looks[level];
  return [
    { text: chosen ? "▸ " : "  " },
    { text: `${timeOfDay(new Date(at).toISOString()).slice(0, 8)} `, dim: true },
    { ...look, text: `${symbol} ` },
    { ...look, ...(chosen && { inverse: true }), text },
  ];
}
