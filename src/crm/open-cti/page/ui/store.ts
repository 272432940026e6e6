import { type Happening, initialState, reduce, type UiState } from "./state.ts";

/** The page's state and who follows it; made for React's useSyncExternalStore. */
export class Store {
  #state = initialState;
  readonly #followers = new Set<() => void>();

  readonly get = (): UiState => this.#state;

  readonly follow = (follower: () => void): (() => void) => {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  };

  happened(happening: Happening): void {
    const next = reduce(this.#state, happening);
    if (next === this.#state) return;
    this.#state = next;
    for (const follower of [...this.#followers]) follower();
  }
}
