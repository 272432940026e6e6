import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";
import { callsHeight } from "./calls.ts";

/** Columns from which calls and events stand beside each other. */
const wide = 132;
/** Lines that the log keeps below the calls, and where there are few. */
const logLeast = 5;
const logLeastOfFew = 3;
const few = 12;

/** Part of the view's area, counted from its upper left. */
export interface Place {
  left: number;
  top: number;
  columns: number;
  rows: number;
}

/** Where calls and events stand in a view of so many columns and rows; absent where the view has none. */
export function placesOf(state: ConsoleState, columns: number, rows: number): { calls?: Place; log?: Place } {
  if (state.view === "log") return { log: { left: 0, top: 0, columns, rows } };
  if (state.view !== "work") return {};
  if (columns >= wide) {
    const left = Math.floor(columns * 0.48);
    return {
      calls: { left: 0, top: 0, columns: left - 1, rows },
      log: { left, top: 0, columns: columns - left, rows },
    };
  }
  const high = Math.min(
    Math.max(2, workHeight(state, columns)),
    Math.max(2, rows - (rows < few ? logLeastOfFew : logLeast)),
  );
  return {
    calls: { left: 0, top: 0, columns, rows: high },
    log: { left: 0, top: high, columns, rows: rows - high },
  };
}

function workHeight(state: ConsoleState, columns: number): number {
  return ownAgent(state) === undefined ? hintsOf(state).length + 2 : callsHeight(state, columns);
}

/** Where nobody is signed in: what to do. */
export function hintsOf({ connector, link, agent }: ConsoleState): string[] {
  const others = connector?.agents.map((each) => each.agent) ?? [];
  if (agent === undefined && others.length > 1) return [words.chooseAgent(others.length)];
  if (link.state === "lost" && link.error.code !== "no-connector" && connector === undefined)
    return [link.error.message, link.error.hint ?? ""];
  return [...words.signInFirst];
}
