import type { Agent } from "./agent.ts";
import type { Call } from "./call.ts";

/** What can be asked of a signed-in agent's session. `call` is a dialog id; without it the session picks the only call that fits. */
export type AgentCommand =
  | { verb: "ready" }
  /** `reason`: label, code or id. */
  | { verb: "not-ready"; reason?: string }
  | { verb: "logout"; reason?: string }
  | { verb: "dial"; number: string }
  | { verb: "answer"; call?: string }
  | { verb: "hold"; call?: string }
  | { verb: "retrieve"; call?: string }
  | { verb: "drop"; call?: string }
  /** Holds the call and calls `number`. */
  | { verb: "consult"; number: string; call?: string }
  /** With `number`: at once and blind. Without: completes the running consult; `call` is then the held one. */
  | { verb: "transfer"; number?: string; call?: string }
  /** Joins the consulted party; `call` is the held one. */
  | { verb: "conference"; call?: string }
  | { verb: "dtmf"; digits: string; call?: string }
  | { verb: "set"; variables: Record<string, string>; call?: string }
  /** `reasons`: labels or ids; UCCE takes one, UCCX several. */
  | { verb: "wrap-up"; reasons: string[]; call?: string };

export type Verb = AgentCommand["verb"] | "login";

/** Mobile agent sign-in of reference/finesse.md §5. */
export interface MobileAgentLogin {
  mode: "CALL_BY_CALL" | "NAILED_CONNECTION";
  dialNumber: string;
}

/** A "no": Finesse's, the switch's, or our own where asking would be pointless (then without `words`). */
export interface Refusal {
  /** Finesse's ErrorType. */
  type: string;
  /** ErrorData or peripheral code. */
  code: string | undefined;
  /** ErrorMessage or peripheral text, as received. */
  words: string | undefined;
  /** What it means and what to do, in plain words. */
  hint: string | undefined;
  /** True when the refusal came as a late notification from CTI, false when on the HTTP answer. */
  late: boolean;
}

/** design §5.2. `unknown` means the time ran out; `agent` and `call` then show what a re-read found. */
export interface Outcome {
  verb: Verb;
  outcome: "confirmed" | "pending" | "refused" | "unknown";
  agent: string;
  /** Id that ties the command to its REST call, events and trace. */
  cause: string;
  /** One sentence for a person. */
  message: string;
  /** Milliseconds from the request to the outcome. */
  elapsed: number;
  refusal?: Refusal;
  /** The agent's state after the outcome. */
  state?: Agent;
  call?: Call;
}
