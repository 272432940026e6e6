/** Work of one name happens one after the other, of different names at once. */
export class Lanes {
  readonly #last = new Map<string, Promise<void>>();

  /** True while anything runs or waits. */
  get busy(): boolean {
    return this.#last.size > 0;
  }

  run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(name, settled);
    void settled.then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    });
    return result;
  }
}
