import { isReleased } from "../../model/call.ts";
import { isSignedOut } from "../../model/agent.ts";
import { ownAgent } from "../store/reduce.ts";
import { words } from "../words.ts";
import { type Row, wrap } from "./cells.ts";
import { type OverlayKind, type OverlaySight, closing, stay } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";

/** What leaving comes to, in sentences. */
export function quitWords({ state }: OverlaySight): string[] {
  const agent = ownAgent(state);
  const onCall = agent?.calls.some((call) => !isReleased(call)) === true;
  const isIn = agent !== undefined && !isSignedOut(agent.state?.state);
  return [
    ...(onCall ? [words.quitOnCall] : []),
    words.quitKeeps,
    ...(isIn ? [words.quitPolicy(agent.agent, agent.unattended.then, agent.unattended.after)] : []),
  ];
}

/** Leaving the console; asked during a call, where `y` or Enter-less `q` again leaves. */
export const quit: OverlayKind<"quit", undefined> = {
  open: () => undefined,
  press: (state, key) => {
    if (["y", "Y", "q", "ctrl+c"].includes(key)) return closing(state, { do: "quit", sure: true });
    return ["n", "N", "esc", "enter"].includes(key) ? closing(state) : stay(state);
  },
  height: (_state, sight, _overlay, columns) =>
    quitWords(sight).flatMap((sentence) => wrap(sentence, columns)).length + 2,
  draw: (_state, sight, { columns, rows }) => ({
    title: words.quitTitle,
    rows: [
      ...quitWords(sight)
        .flatMap((sentence) => wrap(sentence, columns))
        .slice(0, Math.max(1, rows - 2))
        .map((text): Row => [{ text }]),
      [],
      [{ text: `${overlayWords.quit.yes}    ${overlayWords.quit.no}` }],
    ],
    hint: overlayWords.hints.confirm,
    warn: true,
  }),
};
