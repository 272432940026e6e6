import type { Outcome } from "../model/commands.ts";
import { errorExitCodes } from "../model/errors.ts";
import { type Paint, printable } from "../platform/terminal.ts";
import { agentLabel } from "./agents.ts";
import { lookOf } from "../words/states.ts";

/** design §5.6: pending is success. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.outcome) {
    case "confirmed":
    case "pending":
      return 0;
    case "refused":
      return errorExitCodes.refused;
    case "unknown":
      return errorExitCodes["outcome-unknown"];
  }
}

/** An outcome for a person. What went well is one line; a refusal and an unknown outcome have the form of an error. */
export function outcomeText(outcome: Outcome, paint: Paint): string {
  switch (outcome.outcome) {
    case "confirmed":
      return `${paint("green", "✓")} ${sentence(outcome, paint)}`;
    case "pending":
      return `${paint("yellow", "…")} ${sentence(outcome, paint)}`;
    case "refused":
      return refusedText(outcome, paint);
    case "unknown":
      return unknownText(outcome, paint);
  }
}

/** `1001 Ayesha Khan is READY`; for calls the call comes first. */
function sentence(outcome: Outcome, paint: Paint): string {
  const who = agentLabel(outcome.agent, outcome.state);
  const message = printable(outcome.message);
  switch (outcome.verb) {
    case "ready":
    case "not-ready":
    case "logout":
      return `${who} ${outcome.outcome === "pending" ? "will be" : "is"} ${stateColoured(message, outcome, paint)}`;
    case "login": {
      const state = outcome.state?.state;
      return `${who} is ${message}${state === undefined ? "" : `: ${coloured(state, paint)}`}`;
    }
    default:
      return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  }
}

function stateColoured(message: string, outcome: Outcome, paint: Paint): string {
  const state = outcome.state?.state;
  return state === undefined
    ? message
    : message.replace(new RegExp(`\\b${escaped(state)}\\b`), coloured(state, paint));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function coloured(state: string, paint: Paint): string {
  return paint(lookOf(state).style, printable(state));
}

function refusedText(outcome: Outcome, paint: Paint): string {
  const { refusal } = outcome;
  const lines = [
    `${paint("red", "✗")} ${paint("bold", `${outcome.verb} was refused: ${printable(outcome.message)}`)}`,
  ];
  if (refusal !== undefined) {
    if (refusal.words !== undefined && refusal.words !== "") {
      lines.push(line("why:", `${refusal.late ? "the switch" : "Finesse"} says ${refusal.words}`, paint));
    }
    if (refusal.hint !== undefined) lines.push(line("next:", refusal.hint, paint));
  }
  return lines.join("\n");
}

function unknownText(outcome: Outcome, paint: Paint): string {
  const seconds = (outcome.elapsed / 1000).toFixed(1);
  const lines = [
    `${paint("yellow", "?")} ${paint("bold", `the outcome of ${outcome.verb} is unknown after ${seconds} s`)}`,
    line("why:", outcome.message, paint),
  ];
  const seen = [
    ...(outcome.state === undefined
      ? []
      : [`${agentLabel(outcome.agent, outcome.state)} is ${outcome.state.state}`]),
    ...(outcome.call === undefined
      ? []
      : [`call ${outcome.call.id} with ${outcome.call.party} is ${outcome.call.state}`]),
  ];
  if (seen.length > 0) lines.push(line("seen:", seen.join("; "), paint));
  lines.push(line("next:", "look with cti status before you ask again", paint));
  return lines.join("\n");
}

function line(label: string, text: string, paint: Paint): string {
  return `  ${paint("dim", label.padEnd(5))} ${printable(text)}`;
}
