/** Counts changes, and wakes who waits for the next one. */
export class Watch {
  #count = 0;
  #over = false;
  #waiting: (() => void)[] = [];

  mark(): number {
    return this.#count;
  }

  readonly changed = (): void => {
    this.#count++;
    this.#wake();
  };

  /** Nothing will change any more. */
  end(): void {
    this.#over = true;
    this.#wake();
  }

  /** Resolves with true once something has changed after the mark, with false when the time is up or nothing will. */
  async after(mark: number, milliseconds: number): Promise<boolean> {
    if (this.#over || milliseconds <= 0) return false;
    if (this.#count > mark) return true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    return this.#count > mark;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
