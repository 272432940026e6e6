import type { ErrorData } from "../../model/errors.ts";
import { editField, fieldOf, pasteInto, type TextField } from "../overlays/text-field.ts";
import type { ProbeReport, ProbeStep } from "./contract.ts";
import { firstRunWords } from "./first-run-words.ts";

/** Where somebody is who has no configuration yet. */
export type FirstRunState =
  | { at: "choice"; chosen: number }
  | { at: "starting" }
  | { at: "address"; field: TextField; error: ErrorData | undefined }
  /** `pin`: of a certificate that was compared. */
  | { at: "trying"; address: string; pin: string | undefined; steps: readonly ProbeStep[] }
  | { at: "tried"; address: string; report: ProbeReport }
  | { at: "writing"; report: ProbeReport }
  /** What could not be started or written; esc goes to `back`. */
  | { at: "failed"; error: ErrorData; back: FirstRunState }
  /** It is decided: the console itself is next. */
  | { at: "over" };

export type FirstRunEvent =
  | { type: "key"; key: string }
  | { type: "paste"; text: string }
  | { type: "step"; step: ProbeStep }
  | { type: "report"; report: ProbeReport }
  | { type: "failed"; error: ErrorData }
  | { type: "seated" };

/** What is to be done besides drawing; an effect under way is given up when another one or `stop` comes. */
export type FirstRunEffect =
  | { do: "simulator" }
  | { do: "probe"; address: string; pin: string | undefined }
  | { do: "keep"; report: ProbeReport }
  | { do: "stop" }
  | { do: "leave" };

export interface FirstRunStep {
  state: FirstRunState;
  effect?: FirstRunEffect;
}

export const firstRunAtStart: FirstRunState = { at: "choice", chosen: 0 };

/** What an event makes of the state. Pure; an event that means nothing now changes nothing. */
export function firstRunOn(state: FirstRunState, event: FirstRunEvent): FirstRunStep {
  switch (event.type) {
    case "key":
      return event.key === "ctrl+c" ? { state, effect: { do: "leave" } } : onKey(state, event.key);
    case "paste":
      return state.at === "address"
        ? { state: { ...state, field: pasteInto(state.field, event.text.trim()), error: undefined } }
        : { state };
    case "step":
      return state.at === "trying" ? { state: { ...state, steps: [...state.steps, event.step] } } : { state };
    case "report":
      return state.at === "trying"
        ? { state: { at: "tried", address: state.address, report: event.report } }
        : { state };
    case "failed":
      return { state: onFailure(state, event.error) };
    case "seated":
      return state.at === "starting" || state.at === "writing" ? { state: { at: "over" } } : { state };
  }
}

function onFailure(state: FirstRunState, error: ErrorData): FirstRunState {
  switch (state.at) {
    case "trying":
      return { at: "address", field: fieldOf(state.address), error };
    case "starting":
      return { at: "failed", error, back: firstRunAtStart };
    case "writing":
      return {
        at: "failed",
        error,
        back: { at: "tried", address: state.report.address, report: state.report },
      };
    default:
      return state;
  }
}

function onKey(state: FirstRunState, key: string): FirstRunStep {
  switch (state.at) {
    case "choice":
      return onChoice(state, key);
    case "address":
      return onAddress(state, key);
    case "trying":
      return key === "esc" ? { state: asking(state.address), effect: { do: "stop" } } : { state };
    case "tried":
      return onTried(state, key);
    case "failed":
      if (key === "q") return { state, effect: { do: "leave" } };
      return { state: key === "esc" ? state.back : state };
    case "starting":
    case "writing":
      return key === "q" ? { state, effect: { do: "leave" } } : { state };
    case "over":
      return { state };
  }
}

function onChoice(state: FirstRunState & { at: "choice" }, key: string): FirstRunStep {
  const count = firstRunWords.choices.length;
  const choose = (chosen: number): FirstRunStep =>
    chosen === 0 ? { state: { at: "starting" }, effect: { do: "simulator" } } : { state: asking("") };
  switch (key) {
    case "up":
    case "k":
      return { state: { ...state, chosen: Math.max(0, state.chosen - 1) } };
    case "down":
    case "j":
    case "tab":
      return { state: { ...state, chosen: Math.min(count - 1, state.chosen + 1) } };
    case "enter":
      return choose(state.chosen);
    case "q":
    case "esc":
      return { state, effect: { do: "leave" } };
    default: {
      const typed = Number(key);
      return Number.isInteger(typed) && typed >= 1 && typed <= count ? choose(typed - 1) : { state };
    }
  }
}

function onAddress(state: FirstRunState & { at: "address" }, key: string): FirstRunStep {
  if (key === "esc") return { state: { at: "choice", chosen: 1 } };
  const address = state.field.text.trim();
  if (key === "enter") return address === "" ? { state } : trying(address, undefined);
  const field = editField(state.field, key);
  return { state: field === undefined ? state : { ...state, field, error: undefined } };
}

function onTried(state: FirstRunState & { at: "tried" }, key: string): FirstRunStep {
  const { address, report } = state;
  if (key === "esc") return { state: asking(address) };
  if (key === "r") return trying(address, report.pin);
  if (key === "p" && report.certificate !== undefined) return trying(address, report.certificate.fingerprint);
  if (key === "enter" && report.error === undefined)
    return { state: { at: "writing", report }, effect: { do: "keep", report } };
  return { state };
}

function asking(address: string): FirstRunState {
  return { at: "address", field: fieldOf(address), error: undefined };
}

function trying(address: string, pin: string | undefined): FirstRunStep {
  return { state: { at: "trying", address, pin, steps: [] }, effect: { do: "probe", address, pin } };
}
