import { CtiError } from "../../model/errors.ts";
import { refused, type SfError } from "./sf-error.ts";

/** One line each: `cti sim salesforce fail --help` and wrong names print them. VALUE is what must be given with it. */
export const salesforceFaults = {
  down: "closed: connections are refused",
  hang: "requests are taken and never answered, and nothing is done",
  slow: "requests are served at once and answered VALUE milliseconds late",
  status: "requests are refused with the HTTP status VALUE, and nothing is done",
  error: "the next requests, COUNT of them or one, are refused with the error code VALUE",
  lost: "the next writes, VALUE of them or one, are done and their connection cut before the answer",
  limit: "VALUE requests, or none, are left of the day's limit",
  "expire-tokens": "all access tokens end now; refresh tokens stay good",
} as const satisfies Record<string, string>;

export type SalesforceFault =
  | { name: "down" }
  | { name: "hang" }
  | { name: "slow"; delay: number }
  | { name: "status"; status: number }
  | { name: "error"; code: string; count: number }
  | { name: "lost"; count: number }
  | { name: "limit"; left: number }
  | { name: "expire-tokens" };

/** A fault from its name and values. Throws `input-invalid`. */
export function faultOf(name: string, value?: string | number, count?: number): SalesforceFault {
  const text = value === undefined ? undefined : String(value);
  if (count !== undefined && name !== "error") throw wrong(`${name} takes no count`, "");
  switch (name) {
    case "down":
    case "hang":
    case "expire-tokens":
      if (text !== undefined)
        throw wrong(`${name} takes no value`, `for example: cti sim salesforce fail ${name}`);
      return { name };
    case "slow":
      return { name, delay: number(name, text, 0, 3_600_000, "milliseconds", "slow 3000") };
    case "status":
      return { name, status: number(name, text, 200, 599, "an HTTP status, 200 to 599", "status 503") };
    case "lost":
      return { name, count: number(name, text ?? "1", 1, 1_000_000, "a number of writes", "lost 1") };
    case "limit":
      return { name, left: number(name, text ?? "0", 0, 1_000_000, "a number of requests", "limit 5") };
    case "error":
      if (text === undefined || !/^[A-Z][A-Z_]*$/.test(text))
        throw wrong(
          `error wants an error code${text === undefined ? "" : `, not "${text}"`}`,
          "for example: cti sim salesforce fail error UNABLE_TO_LOCK_ROW 3",
        );
      if (count !== undefined && !(Number.isInteger(count) && count >= 1))
        throw wrong("the count of error is a whole number from 1", "");
      return { name, code: text, count: count ?? 1 };
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
    case "lost":
      return `lost: ${times(fault.count)}`;
    case "limit":
      return `limit: ${times(fault.left)} left`;
    default:
      return fault.name;
  }
}

const times = (count: number) => (count === 1 ? "1 request" : `${count} requests`);

/** What a fault does to one request. */
export type Effect =
  { does: "nothing" | "hang" | "cut" } | { does: "late"; delay: number } | { does: "refuse"; error: SfError };

/** The fault in force, counted down as requests come. */
export class Faults {
  #fault: SalesforceFault | undefined;

  get fault(): SalesforceFault | undefined {
    return this.#fault;
  }

  set(fault: SalesforceFault | undefined): void {
    this.#fault = fault;
  }

  /** What happens to a request now. `data`: it is one for records, not for tokens or pages; `writes`: it changes some. */
  take({ data, writes }: { data: boolean; writes: boolean }): { effect: Effect; fault: string | undefined } {
    const fault = this.#fault;
    const effect = this.#effect(fault, data, writes);
    return { effect, fault: fault === undefined || effect.does === "nothing" ? undefined : faultText(fault) };
  }

  #effect(fault: SalesforceFault | undefined, data: boolean, writes: boolean): Effect {
    switch (fault?.name) {
      case "hang":
        return { does: "hang" };
      case "slow":
        return { does: "late", delay: fault.delay };
      case "status":
        return {
          does: "refuse",
          error: refused(fault.status, codeOf(fault.status), "The server refuses: a fault of the stub"),
        };
      case "error":
        if (!data) return { does: "nothing" };
        this.#fault = fault.count > 1 ? { ...fault, count: fault.count - 1 } : undefined;
        return { does: "refuse", error: refused(statusOf(fault.code), fault.code, "A fault of the stub") };
      case "lost":
        if (!data || !writes) return { does: "nothing" };
        this.#fault = fault.count > 1 ? { ...fault, count: fault.count - 1 } : undefined;
        return { does: "cut" };
      default:
        return { does: "nothing" };
    }
  }
}

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
  least: number,
  most: number,
  what: string,
  example: string,
): number {
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= least && value <= most) return value;
  throw wrong(
    `${name} wants ${what}${text === undefined ? "" : `, not "${text}"`}`,
    `for example: cti sim salesforce fail ${example}`,
  );
}

function wrong(message: string, hint: string): CtiError {
  return new CtiError({ code: "input-invalid", message, ...(hint !== "" && { hint }) });
}
