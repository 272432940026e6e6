/** What is needed of a browser's storage; it may throw where a browser allows none. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** `saving`: a create is, or was, under way. */
export type Saved = { id: string } | { saving: true };

/** So many calls of one agent are remembered: more than a shift has. */
const most = 300;

/**
 * Which record a call was saved in, by its callObject, kept in the browser: a page that is loaded anew must not make a second record. Keyed by
 * agent. A browser that keeps nothing still remembers until the page goes.
 */
export class SavedLogs {
  readonly #storage: StorageLike | undefined;
  readonly #memory = new Map<string, string>();

  constructor(storage: StorageLike | undefined) {
    this.#storage = storage;
  }

  get(agent: string, callObject: string): Saved | undefined {
    return this.#read(agent).find(([known]) => known === callObject)?.[1];
  }

  set(agent: string, callObject: string, saved: Saved): void {
    const others = this.#read(agent).filter(([known]) => known !== callObject);
    this.#write(agent, [...others, [callObject, saved] as const].slice(-most));
  }

  /** It was surely not saved. */
  forget(agent: string, callObject: string): void {
    this.#write(
      agent,
      this.#read(agent).filter(([known]) => known !== callObject),
    );
  }

  /** Read anew each time: another tab of the agent's may have saved. */
  #read(agent: string): (readonly [string, Saved])[] {
    const key = keyOf(agent);
    let text = this.#memory.get(key);
    try {
      text = this.#storage?.getItem(key) ?? text;
    } catch {
      // Blocked: what this page remembers must do.
    }
    return text === undefined ? [] : readSaved(text);
  }

  #write(agent: string, all: (readonly [string, Saved])[]): void {
    const text = JSON.stringify(all);
    this.#memory.set(keyOf(agent), text);
    try {
      this.#storage?.setItem(keyOf(agent), text);
    } catch {
      // Full or blocked, as above.
    }
  }
}

function keyOf(agent: string): string {
  return `cti.softphone.saved.${agent}`;
}

function readSaved(text: string): (readonly [string, Saved])[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry): (readonly [string, Saved])[] => {
    if (!Array.isArray(entry)) return [];
    const [callObject, saved] = entry as unknown[];
    if (typeof callObject !== "string" || typeof saved !== "object" || saved === null) return [];
    if ("id" in saved && typeof saved.id === "string") return [[callObject, { id: saved.id }]];
    return "saving" in saved ? [[callObject, { saving: true }]] : [];
  });
}
