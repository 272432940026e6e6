import type { Call } from "../../model/call.ts";
import type { AgentStatus } from "../../control/contract.ts";
import type { ConsoleState, Intent } from "../store/state.ts";

/** Where a key works: a view's panel, any of them, or one kind of overlay. */
export type KeyScope = "any" | "work" | "log" | "ladder" | "team" | "queues" | "crm";

/** What a key's rules look at. */
export interface KeySight {
  state: ConsoleState;
  agent: AgentStatus | undefined;
  /** The call that keys mean now. */
  call: Call | undefined;
  /** The other call, where there are two. */
  other: Call | undefined;
}

/** One thing that can be done. The table of these feeds the footer, `?`, `:`, the configuration and `cti help keys`. */
export interface KeyAction {
  /** `answer`; in the configuration `[console.keys] answer = ["a"]`. */
  id: string;
  /** As KeyName writes them, the first one is shown. */
  keys: readonly string[];
  /** One or two words for the footer. */
  label: string;
  /** One sentence for `?`. */
  description: string;
  scope: KeyScope;
  group: "Calls" | "Agent" | "Views" | "Log" | "Console";
  /** Shown at all in this situation: `undefined` hides it from the footer, never from `?`. */
  matters?: (sight: KeySight) => boolean;
  /** Why it cannot be done now; `undefined`: it can. */
  disabled?: (sight: KeySight) => string | undefined;
  /** Cannot be undone: asked first, and refused where the console only watches. */
  dangerous?: boolean;
  /** What it does; `undefined`: nothing after all. */
  intent: (sight: KeySight) => Intent | undefined;
}
