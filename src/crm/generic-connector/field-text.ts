/** Pieces of event lines: what may stand in a field, and how lists are written (generic-connector.md §2). */

/** Characters that part fields, items and members become spaces: there is no escaping. */
export function plain(value: string | undefined): string {
  // oxlint-disable-next-line no-control-regex
  return (value ?? "").replace(/[#|,\u0000-\u001f\u007f\u2028\u2029]/g, " ");
}

/** Words for people. */
export function words(value: string | undefined): string {
  return plain(value).replace(/ {2,}/g, " ").trim();
}

export function fields(...parts: string[]): string {
  return parts.join("#");
}

/** `name=value|…`. A name must not hold what ends it. */
export function variables(values: Iterable<readonly [string, string]>): string {
  return [...values].map(([name, value]) => `${plain(name).replaceAll("=", " ")}=${plain(value)}`).join("|");
}

/** `name:value,…`; a value may hold colons, a name not. */
export function members(values: Iterable<readonly [string, string | undefined]>): string {
  return [...values].map(([name, value]) => `${name}:${plain(value)}`).join(",");
}

/**
 * `yyyy-MM-dd HH:mm:ss` in the time zone of this machine: the protocol has no zone, and clients take the offset from the first one they
 * see (§5.3.6). "" for no time.
 */
export function localTime(iso: string | undefined): string {
  const at = new Date(iso ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = [String(at.getFullYear()).padStart(4, "0"), two(at.getMonth() + 1), two(at.getDate())];
  return `${date.join("-")} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
