import { useInput, usePaste } from "ink";
import { keysOf } from "../keys/key-name.ts";
import type { OverlayIntent, OverlaySight } from "./contract.ts";
import type { OverlayDesk } from "./desk.ts";

/** Who takes what is typed. */
export interface OverlayKeys {
  desk: OverlayDesk;
  /** As it is now, asked at every key: what one key asks for decides what the next one means. */
  sight: () => OverlaySight;
  onIntent: (intent: OverlayIntent) => void;
  /** A key while no overlay is open. */
  onKey: (key: string) => void;
  /** A paste while no overlay is open. */
  onPaste?: (text: string) => void;
}

/** The keyboard: keys and pastes go to the top overlay, without one to whoever draws the view. */
export function useOverlayKeys({ desk, sight, onIntent, onKey, onPaste }: OverlayKeys): void {
  const isOpen = (): boolean => sight().state.overlays.length > 0;
  useInput((input, key) => {
    for (const name of keysOf(input, key)) {
      if (isOpen()) for (const intent of desk.press(name, sight())) onIntent(intent);
      else onKey(name);
    }
  });
  usePaste((text) => {
    if (isOpen()) for (const intent of desk.paste(text, sight())) onIntent(intent);
    else onPaste?.(text);
  });
}
