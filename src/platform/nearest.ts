/** Edit distance in which swapping two neighbouring letters counts as one mistake (optimal string alignment). */
export function distance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/**
 * The candidate a person most likely meant, or `undefined` when nothing is near: at most a third of the letters may be wrong,
 * at least one mistake is forgiven in three letters or more, and a beginning of a candidate of two letters or more counts as near.
 */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  const wanted = typed.toLowerCase();
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    const prefix = wanted.length >= 2 && name.startsWith(wanted);
    const score = prefix ? 0.5 : distance(wanted, name);
    const letters = Math.max(wanted.length, name.length);
    const limit = letters < 3 ? 0 : Math.max(1, Math.floor(letters / 3));
    if (score <= limit && (best === undefined || score < best.score)) best = { candidate, score };
  }
  return best?.candidate;
}
