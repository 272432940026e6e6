import { callById, callTitle } from "./calls.ts";
import { type OverlayKind, type OverlaySight, type Reply, closing, stay } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";
import { isCharacter } from "./text-field.ts";

export interface DtmfState {
  sent: string;
  /** A key that is no tone. */
  wrong: string | undefined;
}

function send(state: DtmfState, text: string, sight: OverlaySight, call: string): Reply<DtmfState> {
  const digits = text.toUpperCase().replace(/[^0-9A-D*#]/g, "");
  if (digits === "") return stay({ ...state, wrong: text });
  if (unable(sight, call) !== undefined) return stay({ ...state, wrong: undefined });
  return {
    state: { sent: state.sent + digits, wrong: undefined },
    intents: [{ do: "dtmf", call, digits }],
  };
}

/** Finesse refuses tones to a call that rings or is held; it says so by not offering them (reference/finesse.md §9). */
function unable({ state }: OverlaySight, id: string): string | undefined {
  const call = callById(state, id);
  if (call === undefined) return overlayWords.callOver;
  return call.actions.includes("SEND_DTMF") ? undefined : overlayWords.dtmf.unable;
}

/** Tones: every digit is sent as it is pressed, a paste at once. */
export const dtmf: OverlayKind<"dtmf", DtmfState> = {
  open: () => ({ sent: "", wrong: undefined }),
  press: (state, key, sight, { call }) => {
    if (key === "esc" || key === "enter") return closing(state);
    return isCharacter(key) ? send(state, key, sight, call) : stay(state);
  },
  paste: (state, text, sight, { call }) => send(state, text.trim(), sight, call),
  height: () => 2,
  draw: (state, sight, _size, { call }) => {
    const found = callById(sight.state, call);
    const why =
      unable(sight, call) ?? (state.wrong === undefined ? undefined : overlayWords.dtmf.not(state.wrong));
    return {
      title: overlayWords.dtmf.title(found === undefined ? call : callTitle(found)),
      rows: [
        [
          { text: overlayWords.dtmf.sent, dim: true },
          state.sent === ""
            ? { text: overlayWords.dtmf.nothing, dim: true }
            : { text: state.sent, bold: true },
        ],
        why === undefined ? [] : [{ text: `× ${why}`, color: "red" }],
      ],
      hint: overlayWords.hints.dtmf,
    };
  },
};
