import type { DataStructure } from "./commands.ts";

/** Places that are kept free before a frame. */
const freeSpace = 100;

/**
 * The writer's side of the object cache, as the stock writer keeps it: objects are compared by value, null is one of them, places go round in
 * a ring (openwire.md §3.3). Where the stock one goes wrong (more new objects in a frame than there are places, a table smaller than what
 * it keeps free) this one stays right.
 */
export class CacheTable {
  readonly #size: number;
  readonly #places = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  /** Places given out since the last sweep. */
  #added: number[] = [];
  #next = 0;
  #oldest = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Before each frame. */
  sweep(): void {
    this.#added.length = 0;
    const most = Math.max(0, this.#size - freeSpace);
    while (this.#places.size > most) {
      this.#forget(this.#oldest);
      this.#oldest = (this.#oldest + 1) % this.#size;
    }
  }

  /** The frame is not sent after all: the reader will not have what is new in it. */
  rollBack(): void {
    for (const index of this.#added) this.#forget(index);
    this.#added.length = 0;
  }

  find(value: DataStructure | null): number | undefined {
    return this.#places.get(keyOf(value));
  }

  /** The place it gets; -1 when there is none. */
  add(value: DataStructure | null): number {
    const index = this.#next;
    this.#next = (this.#next + 1) % this.#size;
    if (this.#places.size >= this.#size) return -1;
    this.#forget(index);
    const key = keyOf(value);
    this.#keys[index] = key;
    this.#places.set(key, index);
    this.#added.push(index);
    return index;
  }

  #forget(index: number): void {
    const key = this.#keys[index];
    if (key !== undefined) this.#places.delete(key);
    this.#keys[index] = undefined;
  }
}

/** Ids and destinations are never changed once made: of one that is written again and again the key is made once. */
const keys = new WeakMap<DataStructure, string>();

function keyOf(value: DataStructure | null): string {
  if (value === null) return "null";
  let key = keys.get(value);
  if (key === undefined) {
    key = JSON.stringify(value, (_name, part: unknown) =>
      typeof part === "bigint"
        ? `${part}n`
        : part instanceof Uint8Array
          ? Buffer.from(part).toString("hex")
          : part,
    );
    keys.set(value, key);
  }
  return key;
}
