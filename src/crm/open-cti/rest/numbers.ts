/** How a site's numbers are read. */
export interface NumberPlan {
  /** Digits of the country that a number without one is of: `49`. */
  country: string | undefined;
  /** How much of a number's end is looked for, longest first: `[9, 7]`. */
  lastDigits: readonly number[];
}

/** What a number is looked for as: digits alone, so nothing in them needs an escape. */
export interface SearchForms {
  /** The whole number as orgs write it: E.164, national, as it came. */
  whole: string[];
  /** Its end, where nothing has the whole; the shorter, the less certain. */
  ends: string[];
}

/** Digits. What has fewer is an extension or a service, and no customer; more than a dialling prefix and E.164's fifteen is no number. */
const shortest = 7;
const longest = 18;

/** ANONYMOUS and UNAVAILABLE on a telephone's keys: what switches put where a caller's number is withheld. */
const nobody = new Set(["266696687", "86282452253"]);

/** Dialled before a national number where it is not 0. */
const trunks: Readonly<Record<string, string>> = { 1: "1", 7: "8", 36: "06" };
/** Countries in which nothing is. */
const withoutTrunk = new Set(
  "30 34 39 45 47 48 65 351 352 354 356 357 371 372 378 420 852 853 965 968 973 974".split(" "),
);
/** Dialled before a foreign number where it is not 00. */
const exits: Readonly<Record<string, string>> = { 1: "011", 7: "810", 65: "001", 81: "010", 852: "001" };
/** Digits of a national number, in countries where all have the same: they tell a prefix from a number that begins alike. */
const nationalLengths: Readonly<Record<string, number>> = { 1: 10, 7: 10 };

/** The forms in which a number is looked for (open-cti.md §10); none for extensions, withheld numbers and what is no number. */
export function searchForms(number: string, { country, lastDigits }: NumberPlan): SearchForms {
  const read = readNumber(number);
  if (read === undefined) return { whole: [], ends: [] };
  const { international, national } = placed(read, country);
  const trunk = trunkOf(country);
  const dialled = national === undefined ? undefined : country === "1" ? national : trunk + national;
  const whole = distinct([
    international,
    dialled,
    read.foreign(country) === undefined ? read.digits : undefined,
  ]);
  const end = national ?? international ?? read.digits.replace(/^0+/, "");
  const ends = distinct(lastDigits.map((length) => (end.length >= length ? end.slice(-length) : undefined)));
  return { whole, ends: ends.filter((each) => !whole.includes(each)) };
}

interface Read {
  digits: string;
  /** The number with its country, where it says that it has one. */
  foreign: (country: string | undefined) => string | undefined;
}

/** `undefined` for what has letters in it, too few digits or too many, or stands for nobody. */
function readNumber(number: string): Read | undefined {
  const bare = number
    .normalize("NFKC")
    .trim()
    .replace(/^(?:sips?|tel):/i, "")
    // A SIP address's host, parameters, and an extension behind.
    .replace(/[;,@?].*$/s, "")
    .replace(/\s*(?:x|ext\.?|extension)\s*\d+$/i, "");
  if (/\p{L}/u.test(bare)) return undefined;
  const plus = /^[^\d]*\+/.test(bare);
  const digits = (plus ? bare.replace(/\(0\)/, "") : bare).replace(/[^0-9]/g, "");
  if (digits.length < shortest || digits.length > longest) return undefined;
  if (/^(\d)\1*$/.test(digits) || nobody.has(digits)) return undefined;
  return {
    digits,
    foreign: (country) => {
      const exit = exits[country ?? ""] ?? "00";
      const rest = plus ? digits : digits.startsWith(exit) ? digits.slice(exit.length) : undefined;
      // No country begins with 0, and no number is longer than E.164 has it.
      return rest !== undefined && /^[1-9]\d{6,14}$/.test(rest) ? rest : undefined;
    },
  };
}

/** The number with its country, and without, as far as either can be told. */
function placed(
  { digits, foreign }: Read,
  country: string | undefined,
): { international: string | undefined; national: string | undefined } {
  const abroad = foreign(country);
  if (country === undefined) return { international: abroad, national: undefined };
  const trunk = trunkOf(country);
  const length = nationalLengths[country];
  const fits = (rest: string): boolean => (length === undefined ? rest.length >= 4 : rest.length === length);
  const behind = (prefix: string, text: string): string | undefined =>
    prefix !== "" && text.startsWith(prefix) && fits(text.slice(prefix.length))
      ? text.slice(prefix.length)
      : undefined;
  if (abroad !== undefined) {
    const inside = behind(country, abroad);
    // +49 030…, as some write it.
    const national = inside === undefined || trunk !== "0" ? inside : inside.replace(/^0/, "");
    return { international: national === undefined ? abroad : country + national, national };
  }
  const national =
    behind(trunk, digits) ??
    // E.164 without its plus; a number of the place is shorter.
    (digits.length >= country.length + 8 ? behind(country, digits) : undefined) ??
    (trunk === "" || digits.length === length ? digits : undefined);
  return { international: national === undefined ? undefined : country + national, national };
}

function trunkOf(country: string | undefined): string {
  if (country === undefined || withoutTrunk.has(country)) return "";
  return trunks[country] ?? "0";
}

function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined && text.length >= 5))] as string[];
}
