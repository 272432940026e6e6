/** Waits for what tests look for; ended all at once when the org is closed. */
export class Waits {
  readonly #watch: (watcher: () => void) => () => void;
  readonly #waiting = new Set<(error: Error) => void>();

  /** `watch` calls its watcher after each change, until the function that it answers is called. */
  constructor(watch: (watcher: () => void) => () => void) {
    this.#watch = watch;
  }

  /** Resolves with what `look` finds, now or after any change, as soon as it is neither undefined nor false. */
  for<Value>(look: () => Value | undefined | false): Promise<Value> {
    return new Promise((resolve, reject) => {
      let stop = () => {};
      const end = (settle: () => void) => {
        stop();
        this.#waiting.delete(give);
        settle();
      };
      const give = (error: Error) => end(() => reject(error));
      const check = () => {
        try {
          const found = look();
          if (found !== undefined && found !== false) end(() => resolve(found));
        } catch (thrown) {
          end(() => reject(thrown));
        }
      };
      stop = this.#watch(check);
      this.#waiting.add(give);
      check();
    });
  }

  rejectAll(error: Error): void {
    for (const reject of [...this.#waiting]) reject(error);
  }
}
