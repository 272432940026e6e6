import type { Intent } from "../store/state.ts";
import { agentName } from "../../model/agent.ts";
import { lookOf } from "../../words/states.ts";
import { ownAgent } from "../store/reduce.ts";
import { words } from "../words.ts";
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

function items({ state }: OverlaySight): Item<Intent>[] {
  const own = ownAgent(state)?.agent;
  const { another, current, extension } = overlayWords.agents;
  const signedIn = (state.connector?.agents ?? []).map((status): Item<Intent> => {
    const now = status.state?.state;
    const { symbol } = lookOf(now);
    return {
      id: `agent ${status.agent}`,
      label: status.state === undefined ? status.agent : agentName(status.state),
      detail: [
        status.agent,
        extension(status.extension),
        now === undefined ? "" : `${symbol} ${now}`,
        status.agent === own ? current : "",
      ]
        .filter((part) => part !== "")
        .join("  "),
      value: { do: "choose-agent", agent: status.agent },
    };
  });
  const signIn: Item<Intent> = {
    id: "another",
    label: another,
    value: { do: "open", overlay: { kind: "sign-in" } },
    ...(state.options.readOnly && { why: words.readOnly }),
  };
  return [...signedIn, signIn];
}

/** Whom this console works for. */
export const agents: OverlayKind<"agents", Picker> = {
  open: () => pickerOf(),
  press: (picker, key, sight) => {
    const all = items(sight);
    if (key === "esc") return closing(picker);
    if (key !== "enter") return stay(pressPicker(picker, key, all) ?? picker);
    const item = chosenItem(picker, shownItems(picker, all));
    return item === undefined || item.why !== undefined ? stay(picker) : closing(picker, item.value);
  },
  paste: (picker, text) => stay(pasteIntoPicker(picker, text)),
  height: (_picker, sight) => items(sight).length + 1,
  draw: (picker, sight, size) => ({
    title: overlayWords.agents.title,
    rows: pickerRows(picker, items(sight), size),
    hint: overlayWords.hints.list,
  }),
};
