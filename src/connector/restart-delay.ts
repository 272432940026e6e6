/** A worker that lived this long was well: its death starts the count anew. Milliseconds. */
const wellAfter = 30_000;
const firstDelay = 100;
const longestDelay = 5000;

/** How long to wait before the next start of a worker that lived for `lived` milliseconds: none at first, then doubling to 5 s. */
export function restartDelay(lived: number, quickDeaths: number): { delay: number; quickDeaths: number } {
  const deaths = lived >= wellAfter ? 0 : quickDeaths;
  const delay = deaths === 0 ? 0 : Math.min(firstDelay * 2 ** (deaths - 1), longestDelay);
  return { delay, quickDeaths: deaths + 1 };
}
