import type { DataStructure } from "./commands.ts";

/** Places that are kept free before a frame. */
const freeSpace = 100;

/**
 * The writer's side of the object cache, as the stock writer keeps it: objects are compared by value, null is one of them, places go round in
 * a ring (openwire.md §3.3).
 */
export class CacheTable {
  readonly #size: number;
  readonly #places = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  #next = 0;
  #oldest = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Before each frame. */
  sweep(): void {
    while (this.#places.size > this.#size - freeSpace) {
      const key = this.#keys[this.#oldest];
      if (key !== undefined) this.#places.delete(key);
      this.#keys[this.#oldest] = undefined;
      this.#oldest = (this.#oldest + 1) % this.#size;
    }
  }

  find(value: DataStructure | null): number | undefined {
    return this.#places.get(keyOf(value));
  }

  /** The place it gets; -1 when there is none. */
  add(value: DataStructure | null): number {
    const index = this.#next;
    this.#next = (this.#next + 1) % this.#size;
    if (this.#places.size >= this.#size) return -1;
    const key = keyOf(value);
    this.#keys[index] = key;
    this.#places.set(key, index);
    return index;
  }
}

function keyOf(value: DataStructure | null): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "bigint"
      ? `${part}n`
      : part instanceof Uint8Array
        ? Buffer.from(part).toString("hex")
        : part,
  );
}
