import type { Intent, Overlay } from "../store/state.ts";
import type { OverlaySight, Reply } from "./contract.ts";
import { type OpenOverlay, openOverlay } from "./overlay.ts";

/**
 * What is typed into the overlays that are open: their own state, which is nobody else's (a password among it). Which are open, and in
 * which order, is the console's state. Keys may come faster than frames: this is asked directly, not through React.
 */
export class OverlayDesk {
  #open = new Map<Overlay, OpenOverlay>();
  #version = 0;
  readonly #listeners = new Set<() => void>();

  /** A key (as `keyName` writes it) for the top overlay. What it asks for, in order; first of all to close it, where it does. */
  press(key: string, sight: OverlaySight): readonly Intent[] {
    const name = keyOf(key);
    // The way out of everything works everywhere; what is to be asked before that, the app asks.
    if (name === "ctrl+c" && sight.state.overlays.at(-1)?.kind !== "quit")
      return [{ do: "quit", sure: false }];
    return this.#ask(sight, (open) => open.press(name, sight));
  }

  /** A paste, whole, for the top overlay. */
  paste(text: string, sight: OverlaySight): readonly Intent[] {
    return this.#ask(sight, (open) => open.paste(text, sight));
  }

  /** The overlay as it is now; opened when it was not. */
  of(overlay: Overlay, sight: OverlaySight): OpenOverlay {
    const known = this.#open.get(overlay);
    if (known !== undefined) return known;
    const opened = openOverlay(overlay, sight);
    this.#open.set(overlay, opened);
    return opened;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly version = (): number => this.#version;

  #ask(sight: OverlaySight, question: (open: OpenOverlay) => Reply<OpenOverlay>): readonly Intent[] {
    this.forget(sight.state.overlays);
    const overlay = sight.state.overlays.at(-1);
    if (overlay === undefined) return [];
    const { state, intents = [], close = false } = question(this.of(overlay, sight));
    // Kept when it closes too, until that is known everywhere: a frame that still has it must not begin it anew.
    this.#open.set(overlay, state);
    this.#version++;
    for (const listener of this.#listeners) listener();
    return close ? [{ do: "back" }, ...intents] : intents;
  }

  /** Keeps what was typed into these alone. */
  forget(overlays: readonly Overlay[]): void {
    for (const overlay of this.#open.keys()) if (!overlays.includes(overlay)) this.#open.delete(overlay);
  }
}

/** In a burst of typing some keys arrive as the character that the terminal sends for them. */
export function keyOf(key: string): string {
  const code = key.length === 1 ? key.charCodeAt(0) : -1;
  if (code < 0 || (code >= 0x20 && code !== 0x7f)) return key;
  if (code === 0x7f || code === 0x08) return "backspace";
  if (code === 0x09) return "tab";
  if (code === 0x0a || code === 0x0d) return "enter";
  if (code === 0x1b) return "esc";
  return `ctrl+${String.fromCharCode(code + 0x60)}`;
}
