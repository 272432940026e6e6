import type { KeyAction } from "../keys/contract.ts";
import { footerEntries } from "../panels/footer.ts";
import { type Place, placesOf } from "../panels/places.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import type { MouseReport } from "./reports.ts";

/** What lies under the mouse. */
export type MouseTarget =
  | { on: "key"; action: KeyAction }
  | { on: "call"; call: string }
  /** `row`: of the events on the screen, counted from 0; -1 for the title. */
  | { on: "log"; row: number }
  | { on: "ladder" }
  | { on: "nothing" };

/** Lines above and below the view. */
export interface Margins {
  top: number;
  bottom: number;
}

export function targetAt(
  { column, row }: Pick<MouseReport, "column" | "row">,
  state: ConsoleState,
  table: readonly KeyAction[],
  margins: Margins,
): MouseTarget {
  const { columns, rows } = state.size;
  if (row === rows - 1) {
    const entry = footerEntries(state, table, columns).find(({ from, to }) => column >= from && column < to);
    return entry === undefined ? { on: "nothing" } : { on: "key", action: entry.action };
  }
  const down = row - margins.top;
  const height = rows - margins.top - margins.bottom;
  if (down < 0 || down >= height) return { on: "nothing" };
  if (state.view === "ladder") return { on: "ladder" };
  const { calls, log } = placesOf(state, columns, height);
  const inside = ({ left, top, ...size }: Place): boolean =>
    column >= left && column < left + size.columns && down >= top && down < top + size.rows;
  if (log !== undefined && inside(log)) return { on: "log", row: down - log.top - 1 };
  const call =
    calls !== undefined && inside(calls) ? ownAgent(state)?.calls[down - calls.top - 1] : undefined;
  return call === undefined ? { on: "nothing" } : { on: "call", call: call.id };
}
