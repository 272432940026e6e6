import { type Call, isReleased } from "../../model/call.ts";
import type { Outcome } from "../../model/commands.ts";
import type { CtiError } from "../../model/errors.ts";
import type { CtiPort } from "../adapter.ts";
import type { CalloutError, Place, Registration } from "./contract.ts";

/** Words for the person at EBS, who has a phone and a customer in front of him, and no command line. */

export function notLoggedIn({ agent }: Place): CalloutError {
  return {
    key: "UnexpectedError",
    details: `agent ${agent} is not logged in from this computer: log in at EBS first`,
  };
}

/** What is wrong with the link of a place that is logged in. */
export function linkTrouble(registration: Registration, port: Pick<CtiPort, "status">): string | undefined {
  const { agent, session } = registration;
  const status = port.status(session ?? agent);
  if (status === undefined) return `agent ${agent} is not signed in any more: log in again`;
  if (status.link.state === "conflict") return `agent ${agent} is signed in elsewhere: log in again`;
  if (status.link.state !== "connected")
    return `agent ${agent} has no link to Finesse at the moment (${status.link.state}); it is made again by itself`;
  if (status.service === "out-of-service") return "Finesse is out of service";
  return undefined;
}

/** Why a command could not even be tried: what is wrong with the link, in one form of words whatever was asked, or the error's own. */
export function troubled(
  registration: Registration,
  error: CtiError,
  port: Pick<CtiPort, "status">,
): CalloutError {
  const trouble = linkTrouble(registration, port);
  return trouble === undefined ? unexpected(error) : { key: "UnexpectedError", details: trouble };
}

/** The agent works already, at another phone: a success would have him wait for calls at this one. */
export function atAnotherPhone({ agent, extension }: Place, signedInOn: string): CalloutError {
  return {
    key: "LoginFailed",
    details: `agent ${agent} is signed in on extension ${signedInOn}, not ${extension}: log out there first`,
  };
}

/** Why a command was not done. */
export function outcomeWords({ message, refusal }: Pick<Outcome, "message" | "refusal">): string {
  const hint = withoutCommands(refusal?.hint ?? "");
  return hint === "" || message.includes(hint) ? message : `${message} (${hint})`;
}

export function refusedLogin(error: CtiError): CalloutError {
  const isRefusal = error.code === "credentials-refused" || error.code === "locked-out";
  return { key: isRefusal ? "LoginFailed" : "UnexpectedError", details: errorWords(error) };
}

export function unexpected(error: CtiError): CalloutError {
  return { key: "UnexpectedError", details: errorWords(error) };
}

/** Why a number was not dialled: mostly because there is a call, which Finesse's own words do not say. */
export function notDialled(outcome: Pick<Outcome, "message" | "refusal">, calls: readonly Call[]): string {
  const other = calls.find((each) => !isReleased(each));
  if (other === undefined) return outcomeWords(outcome);
  return `there is a call with ${other.party === "" ? "somebody" : other.party}, and nothing is dialled beside it: ${outcome.message}`;
}

function errorWords({ message, why }: Pick<CtiError, "message" | "why">): string {
  return why === undefined ? message : `${message}: ${why}`;
}

/** A hint without those of its parts that name a command of ours: `end the call first: cti drop` is `end the call first`. */
export function withoutCommands(hint: string): string {
  const bare = hint.replace(/\s*\([^()]*\bcti\s[^()]*\)/g, "");
  const parts = bare.split(/(?<=[:;,])\s+/).filter((part) => !/(^|\s)cti\s/.test(part));
  return parts.join(" ").replace(/[:;,]$/, "");
}
