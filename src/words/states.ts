import type { Style } from "../platform/terminal.ts";

/** How a state is shown: never by colour alone. */
export interface StateLook {
  symbol: string;
  style: Style;
}

const looks: Readonly<Record<string, StateLook>> = {
  READY: { symbol: "●", style: "green" },
  NOT_READY: { symbol: "○", style: "yellow" },
  RESERVED: { symbol: "◐", style: "magenta" },
  RESERVED_OUTBOUND: { symbol: "◐", style: "magenta" },
  RESERVED_OUTBOUND_PREVIEW: { symbol: "◐", style: "magenta" },
  TALKING: { symbol: "◆", style: "cyan" },
  HOLD: { symbol: "◇", style: "cyan" },
  WORK: { symbol: "◍", style: "blue" },
  WORK_READY: { symbol: "◍", style: "blue" },
  LOGOUT: { symbol: "×", style: "dim" },
  // A call's own leg.
  ALERTING: { symbol: "◐", style: "magenta" },
  INITIATING: { symbol: "◌", style: "magenta" },
  INITIATED: { symbol: "◌", style: "magenta" },
  ACTIVE: { symbol: "◆", style: "cyan" },
  HELD: { symbol: "◇", style: "yellow" },
  WRAP_UP: { symbol: "◍", style: "blue" },
  FAILED: { symbol: "×", style: "red" },
  DROPPED: { symbol: "×", style: "dim" },
};

/** States are an open set: one we do not know is shown as it is. */
export function lookOf(state: string | undefined): StateLook {
  return looks[state ?? ""] ?? { symbol: "•", style: "bold" };
}
