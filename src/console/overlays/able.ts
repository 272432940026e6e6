import type { Call } from "../../model/call.ts";
import type { KeySight } from "../keys/contract.ts";
import { sightOf } from "../keys/match.ts";
import { words } from "../words.ts";
import { callById } from "./calls.ts";
import type { OverlaySight } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";

/** Why a command cannot be given now: what its key would say, of the call that is meant. `undefined`: it can. */
export function whyNot(action: string, { state, table }: OverlaySight, call?: Call): string | undefined {
  if (state.options.readOnly) return words.readOnly;
  const own = sightOf(state);
  const sight: KeySight = call === undefined ? own : { ...own, call };
  return table.find(({ id }) => id === action)?.disabled?.(sight);
}

/** The same for a call that may be over by now. */
export function whyNotCall(action: string, sight: OverlaySight, id: string): string | undefined {
  const call = callById(sight.state, id);
  return call === undefined ? overlayWords.callOver : whyNot(action, sight, call);
}
