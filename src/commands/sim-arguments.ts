import { CtiError } from "../model/errors.ts";

/** A whole number, 0 to `most`; undefined when not given. Throws `usage`. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? "" : ` up to ${most}`;
  throw new CtiError({ code: "usage", message: `${option} wants a whole number${range}, not "${text}"` });
}

/** A whole number of either sign; undefined when not given. Throws `usage`. */
export function signedNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new CtiError({ code: "usage", message: `${option} wants a whole number, not "${text}"` });
}

/** A number above 0, as `2` or `0.5`. Throws `usage`. */
export function decimal(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw new CtiError({ code: "usage", message: `${option} wants a number above 0, not "${text}"` });
}

/** `name=value` pairs as an object; the value may hold further equals signs. Throws `usage`. */
export function keyValues(option: string, pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new CtiError({ code: "usage", message: `${option} wants name=value, not "${pair}"` });
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
