import { CtiError } from "../../model/errors.ts";

/** One line each: `cti sim ebs fail --help` and wrong names print them. VALUE is what must be given with it. */
export const ebsFaults = {
  down: "the event listener is closed: connections are refused",
  hang: "events are accepted and never answered",
  slow: "events are taken at once and answered VALUE milliseconds late",
  status: "events are refused with the HTTP status VALUE",
  error: "events are answered 200 with an Error event that says VALUE",
} as const satisfies Record<string, string>;

export type EbsFaultName = keyof typeof ebsFaults;

export type EbsFault =
  | { name: "down" }
  | { name: "hang" }
  | { name: "slow"; delay: number }
  | { name: "status"; status: number }
  | { name: "error"; text: string };

/** A fault from its name and its value. Throws `input-invalid`. */
export function faultOf(name: string, value?: string | number): EbsFault {
  const text = value === undefined ? undefined : String(value);
  switch (name) {
    case "down":
    case "hang":
      if (text !== undefined) throw wrong(`${name} takes no value`, `for example: cti sim ebs fail ${name}`);
      return { name };
    case "slow":
      return { name, delay: wholeNumber(name, text, 0, 3_600_000, "milliseconds") };
    case "status":
      return { name, status: wholeNumber(name, text, 200, 599, "an HTTP status, 200 to 599") };
    case "error":
      if (text === undefined || text === "")
        throw wrong("error wants a text", 'for example: cti sim ebs fail error "no session"');
      return { name, text };
    default:
      throw wrong(`there is no fault "${name}"`, `one of: ${Object.keys(ebsFaults).join(", ")}`);
  }
}

/** A fault as it is told. */
export function faultText(fault: EbsFault): string {
  switch (fault.name) {
    case "slow":
      return `slow ${fault.delay}`;
    case "status":
      return `status ${fault.status}`;
    case "error":
      return `error ${fault.text}`;
    default:
      return fault.name;
  }
}

function wholeNumber(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
  what: string,
): number {
  const number = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && number >= least && number <= most) return number;
  const example = name === "slow" ? "slow 3000" : "status 503";
  throw wrong(
    `${name} wants ${what}${text === undefined ? "" : `, not "${text}"`}`,
    `for example: cti sim ebs fail ${example}`,
  );
}

function wrong(message: string, hint: string): CtiError {
  return new CtiError({ code: "input-invalid", message, hint });
}
