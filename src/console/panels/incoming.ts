import type { Call } from "../../model/call.ts";
import { timerSince } from "../../words/time.ts";
import { fitRow, type Row, type Span } from "../overlays/cells.ts";
import { keysFor } from "../keys/match.ts";
import { keyTable } from "../keys/table.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";
import { popOverOf } from "./call-data.ts";
import { sides } from "./layout.ts";

/** More than that nobody reads while it rings. */
const mostData = 6;

/** A ringing call, not to be missed: three lines across the screen, the customer first. Nothing while none rings. */
export function incomingRows(state: ConsoleState, now: number, columns: number): Row[] {
  const call = ownAgent(state)?.calls.find(({ actions }) => actions.includes("ANSWER"));
  if (call === undefined) return [];
  const bar: Omit<Span, "text"> = { inverse: true, bold: true, color: "magenta" };
  const answer = keyTable.find(({ id }) => id === "answer");
  const key = answer === undefined ? "a" : (keysFor(answer, state)[0] ?? "a");
  const line = (left: string, right: string): Row =>
    sides([{ text: `  ${left}` }], [{ text: `${right}  ` }], columns).map((span) => ({ ...span, ...bar }));
  return [
    line(
      `◐ ${words.ringing(call.customer ?? call.party)}`,
      [queueOf(call), timerSince(call.startedAt, now)].filter((part) => part !== "").join("  "),
    ),
    line(`  ${popOverOf(call, state.layouts).slice(0, mostData).join(" · ")}`, ""),
    line(`  ${words.pressToAnswer(key)}`, ""),
  ].map((row) => fitRow(row, columns));
}

function queueOf({ queue, dialedNumber }: Call): string {
  return queue?.name ?? queue?.number ?? dialedNumber ?? "";
}
