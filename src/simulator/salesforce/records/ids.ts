/** The key prefixes of the objects that there are. */
export const prefixes = {
  Account: "001",
  Contact: "003",
  User: "005",
  Opportunity: "006",
  Lead: "00Q",
  Task: "00T",
  Case: "500",
} as const;

export type ObjectName = keyof typeof prefixes;

/** Length of what varies: 15 characters less the prefix. */
const places = 12;
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const checks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The id of the `number`-th record of an object, 18 characters. */
export function recordId(object: ObjectName, number: number): string {
  let rest = number;
  let digits = "";
  while (rest > 0) {
    digits = base62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  // A pod's own letters stand in front: ids that look like zeros only are read as numbers by careless programs.
  return longId(`${prefixes[object]}5g${digits.padStart(places - 2, "0")}`);
}

/**
 * An id of 15 characters as one of 18: three more say which of each five letters are capitals, so that it can be compared without
 * regard to case.
 */
export function longId(short: string): string {
  const tail = [0, 5, 10].map((from) => {
    let bits = 0;
    for (let index = 0; index < 5; index++) if (/[A-Z]/.test(short.charAt(from + index))) bits |= 1 << index;
    return checks.charAt(bits);
  });
  return short + tail.join("");
}

/** The id in its long form; undefined when it is none, or its last three characters do not fit. */
export function readId(text: string): string | undefined {
  if (!/^[0-9A-Za-z]+$/.test(text)) return undefined;
  if (text.length === 15) return longId(text);
  if (text.length !== 18) return undefined;
  return longId(text.slice(0, 15)).toUpperCase() === text.toUpperCase()
    ? longId(text.slice(0, 15))
    : undefined;
}

/** Which object's record an id names; undefined: an object that there is not. */
export function objectOf(id: string): ObjectName | undefined {
  const names = Object.keys(prefixes) as ObjectName[];
  return names.find((name) => prefixes[name] === id.slice(0, 3));
}
