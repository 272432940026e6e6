/** One row of a list that can be found by typing. */
export interface Item<Value> {
  /** Stands for it while the list changes. */
  id: string;
  label: string;
  /** Shown behind the label, and searched too. */
  detail?: string;
  /** Searched, not shown. */
  also?: string;
  /** Why it cannot be chosen; shown dim with this. */
  why?: string | undefined;
  /** Above it where nothing is filtered. */
  group?: string;
  value: Value;
}

interface Folded {
  label: string;
  all: string;
}

const foldedItems = new WeakMap<object, Folded>();

/** A text as it is compared: without accents, small letters. */
export function fold(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("ł", "l")
    .replaceAll("đ", "d")
    .replaceAll("æ", "ae");
}

/** The items that have every word of the query somewhere, the best first, equals in their own order. */
export function filterItems<I extends Item<unknown>>(items: readonly I[], query: string): readonly I[] {
  const known = lastFound.get(items);
  // The very array that was put there under this key.
  if (known?.query === query) return known.found as readonly I[];
  const found = find(items, query);
  lastFound.set(items, { query, found });
  return found;
}

/** Of each list what was found last: frames are drawn more often than letters are typed. */
const lastFound = new WeakMap<object, { query: string; found: readonly Item<unknown>[] }>();

function find<I extends Item<unknown>>(items: readonly I[], query: string): readonly I[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return items;
  const scored: { item: I; score: number }[] = [];
  for (const item of items) {
    const folded = foldedOf(item);
    let score = 0;
    for (const word of words) {
      const each = scoreOf(folded, word);
      if (each === 0) {
        score = 0;
        break;
      }
      score += each;
    }
    if (score > 0) scored.push({ item, score });
  }
  return scored.toSorted((a, b) => b.score - a.score).map(({ item }) => item);
}

function foldedOf(item: Item<unknown>): Folded {
  const known = foldedItems.get(item);
  if (known !== undefined) return known;
  const label = fold(item.label);
  const folded = { label, all: ` ${label} ${fold(item.detail ?? "")} ${fold(item.also ?? "")} ` };
  foldedItems.set(item, folded);
  return folded;
}

/** 0: not there. The label counts more than the rest, a whole word more than its beginning, that more than its middle. */
function scoreOf({ label, all }: Folded, word: string): number {
  if (!all.includes(word)) return 0;
  if (label === word) return 8;
  if (all.includes(` ${word} `)) return ` ${label} `.includes(` ${word} `) ? 7 : 5;
  if (label.startsWith(word)) return 6;
  if (` ${label}`.includes(` ${word}`)) return 4;
  if (all.includes(` ${word}`)) return 3;
  return label.includes(word) ? 2 : 1;
}
