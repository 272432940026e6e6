/** Header fields by name in any case. */
export class RequestHeaders {
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  /** White space around the value is not part of it. */
  add(name: string, value: string): void {
    this.#names.push(name.toLowerCase());
    this.#values.push(trimmed(value));
  }

  /** How many there are. */
  get size(): number {
    return this.#names.length;
  }

  /** As `Headers` does: what is there more than once is joined by ", ". `null` when it is not there. `name` in lower case. */
  get(name: string): string | null {
    let at = this.#names.indexOf(name);
    if (at === -1) return null;
    let found = this.#values[at] ?? "";
    while ((at = this.#names.indexOf(name, at + 1)) !== -1) found += `, ${this.#values[at]}`;
    return found;
  }

  /** How often it is there. `name` in lower case. */
  count(name: string): number {
    let count = 0;
    for (const each of this.#names) if (each === name) count += 1;
    return count;
  }

  /** Whether a header that is a list names `word`, in lower case. */
  lists(name: string, word: string): boolean {
    const list = this.get(name)?.toLowerCase();
    if (list === undefined || !list.includes(word)) return false;
    return list.split(",").some((each) => trimmed(each) === word);
  }
}

/** Without spaces and tabs around it: of the other characters that `trim` takes, some are bytes of letters. */
function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
