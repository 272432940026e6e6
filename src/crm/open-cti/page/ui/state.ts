import type { Contact, Reasons } from "../../../../model/agent.ts";
import type { CallLayout } from "../../../../model/call-layout.ts";
import type { ErrorData } from "../../../../model/errors.ts";
import type { PageState, ToPage } from "../protocol.ts";

/** How the socket to the connector stands. */
export type SocketState =
  | { phase: "connecting" }
  | { phase: "open" }
  /** `retryAt`: milliseconds of this browser's clock. */
  | { phase: "lost"; retryAt: number }
  /** Closed for good, until the person asks again. */
  | { phase: "ended"; why: "noHello" | "flood" | "replaced" | "tooMany" | "version" };

/**
 * A control of the page that something is under way at, or was said of: `state`, `dial`, `sign-in`, `pairing`, `reasons`, `phone-book`, `crm`,
 * `call:ID`, `tones:ID`, `wrap-up:ID`. Of `names` and `layouts`, which nobody asked for, nothing is said.
 */
export type Place = string;

/** What became of a command, shown where it was given. */
export interface Notice {
  tone: "error" | "warning" | "info";
  text: string;
  /** What it means and what to do. */
  hint?: string;
}

/** What the page shows and knows. Kept whole while the socket is away. */
export interface UiState {
  socket: SocketState;
  /** The connector has answered `hello` once. */
  greeted: boolean;
  agent: string | undefined;
  signIn: "page" | "pairing" | "both" | undefined;
  page: PageState | undefined;
  /** `undefined`: not told yet. */
  leads: boolean | undefined;
  reasons: Reasons | undefined;
  contacts: Contact[] | undefined;
  layouts: CallLayout[] | undefined;
  /** Requests without an answer, by id. */
  running: Readonly<Record<string, { place: Place }>>;
  notices: Readonly<Record<Place, Notice>>;
  /** Notes that were typed and that the connector does not have yet, by callObject. */
  drafts: Readonly<Record<string, string>>;
  /** Milliseconds that the connector's clock is ahead of this browser's. */
  ahead: number;
}

/** Everything that can happen to the page; `at` is this browser's clock in milliseconds. */
export type Happening =
  | { kind: "message"; message: ToPage; at: number }
  | { kind: "socket"; socket: SocketState; lostCommand: string }
  | { kind: "asked"; id: string; place: Place }
  | { kind: "said"; place: Place; notice: Notice }
  | { kind: "dismissed"; place: Place }
  | { kind: "typed"; callObject: string; text: string };

export const initialState: UiState = {
  socket: { phase: "connecting" },
  greeted: false,
  agent: undefined,
  signIn: undefined,
  page: undefined,
  leads: undefined,
  reasons: undefined,
  contacts: undefined,
  layouts: undefined,
  running: {},
  notices: {},
  drafts: {},
  ahead: 0,
};

/** Less than this is a slow network, not another clock. */
const clockTolerance = 2_000;

/** The page after something happened. */
export function reduce(state: UiState, happening: Happening): UiState {
  switch (happening.kind) {
    case "message":
      return received(state, happening.message, happening.at);
    case "socket":
      return moved(state, happening.socket, happening.lostCommand);
    case "asked":
      return {
        ...state,
        running: { ...state.running, [happening.id]: { place: happening.place } },
        notices: without(state.notices, happening.place),
      };
    case "said":
      return { ...state, notices: { ...state.notices, [happening.place]: happening.notice } };
    case "dismissed":
      return { ...state, notices: without(state.notices, happening.place) };
    case "typed":
      return { ...state, drafts: { ...state.drafts, [happening.callObject]: happening.text } };
  }
}

function received(state: UiState, message: ToPage, at: number): UiState {
  switch (message.type) {
    case "hello": {
      const { agent, signIn } = message;
      const known = agent !== undefined && agent === state.agent;
      const kept = known
        ? state
        : {
            ...state,
            page: undefined,
            reasons: undefined,
            contacts: undefined,
            layouts: undefined,
            drafts: {},
          };
      // Who was let in has nothing to read about an attempt before.
      const notices =
        agent === undefined ? kept.notices : without(without(kept.notices, "sign-in"), "pairing");
      // The answer to a pairing, whatever it was.
      const running = withoutPlaces(kept.running, agent === undefined ? ["pairing"] : ["sign-in", "pairing"]);
      return { ...kept, greeted: true, agent, signIn, notices, running };
    }
    case "state":
      return shown(state, message.state, at);
    case "outcome": {
      const { outcome, id } = message;
      const asked = state.running[id];
      const next = { ...state, running: without(state.running, id) };
      if (asked === undefined || outcome.outcome === "confirmed") return next;
      const refused = outcome.refusal;
      const text =
        refused?.words === undefined || outcome.message.includes(refused.words)
          ? outcome.message
          : `${outcome.message}: ${refused.words}`;
      const tone =
        outcome.outcome === "pending" ? "info" : outcome.outcome === "unknown" ? "warning" : "error";
      return told(next, asked.place, {
        tone,
        text,
        ...(refused?.hint !== undefined && { hint: refused.hint }),
      });
    }
    case "error": {
      const asked = message.id === undefined ? undefined : state.running[message.id];
      const next =
        message.id === undefined ? state : { ...state, running: without(state.running, message.id) };
      return told(next, asked?.place ?? placeOfStranger(state), noticeOf(message.error));
    }
    case "reasons":
      return { ...state, running: without(state.running, message.id), reasons: message.reasons };
    case "phone-book":
      return { ...state, running: without(state.running, message.id), contacts: message.contacts };
    case "layouts":
      return { ...state, running: without(state.running, message.id), layouts: message.layouts };
    case "lead":
      return { ...state, leads: message.leads };
    case "signed-out":
      return {
        ...initialState,
        socket: state.socket,
        greeted: state.greeted,
        signIn: state.signIn,
        notices: message.why === "" ? {} : { "sign-in": { tone: "info", text: message.why } },
      };
    case "pop":
    case "pop-now":
    case "save":
    case "alive":
      return state;
  }
}

/** The whole state came: notes that the connector has now are drafts no more, and places of calls that are gone are empty. */
function shown(state: UiState, page: PageState, at: number): UiState {
  const drafts = Object.fromEntries(
    Object.entries(state.drafts).filter(([callObject, text]) => notesOf(page, callObject) !== text),
  );
  const calls = new Set(page.session?.calls.map(({ id }) => id));
  const notices = Object.fromEntries(
    Object.entries(state.notices).filter(([place]) => {
      const call = callOf(place);
      return call === undefined || calls.has(call);
    }),
  );
  return { ...state, page, drafts, notices, ahead: clockOf(state, page, at) };
}

/** The id of the call that a place belongs to. */
function callOf(place: Place): string | undefined {
  return /^[a-z-]+:(.*)$/s.exec(place)?.[1];
}

/** `undefined` where the call is not known. */
function notesOf({ logs }: PageState, callObject: string): string | undefined {
  const found = logs.find(({ log }) => log.callObject === callObject);
  return found === undefined ? undefined : (found.log.notes ?? "");
}

/**
 * How far the connector's clock is ahead: what changed while we watched has just happened, so its time is now. Two that agree to within
 * the tolerance are the same.
 */
function clockOf({ page: before, ahead }: UiState, page: PageState, at: number): number {
  const was = latestChange(before);
  const is = latestChange(page);
  if (before?.session === undefined || is === undefined || (was !== undefined && is <= was)) return ahead;
  const difference = is - at;
  return Math.abs(difference) < clockTolerance ? 0 : difference;
}

function latestChange(page: PageState | undefined): number | undefined {
  const times = [
    page?.session?.state?.stateChangeTime,
    ...(page?.session?.calls ?? []).map(({ stateSince }) => stateSince),
  ]
    .map((time) => (time === undefined ? Number.NaN : Date.parse(time)))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Nobody waits for these. */
const quiet: ReadonlySet<Place> = new Set(["reasons", "phone-book", "names", "layouts"]);

/** What was asked when the connection went has no answer any more; what was typed and shown stays. */
function moved(state: UiState, socket: SocketState, lostCommand: string): UiState {
  if (socket.phase === "open" || socket.phase === "connecting") return { ...state, socket };
  const lost = Object.values(state.running).filter(({ place }) => !quiet.has(place));
  const notices = Object.fromEntries(
    lost.map(({ place }): [Place, Notice] => [place, { tone: "warning", text: lostCommand }]),
  );
  return { ...state, socket, running: {}, notices: { ...state.notices, ...notices } };
}

export function noticeOf({ message, why, hint }: ErrorData): Notice {
  const text = why === undefined || message.includes(why) ? message : `${message}: ${why}`;
  return { tone: "error", text, ...(hint !== undefined && { hint }) };
}

/** An error that answers nothing is said where the person is looking. */
function placeOfStranger({ agent, running }: UiState): Place {
  if (agent !== undefined) return "page";
  return Object.values(running).some(({ place }) => place === "pairing") ? "pairing" : "sign-in";
}

/** Beside its control; what is said of a call that is gone meanwhile has none any more. */
function told(state: UiState, asked: Place, notice: Notice): UiState {
  const call = callOf(asked);
  const isGone = call !== undefined && state.page?.session?.calls.some(({ id }) => id === call) !== true;
  const place = isGone ? "page" : asked;
  return { ...state, notices: { ...state.notices, [place]: notice } };
}

function without<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Readonly<Record<string, Value>> {
  if (!Object.hasOwn(record, key)) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function withoutPlaces(running: UiState["running"], places: readonly Place[]): UiState["running"] {
  return Object.fromEntries(Object.entries(running).filter(([, { place }]) => !places.includes(place)));
}
