import type { Intent } from "../store/state.ts";
import { useInput, usePaste } from "ink";
import { keysOf } from "../keys/key-name.ts";
import type { OverlaySight } from "./contract.ts";
import type { OverlayDesk } from "./desk.ts";

/** Who takes what is typed. */
export interface OverlayKeys {
  desk: OverlayDesk;
  /** As it is now, asked at every key: what one key asks for decides what the next one means. */
  sight: () => OverlaySight;
  onIntent: (intent: Intent) => void;
  /** A key while no overlay is open. */
  onKey: (key: string) => void;
  /** A paste while no overlay is open. */
  onPaste?: (text: string) => void;
}

/** The keyboard: keys and pastes go to the top overlay, without one to whoever draws the view. */
export function useOverlayKeys({ desk, sight, onIntent, onKey, onPaste }: OverlayKeys): void {
  useInput((input, key) => {
    for (const name of keysOf(input, key)) {
      const now = sight();
      // Here and not after a frame: a frame may be older than what was typed since.
      desk.forget(now.state.overlays);
      if (now.state.overlays.length === 0) onKey(name);
      else for (const intent of desk.press(name, now)) onIntent(intent);
    }
  });
  usePaste((text) => {
    const now = sight();
    if (now.state.overlays.length === 0) onPaste?.(text);
    else for (const intent of desk.paste(text, now)) onIntent(intent);
  });
}
