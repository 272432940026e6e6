import type { CallPlaced } from "../engine/control.ts";
import type { SimulatorState } from "../server/simulator.ts";
import type { StepResult } from "../server/scenario.ts";

/** What `cti sim call` says. */
export function callText({ dialogId, agent, state }: CallPlaced): string {
  const call = dialogId === undefined ? "the call" : `call ${dialogId}`;
  return state === "queued" ? `${call} waits in the queue` : `${call} goes to ${agent ?? "an agent"}`;
}

/** What `cti sim state` says: who is there, which calls, what is broken. */
export function stateText(state: SimulatorState): string {
  const here = state.agents.filter(({ state, resources }) => state !== "LOGOUT" || resources.length > 0);
  const away = state.agents.length - here.length;
  return [
    ...state.nodes.map(({ name, rest }) => `node ${name}  ${rest}  ${state.status}`),
    ...(state.faults.length === 0 ? [] : [`broken: ${state.faults.join(", ")} (cti sim heal mends)`]),
    "",
    ...table(
      here.map((agent) => [
        agent.id,
        agent.name,
        agent.state + (agent.pendingState === "" ? "" : ` (then ${agent.pendingState})`),
        agent.extension,
        agent.phone,
        agent.resources.join(" ") || "no stream",
      ]),
    ),
    here.length === 0 ? `nobody is signed in (${away} agents)` : `and ${away} agents who are not signed in`,
    ...(state.calls.length === 0 ? [] : [""]),
    ...table(
      state.calls.map((call) => [
        `call ${call.id}`,
        call.state,
        call.callType,
        call.participants.map(({ address, agent, state }) => `${agent ?? address} ${state}`).join(", "),
      ]),
    ),
    ...state.queues
      .filter(({ waiting }) => waiting > 0)
      .map(({ name, waiting }) => `queue ${name}: ${waiting} waiting`),
  ].join("\n");
}

/** What `cti sim script` says: the steps with their times. */
export function stepsText({ steps }: { steps: StepResult[] }): string {
  return steps.map(({ at, text }) => `${(at / 1000).toFixed(1).padStart(7)} s  ${text}`).join("\n");
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
