import { CtiError } from "../../model/errors.ts";
import { refused, type SfError } from "./sf-error.ts";

/** One line each: `cti sim salesforce fail --help` and wrong names print them. VALUE is what must be given with it. */
export const salesforceFaults = {
  down: "closed: connections are refused",
  hang: "requests are taken and never answered, and nothing is done",
  slow: "requests are served at once and answered VALUE milliseconds late",
  status: "requests are refused with the HTTP status VALUE, and nothing is done",
  error: "the next requests, COUNT of them or one, are refused with the error code VALUE",
  "row-lock": "the next writes, COUNT of them or one, are refused: somebody else has the record",
  validation: "the next writes, COUNT of them or one, are refused by a validation rule",
  lost: "the next writes, COUNT of them or one, are done and their connection cut before the answer",
  limit: "VALUE requests, or none, are left of the day's limit",
  "expire-tokens": "all access tokens end now; refresh tokens stay good",
} as const satisfies Record<string, string>;

export type SalesforceFault =
  | { name: "down" }
  | { name: "hang" }
  | { name: "slow"; delay: number }
  | { name: "status"; status: number }
  | { name: "error"; code: string; count: number }
  | { name: "row-lock" | "validation" | "lost"; count: number }
  | { name: "limit"; left: number }
  | { name: "expire-tokens" };

/** A fault from its name and values. Throws `input-invalid`. */
export function faultOf(name: string, value?: string | number, count?: number): SalesforceFault {
  const text = value === undefined ? undefined : String(value);
  if (count !== undefined && !["error", "row-lock", "validation", "lost"].includes(name))
    throw wrong(`${name} takes no count`, "");
  if (count !== undefined && !(Number.isInteger(count) && count >= 1))
    throw wrong(`the count of ${name} is a whole number from 1`, "");
  const example = (words: string) => `for example: cti sim salesforce fail ${words}`;
  switch (name) {
    case "down":
    case "hang":
    case "expire-tokens":
      if (text !== undefined) throw wrong(`${name} takes no value`, example(name));
      return { name };
    case "row-lock":
    case "validation":
    case "lost":
      if (text !== undefined) throw wrong(`${name} takes no value`, example(`${name} --count 2`));
      return { name, count: count ?? 1 };
    case "slow":
      return { name, delay: number(name, text, [0, 3_600_000], "milliseconds", example("slow 3000")) };
    case "status":
      return {
        name,
        status: number(name, text, [400, 599], "an HTTP status, 400 to 599", example("status 503")),
      };
    case "limit":
      return {
        name,
        left: number(name, text ?? "0", [0, 1_000_000], "a number of requests", example("limit 5")),
      };
    case "error":
      if (text !== undefined && /^[A-Z][A-Z_]*$/.test(text)) return { name, code: text, count: count ?? 1 };
      throw wrong(
        `error wants an error code${text === undefined ? "" : `, not "${text}"`}`,
        example("error ENTITY_IS_DELETED --count 3"),
      );
    default:
      throw wrong(`there is no fault "${name}"`, `one of: ${Object.keys(salesforceFaults).join(", ")}`);
  }
}

/** A fault as it is told. */
export function faultText(fault: SalesforceFault): string {
  switch (fault.name) {
    case "slow":
      return `slow ${fault.delay}`;
    case "status":
      return `status ${fault.status}`;
    case "error":
      return `error ${fault.code} for ${times(fault.count)}`;
    case "row-lock":
    case "validation":
    case "lost":
      return `${fault.name} for ${times(fault.count)}`;
    case "limit":
      return `limit: ${times(fault.left)} left`;
    default:
      return fault.name;
  }
}

const times = (count: number) => (count === 1 ? "1 request" : `${count} requests`);

/** What a fault does to one request; `fault` tells it. */
export type Effect =
  | { does: "nothing"; fault?: undefined }
  | { does: "hang" | "cut"; fault: string }
  | { does: "late"; delay: number; fault: string }
  | { does: "refuse"; error: SfError; fault: string };

const nothing: Effect = { does: "nothing" };

/** The fault in force, counted down as requests come. */
export class Faults {
  #fault: SalesforceFault | undefined;

  get fault(): SalesforceFault | undefined {
    return this.#fault;
  }

  set(fault: SalesforceFault | undefined): void {
    this.#fault = fault;
  }

  /** What happens to a request before anybody looks at it. */
  atTheDoor(): Effect {
    const fault = this.#fault;
    switch (fault?.name) {
      case "hang":
        return { does: "hang", fault: faultText(fault) };
      case "slow":
        return { does: "late", delay: fault.delay, fault: faultText(fault) };
      case "status": {
        const error = refused(fault.status, codeOf(fault.status), "The server refuses: a fault of the stub");
        return { does: "refuse", error, fault: faultText(fault) };
      }
      default:
        return nothing;
    }
  }

  /** What happens to a request for records once it is known who asks; one that it happens to counts. */
  atTheRecords(writes: boolean): Effect {
    const fault = this.#fault;
    switch (fault?.name) {
      case "error": {
        this.#count(fault);
        const error = refused(statusOf(fault.code), fault.code, "A fault of the stub");
        return { does: "refuse", error, fault: faultText(fault) };
      }
      case "row-lock":
      case "validation":
      case "lost":
        if (!writes) return nothing;
        this.#count(fault);
        if (fault.name === "lost") return { does: "cut", fault: faultText(fault) };
        return { does: "refuse", error: refusals[fault.name](), fault: faultText(fault) };
      default:
        return nothing;
    }
  }

  #count(fault: Extract<SalesforceFault, { count: number }>): void {
    this.#fault = fault.count > 1 ? { ...fault, count: fault.count - 1 } : undefined;
  }
}

const refusals = {
  "row-lock": () =>
    refused(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records", []),
  validation: () =>
    refused(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A validation rule of the stub says no", ["Subject"]),
};

const statuses: Record<string, number> = {
  INVALID_SESSION_ID: 401,
  REQUEST_LIMIT_EXCEEDED: 403,
  INSUFFICIENT_ACCESS: 403,
  NOT_FOUND: 404,
  UNKNOWN_EXCEPTION: 500,
  SERVER_UNAVAILABLE: 503,
};

const statusOf = (code: string) => statuses[code] ?? 400;

const codeOf = (status: number) =>
  Object.entries(statuses).find(([, each]) => each === status)?.[0] ?? "UNKNOWN_EXCEPTION";

function number(
  name: string,
  text: string | undefined,
  [least, most]: [number, number],
  what: string,
  hint: string,
): number {
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= least && value <= most) return value;
  throw wrong(`${name} wants ${what}${text === undefined ? "" : `, not "${text}"`}`, hint);
}

function wrong(message: string, hint: string): CtiError {
  return new CtiError({ code: "input-invalid", message, ...(hint !== "" && { hint }) });
}
