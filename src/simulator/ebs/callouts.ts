import type { Seat } from "./contract.ts";

/** The callouts by the documents' names (reference §3), and by the words of the command line. */
export const calloutWords = {
  register: "Register",
  login: "Login",
  ready: "Ready",
  "not-ready": "NotReady",
  dial: "MakeCall",
  "dial-canonical": "DialCanonical",
  check: "CheckStatus",
  logout: "Logout",
  unregister: "Unregister",
} as const;

export type CalloutName = (typeof calloutWords)[keyof typeof calloutWords];

export const calloutNames: readonly CalloutName[] = Object.values(calloutWords);

export interface CalloutArguments {
  /** dialString of MakeCall and DialCanonical. */
  number?: string;
  /** As a client that escapes no plus sign, which then reads as a space (reference §3). */
  unescaped?: boolean;
}

/** What a seat has to say of itself. */
export interface CalloutFacts extends Seat {
  /** Address of the seat's event listener. */
  ipAddress: string;
  port: number;
  password: string;
  queue: string;
}

/** Path and query of a callout: names and order as in the documents (reference §3). */
export function calloutTarget(
  name: CalloutName,
  facts: CalloutFacts,
  { number = "", unescaped = false }: CalloutArguments = {},
): string {
  const written = (value: string) => {
    const escaped = encodeURIComponent(value.toWellFormed());
    return unescaped ? escaped.replaceAll("%2B", "+") : escaped;
  };
  const pairs = [["FunctionName", name], ...parametersOf(name, facts, number)];
  return `/?${pairs.map(([key = "", value = ""]) => `${key}=${written(value)}`).join("&")}`;
}

function parametersOf(name: CalloutName, facts: CalloutFacts, number: string): string[][] {
  const who = [
    ["telesetNumber", facts.extension],
    ["agentID", facts.agent],
  ];
  switch (name) {
    case "Register":
      return [...who, ["ipAddress", facts.ipAddress], ["port", String(facts.port)]];
    case "Login":
    case "Logout":
      return [...who, ["agentPassword", facts.password], ["agentQueue", facts.queue]];
    case "MakeCall":
    case "DialCanonical":
      return [...who, ["dialString", number]];
    case "CheckStatus":
      return [];
    case "Ready":
    case "NotReady":
    case "Unregister":
      return who;
  }
}

/** The target as it may be kept and shown. */
export function maskedTarget(target: string): string {
  return target.replace(/(agentPassword=)[^&]*/, "$1•••");
}
