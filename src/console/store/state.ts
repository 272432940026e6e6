import type { AgentStatus, ConnectorStatus } from "../../control/contract.ts";
import type { Contact, Reasons } from "../../model/agent.ts";
import type { Call } from "../../model/call.ts";
import type { CallLayout } from "../../model/call-layout.ts";
import type { Outcome } from "../../model/commands.ts";
import type { ErrorData } from "../../model/errors.ts";
import type { Queue } from "../../model/queue.ts";
import type { Team } from "../../model/team.ts";

/** Everything the screen is drawn from, events aside (those are the log's, see log/). Changed only by `reduce`. */
export interface ConsoleState {
  /** Columns and rows of the terminal. */
  size: { columns: number; rows: number };
  profile: string;
  link: ConnectorLink;
  /** As last heard; kept while the connector is away, so that nothing is lost on the screen. */
  connector: Pick<ConnectorStatus, "agents" | "adapters" | "deliveries" | "version"> | undefined;
  /** Whom this console works for. `undefined`: nobody yet, the agents' list or sign-in is shown. */
  agent: string | undefined;
  view: View;
  /** Which panel of the view has the keys. */
  focus: "calls" | "log";
  /** Dialog id of the chosen call; the newest that needs something when absent. */
  chosenCall: string | undefined;
  /** What lies over the view, the last one on top. */
  overlays: readonly Overlay[];
  /** Commands under way: shown, and their keys are off until the outcome. */
  running: readonly RunningCommand[];
  /** The line that says what came of the last one; gone after `flashTime`. */
  flash: Message | undefined;
  /** The last of them, oldest first, for `:messages`. */
  messages: readonly Message[];
  /** As last read; absent until asked for. */
  reasons: Reasons | undefined;
  phoneBook: readonly Contact[] | undefined;
  /** How Finesse's administrator wants call data shown. */
  layouts: readonly CallLayout[] | undefined;
  team: Loaded<Team> | undefined;
  queues: Loaded<readonly Queue[]> | undefined;
  /** Numbers dialled and numbers that called, newest first. */
  numbers: { dialled: readonly string[]; called: readonly CalledNumber[] };
  /** Lines typed after `:`, newest first. */
  commandLines: readonly string[];
  options: ConsoleOptions;
}

/** This console's way to the connector. */
export type ConnectorLink =
  | { state: "connecting" }
  | { state: "connected" }
  /** The worker is being restarted, or is gone; tried again at `retryAt`, milliseconds since the epoch. */
  | { state: "lost"; error: ErrorData; since: number; retryAt: number };

export const views = ["work", "log", "ladder", "team", "queues", "crm"] as const;
export type View = (typeof views)[number];

export type Overlay =
  | { kind: "help"; filter: string }
  | { kind: "palette"; line: string }
  | { kind: "sign-in" }
  | { kind: "agents" }
  | { kind: "dial"; purpose: "dial" | "consult" | "transfer"; call: string | undefined }
  | { kind: "reasons"; purpose: "not-ready" | "logout" }
  | { kind: "wrap-up"; call: string }
  | { kind: "variables"; call: string }
  | { kind: "dtmf"; call: string }
  | { kind: "messages" }
  /** Asked before something that cannot be undone. */
  | { kind: "confirm"; question: string; yes: Intent }
  | { kind: "quit" };

export interface RunningCommand {
  id: string;
  intent: CommandIntent;
  /** Milliseconds since the epoch. */
  since: number;
}

export interface Message {
  level: "info" | "good" | "warn" | "error";
  text: string;
  /** What to do next. */
  hint: string | undefined;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface Loaded<Value> {
  value: Value | undefined;
  error: ErrorData | undefined;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface CalledNumber {
  number: string;
  /** Milliseconds since the epoch. */
  at: number;
  answered: boolean;
}

export interface ConsoleOptions {
  theme: "auto" | "dark" | "light" | "none";
  mouse: boolean;
  bell: boolean;
  notifications: boolean;
  /** How the event log begins; times of day unless told otherwise. */
  times?: "absolute" | "relative";
  /** Key ids → keys, as configured; see keys/table.ts. */
  keys: Readonly<Record<string, readonly string[]>>;
  /** Nothing can be changed: watching only. */
  readOnly: boolean;
}

/** What a person wants of the phone; `call` is a dialog id. */
export type CommandIntent =
  | { do: "ready" }
  | { do: "not-ready"; reason: string | undefined }
  | { do: "logout"; reason: string | undefined }
  | { do: "dial"; number: string }
  | { do: "answer" | "hold" | "retrieve" | "drop" | "conference"; call: string }
  | { do: "consult"; call: string; number: string }
  /** Without `number` it completes the running consult. */
  | { do: "transfer"; call: string; number: string | undefined }
  | { do: "dtmf"; call: string; digits: string }
  | { do: "set"; call: string; variables: Record<string, string> }
  | { do: "wrap-up"; call: string; reasons: string[] };

/** Everything a key, the palette or a click can mean. */
export type Intent =
  | CommandIntent
  | { do: "sign-in"; agent: string; extension: string; password: string }
  | { do: "show"; view: View }
  | { do: "focus"; panel: ConsoleState["focus"] }
  | { do: "choose-call"; call: string }
  | { do: "choose-agent"; agent: string }
  | { do: "open"; overlay: Overlay }
  /** Closes the top overlay; without one, back to the work view. */
  | { do: "back" }
  | { do: "reload" }
  | { do: "retry-deliveries" }
  | { do: "copy"; text: string }
  | { do: "say"; message: Omit<Message, "at"> }
  | { do: "set-option"; option: "theme" | "mouse" | "bell" | "notifications"; value: string | boolean }
  | { do: "line"; line: string }
  /** What `/` does in the log; empty takes the filter away. */
  | { do: "filter"; text: string }
  /** Writes the ladder of the call that is meant. */
  | { do: "export"; file: string; format: "svg" | "txt" }
  | { do: "log"; op: LogOp }
  | { do: "ladder"; op: LadderOp }
  | { do: "quit"; sure: boolean };

/** What keys do in the event log. */
export type LogOp =
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "start"
  | "end"
  | "pause"
  | "detail"
  | "raw"
  | "filter"
  | "times"
  | "copy";

/** What keys do in the ladder. */
export type LadderOp = "up" | "down" | "page-up" | "page-down" | "start" | "end" | "raw" | "reload" | "copy";

/** What changes the state. */
export type Action =
  | { type: "size"; columns: number; rows: number }
  | { type: "link"; link: ConnectorLink }
  | {
      type: "status";
      status: Pick<ConnectorStatus, "agents" | "adapters" | "deliveries" | "version">;
      now: number;
    }
  /** One agent's status was read again; `undefined`: not signed in any more. */
  | { type: "agent"; agent: string; status: AgentStatus | undefined }
  | { type: "call"; agent: string; call: Call; phase: "open" | "released" | "ended"; now: number }
  | { type: "ran"; id: string; intent: CommandIntent; now: number }
  | { type: "outcome"; id: string; outcome: Outcome; now: number }
  | { type: "failed"; id: string | undefined; error: ErrorData; now: number }
  | { type: "reasons"; reasons: Reasons }
  | { type: "phone-book"; contacts: readonly Contact[] }
  | { type: "layouts"; layouts: readonly CallLayout[] }
  | { type: "team"; team: Loaded<Team> }
  | { type: "queues"; queues: Loaded<readonly Queue[]> }
  /** What only changes the screen. */
  | { type: "intent"; intent: Intent; now: number }
  | { type: "flash-over"; now: number };

/** Milliseconds a message stays in the flash line. */
export const flashTime = 6000;
