import type { OverlayKind } from "./contract.ts";
import { closing, stay } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";
import { wrap } from "./cells.ts";

/** A question before something that cannot be undone: only `y` is a yes, Enter is none. */
export const confirm: OverlayKind<"confirm", undefined> = {
  open: () => undefined,
  press: (state, key, _sight, { yes }) => {
    if (key === "y" || key === "Y") return closing(state, yes);
    return ["n", "N", "esc", "enter", "q"].includes(key) ? closing(state) : stay(state);
  },
  height: (_state, _sight, { question }, columns) => Math.min(3, wrap(question, columns).length) + 2,
  draw: (_state, _sight, { columns }, { question }) => ({
    title: overlayWords.confirm.title,
    rows: [
      ...wrap(question, columns)
        .slice(0, 3)
        .map((text) => [{ text, bold: true }]),
      [],
      [{ text: `${overlayWords.confirm.yes}    ${overlayWords.confirm.no}` }],
    ],
    hint: overlayWords.hints.confirm,
    warn: true,
  }),
};
