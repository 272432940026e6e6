/** Texts as fields of Salesforce take them. */

/** UTF-16 units of the fields of a Task (open-cti.md §5). */
export const lengths = {
  Subject: 255,
  CallObject: 255,
  CallDisposition: 255,
  Description: 32_000,
} as const;

/** What JSON may carry and Salesforce refuses, or nobody can see. */
// oxlint-disable-next-line no-control-regex
const unseen = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

/** At most `length` UTF-16 units, with an ellipsis where something is missing; no character is cut in half, none is left that is none. */
export function cut(text: string, length: number): string {
  const clean = text.toWellFormed().replace(unseen, "");
  if (clean.length <= length) return clean;
  const short = clean.slice(0, length - 1);
  // The second half of a pair stands behind the cut.
  const whole = /[\ud800-\udbff]$/.test(short) ? short.slice(0, -1) : short;
  return `${whole}…`;
}

/** `2024-05-07` at a place; ISO 8601 in. `undefined` for what is no time. */
export function localDate(at: string, zone: string | undefined): string | undefined {
  return local(at, zone)?.date;
}

/** `2024-05-07 10:15`. */
export function localMinute(at: string, zone: string | undefined): string | undefined {
  const found = local(at, zone);
  return found && `${found.date} ${found.time}`;
}

function local(at: string, zone: string | undefined): { date: string; time: string } | undefined {
  const instant = Date.parse(at);
  if (Number.isNaN(instant)) return undefined;
  const parts = new Map(
    new Intl.DateTimeFormat("en-GB", {
      ...(zone !== undefined && { timeZone: zone }),
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? "";
  return {
    date: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
  };
}
