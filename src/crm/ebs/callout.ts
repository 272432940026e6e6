import { numberToDial } from "../../model/dial-plan.ts";
import { CtiError } from "../../model/errors.ts";
import { nearest } from "../../platform/nearest.ts";
import type { Callout, CalloutError, FunctionName, Place } from "./contract.ts";
import { eventHost } from "./event-host.ts";
import { parseQuery, type Query } from "./query.ts";

/** A request that is no callout, and its HTTP status: 404 only when it names no function at all. */
export type CalloutProblem = CalloutError & { status: 200 | 404 };

const functionNames: readonly FunctionName[] = [
  "Register",
  "Login",
  "Ready",
  "NotReady",
  "MakeCall",
  "DialCanonical",
  "CheckStatus",
  "Logout",
  "Unregister",
];

const byName = new Map(functionNames.map((name) => [name.toLowerCase(), name]));

const idForm = /^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$/;
const longestQueue = 100;
const longestNumber = 128;

/**
 * Reads a raw request target, one character for each byte, as a callout (ebs-basic-telephony.md §3). Details never repeat what was sent: it
 * may be a password that slipped into the wrong parameter. Never throws.
 */
export function readCallout(target: string): Callout | CalloutProblem {
  const query = parseQuery(target);
  const asked = query.get("FunctionName");
  if (asked === "")
    return { key: "UnexpectedError", details: "FunctionName is missing from the address", status: 404 };
  const name = byName.get(asked.toLowerCase());
  if (name === undefined) {
    const near = asked.length > 64 ? undefined : nearest(asked, functionNames);
    return unexpected(
      near === undefined
        ? `unknown FunctionName: it may be ${functionNames.join(", ")}`
        : `unknown FunctionName: did you mean ${near}?`,
    );
  }
  const place = placeOf(query);
  if (name === "CheckStatus") return { name, place: "key" in place ? undefined : place };
  return "key" in place ? place : readAt(place, name, query);
}

function readAt(
  place: Place,
  name: Exclude<FunctionName, "CheckStatus">,
  query: Query,
): Callout | CalloutProblem {
  switch (name) {
    case "Register":
      return readRegister(place, query);
    case "Login":
      return readLogin(place, query);
    case "MakeCall":
    case "DialCanonical": {
      const number = readNumber(query);
      return typeof number === "string" ? { name, ...place, number } : number;
    }
    // A password and a queue at Logout mean nothing (§9).
    default:
      return { name, ...place };
  }
}

function placeOf(query: Query): Place | CalloutProblem {
  const extension = query.get("telesetNumber");
  if (extension === "") return { key: "ExtensionNotSpecified", status: 200 };
  const agent = query.get("agentID");
  if (agent === "") return { key: "AgentACDIdNotSpecified", status: 200 };
  if (!idForm.test(extension)) return badId("telesetNumber");
  if (!idForm.test(agent)) return badId("agentID");
  return { extension, agent };
}

function badId(name: string): CalloutProblem {
  return unexpected(
    `${name} may hold letters, digits and . _ @ -, begins with a letter or digit, and has at most 64 characters`,
  );
}

function readRegister(place: Place, query: Query): Callout | CalloutProblem {
  const problem = (details: string): CalloutProblem => ({
    key: "ThirdPartyUrlNotSpecified",
    details,
    status: 200,
  });
  const address = query.get("ipAddress");
  if (address === "") return problem("ipAddress is missing");
  const host = eventHost(address);
  if (host === undefined) return problem("ipAddress is neither an IP address nor a host name");
  const digits = query.get("port");
  if (digits === "") return problem("port is missing");
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) return problem("port is not a number from 1 to 65535");
  return { name: "Register", ...place, host, port };
}

function readLogin(place: Place, query: Query): Callout | CalloutProblem {
  const failed = (details: string): CalloutProblem => ({ key: "LoginFailed", details, status: 200 });
  const password = query.get("agentPassword");
  if (password === "") return failed("agentPassword is missing");
  // Some program before us did not know a letter. To try what is left would only bring the agent nearer to being locked out.
  if (password.includes("\ufffd"))
    return failed(
      "agentPassword holds letters that were lost on their way: send them with percent-encoding, as UTF-8",
    );
  const queue = query.get("agentQueue");
  // oxlint-disable-next-line no-control-regex
  if (queue.length > longestQueue || /[\u0000-\u001f\u007f]/.test(queue))
    return unexpected(`agentQueue is longer than ${longestQueue} characters or holds control characters`);
  return { name: "Login", ...place, password, queue: queue === "" ? undefined : queue };
}

/** A number as people and EBS write it; `+CC (AC) N` is what DialCanonical brings. */
function readNumber(query: Query): string | CalloutProblem {
  const text = query.untrimmed("dialString");
  // A plus sign that was not escaped arrives as a space.
  const given = /^ +[\d(]/.test(text) ? `+${text.trim()}` : text.trim();
  if (given === "") return unexpected("dialString is missing: there is no number to dial");
  const cannot = unexpected(
    `dialString is no number that can be dialled: it may hold digits with + * #, or a name, at most ${longestNumber} characters`,
  );
  if (given.length > longestNumber) return cannot;
  try {
    const number = numberToDial(given);
    return /[\dA-Za-z*#]/.test(number) ? number : cannot;
  } catch (error) {
    if (!(error instanceof CtiError)) throw error;
    return cannot;
  }
}

function unexpected(details: string): CalloutProblem {
  return { key: "UnexpectedError", details, status: 200 };
}
