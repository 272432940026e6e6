import type { AgentStatus } from "../../control/contract.ts";
import type { Call } from "../../model/call.ts";
import type { Outcome } from "../../model/commands.ts";
import type { ErrorData } from "../../model/errors.ts";
import { words } from "../words.ts";
import {
  type Action,
  type CommandIntent,
  type ConsoleOptions,
  type ConsoleState,
  flashTime,
  type Intent,
  type Message,
} from "./state.ts";

const messagesKept = 200;
const numbersKept = 100;
const linesKept = 100;

export function initialState(profile: string, options: ConsoleOptions): ConsoleState {
  return {
    size: { columns: 80, rows: 24 },
    profile,
    link: { state: "connecting" },
    connector: undefined,
    agent: undefined,
    view: "work",
    focus: "calls",
    chosenCall: undefined,
    overlays: [],
    running: [],
    flash: undefined,
    messages: [],
    reasons: undefined,
    phoneBook: undefined,
    layouts: undefined,
    team: undefined,
    queues: undefined,
    numbers: { dialled: [], called: [] },
    commandLines: [],
    options,
  };
}

/** The one way the console's state changes. Pure. */
export function reduce(state: ConsoleState, action: Action): ConsoleState {
  switch (action.type) {
    case "size":
      return { ...state, size: { columns: action.columns, rows: action.rows } };
    case "link":
      return { ...state, link: action.link };
    case "status":
      return withChosenCall({ ...state, connector: action.status });
    case "agent":
      return withChosenCall(withAgent(state, action.agent, action.status));
    case "call":
      return withCall(state, action);
    case "ran":
      return {
        ...state,
        running: [...state.running, { id: action.id, intent: action.intent, since: action.now }],
        numbers: dialledNumber(state.numbers, action.intent),
      };
    case "outcome":
      return flash(withoutRunning(state, action.id), outcomeMessage(action.outcome), action.now);
    case "failed":
      return flash(withoutRunning(state, action.id), errorMessage(action.error), action.now);
    case "reasons":
      return { ...state, reasons: action.reasons };
    case "phone-book":
      return { ...state, phoneBook: action.contacts };
    case "layouts":
      return { ...state, layouts: action.layouts };
    case "team":
      return { ...state, team: action.team };
    case "queues":
      return { ...state, queues: action.queues };
    case "flash-over": {
      const over = state.flash !== undefined && action.now - state.flash.at >= flashTime;
      return over ? { ...state, flash: undefined } : state;
    }
    case "intent":
      return reduceIntent(state, action.intent, action.now);
  }
}

/** The agent this console works for, as last heard. */
export function ownAgent({
  connector,
  agent,
}: Pick<ConsoleState, "connector" | "agent">): AgentStatus | undefined {
  if (agent === undefined) return undefined;
  return connector?.agents.find(
    (each) => each.agent === agent || each.state?.id === agent || each.state?.loginName === agent,
  );
}

/** The call that keys mean: the chosen one while it lives, else the one that most needs somebody. */
export function ownCall(state: Pick<ConsoleState, "connector" | "agent" | "chosenCall">): Call | undefined {
  const calls = ownAgent(state)?.calls ?? [];
  return (
    calls.find(({ id }) => id === state.chosenCall) ?? calls.toSorted((a, b) => urgency(b) - urgency(a))[0]
  );
}

function urgency({ state, actions }: Call): number {
  if (actions.includes("ANSWER")) return 5;
  const order = ["DROPPED", "WRAP_UP", "FAILED", "HELD", "INITIATED", "ACTIVE"];
  return order.indexOf(state);
}

function reduceIntent(state: ConsoleState, intent: Intent, now: number): ConsoleState {
  switch (intent.do) {
    case "show":
      return {
        ...state,
        view: intent.view,
        // Whoever comes from elsewhere wants the calls' keys: r is ready, not raw.
        focus: intent.view === "work" ? "calls" : "log",
        overlays: [],
      };
    case "focus":
      return { ...state, focus: intent.panel };
    case "choose-call":
      return { ...state, chosenCall: intent.call };
    case "choose-agent":
      return {
        ...state,
        agent: intent.agent,
        chosenCall: undefined,
        reasons: undefined,
        phoneBook: undefined,
        layouts: undefined,
        team: undefined,
        queues: undefined,
        overlays: [],
      };
    case "open":
      return { ...state, overlays: [...state.overlays, intent.overlay] };
    case "back": {
      if (state.overlays.length > 0) return { ...state, overlays: state.overlays.slice(0, -1) };
      return state.view === "work"
        ? { ...state, focus: "calls" }
        : { ...state, view: "work", focus: "calls" };
    }
    case "say":
      return flash(state, intent.message, now);
    case "set-option":
      return { ...state, options: { ...state.options, [intent.option]: intent.value } };
    case "line":
      return {
        ...state,
        commandLines: [intent.line, ...state.commandLines.filter((line) => line !== intent.line)].slice(
          0,
          linesKept,
        ),
      };
    default:
      return state;
  }
}

function withAgent(state: ConsoleState, agent: string, status: AgentStatus | undefined): ConsoleState {
  const { connector } = state;
  if (connector === undefined) return state;
  const others = connector.agents.filter((each) => each.agent !== agent);
  const at = connector.agents.findIndex((each) => each.agent === agent);
  const agents =
    status === undefined ? others : at < 0 ? [...others, status] : connector.agents.with(at, status);
  return { ...state, connector: { ...connector, agents } };
}

function withCall(state: ConsoleState, { agent, call, phase, now }: Action & { type: "call" }): ConsoleState {
  const { connector } = state;
  const status = connector?.agents.find((each) => each.agent === agent);
  if (status === undefined) return state;
  const known = status.calls.some(({ id }) => id === call.id);
  const others = status.calls.filter(
    ({ id, interaction }) => id !== call.id && interaction !== call.interaction,
  );
  const calls =
    phase === "ended"
      ? others
      : known
        ? status.calls.map((each) => (each.id === call.id ? call : each))
        : [...others, call];
  const next = withChosenCall(withAgent(state, agent, { ...status, calls }));
  return ownAgent(state)?.agent === agent
    ? { ...next, numbers: calledNumber(state.numbers, call, now) }
    : next;
}

/** A choice that is gone is no choice. */
function withChosenCall(state: ConsoleState): ConsoleState {
  if (state.chosenCall === undefined) return state;
  const there = ownAgent(state)?.calls.some(({ id }) => id === state.chosenCall) === true;
  return there ? state : { ...state, chosenCall: undefined };
}

function withoutRunning(state: ConsoleState, id: string | undefined): ConsoleState {
  return { ...state, running: state.running.filter((each) => each.id !== id) };
}

function flash(state: ConsoleState, message: Omit<Message, "at">, now: number): ConsoleState {
  const at: Message = { ...message, at: now };
  return { ...state, flash: at, messages: [...state.messages, at].slice(-messagesKept) };
}

function outcomeMessage(outcome: Outcome): Omit<Message, "at"> {
  const { message, refusal } = outcome;
  const hint = refusal?.hint;
  switch (outcome.outcome) {
    case "confirmed":
      return { level: "good", text: message, hint };
    case "pending":
      return { level: "info", text: message, hint };
    case "refused":
      return { level: "error", text: words.refused(message), hint };
    case "unknown":
      return { level: "warn", text: message, hint };
  }
}

export function errorMessage({ message, why, hint }: ErrorData): Omit<Message, "at"> {
  return { level: "error", text: why === undefined ? message : `${message}: ${why}`, hint };
}

function dialledNumber(numbers: ConsoleState["numbers"], intent: CommandIntent): ConsoleState["numbers"] {
  if (!("number" in intent) || intent.number === undefined) return numbers;
  const { number } = intent;
  return {
    ...numbers,
    dialled: [number, ...numbers.dialled.filter((each) => each !== number)].slice(0, numbersKept),
  };
}

function calledNumber(numbers: ConsoleState["numbers"], call: Call, now: number): ConsoleState["numbers"] {
  const number = call.customer ?? call.party;
  if (call.direction === "out" || number === "") return numbers;
  const before = numbers.called.find((each) => each.number === number);
  const answered = call.state === "ACTIVE" || call.state === "HELD" || (before?.answered ?? false);
  if (before !== undefined && before.answered === answered && numbers.called[0] === before) return numbers;
  const others = numbers.called.filter((each) => each.number !== number);
  return { ...numbers, called: [{ number, at: now, answered }, ...others].slice(0, numbersKept) };
}
