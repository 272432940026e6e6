import { CtiError } from "./errors.ts";

/**
 * The number to dial from what a person typed or pasted: `(555) 123-4567`, `tel:+49 30 1234`, `00 49/30/1234`. What only helps reading is
 * taken out; `+`, `*`, `#` and digits stay. Names and addresses (`anna@example.com`) go through as they are: Finesse strips nothing and
 * the switch may know them (reference/finesse.md §10). One plan for every face. Throws `usage` when nothing is left.
 */
export function numberToDial(text: string): string {
  const bare = text.trim().replace(/^(?:tel|callto):/i, "");
  const number = /[A-Za-z@]/.test(bare)
    ? bare
    : bare.replaceAll(/[\s().\-/\u00a0\u2010-\u2015\u202a-\u202e]/g, "");
  // oxlint-disable-next-line no-control-regex
  if (number === "" || /[\u0000-\u0020\u007f]/.test(number) || !/^[\u0021-\u007e]+$/.test(number)) {
    throw new CtiError({
      code: "usage",
      message: number === "" ? "there is no number to dial" : `"${text.trim()}" cannot be dialled`,
      hint: "give digits, with + * # where they belong: cti dial 5551234",
    });
  }
  return number;
}
