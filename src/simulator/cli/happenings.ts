import type { SimAgentState, SimCallState, SimState } from "../engine/control.ts";

/** Something a person watching the simulator wants to know of. */
export interface Happening {
  type: "stream" | "agent" | "call";
  /** Agent id or call id. */
  id: string;
  /** One line, without the time. */
  text: string;
}

/** What happened between two looks at the simulator. */
export function happenings(before: SimState, after: SimState): Happening[] {
  const agents = new Map(before.agents.map((agent) => [agent.id, agent]));
  const calls = new Map(before.calls.map((call) => [call.id, call]));
  const still = new Set(after.calls.map(({ id }) => id));
  return [
    ...after.agents.flatMap((agent) => agentHappenings(agents.get(agent.id), agent)),
    ...after.calls.flatMap((call) => callHappenings(calls.get(call.id), call)),
    ...before.calls
      .filter(({ id }) => !still.has(id))
      .map(({ id }): Happening => ({ type: "call", id, text: `call ${id} is over` })),
  ];
}

function agentHappenings(before: SimAgentState | undefined, after: SimAgentState): Happening[] {
  const who = `${after.id} ${after.name}`;
  const found: Happening[] = [];
  const stream = (text: string) => found.push({ type: "stream", id: after.id, text: `${who} ${text}` });
  const had = before?.resources ?? [];
  for (const resource of after.resources) if (!had.includes(resource)) stream(`connected as ${resource}`);
  for (const resource of had) if (!after.resources.includes(resource)) stream(`disconnected ${resource}`);
  const [was, is] = [before?.state ?? "LOGOUT", after.state];
  if (was !== is) found.push({ type: "agent", id: after.id, text: `${who} ${stateText(was, after)}` });
  return found;
}

function stateText(was: string, { state, extension }: SimAgentState): string {
  if (was === "LOGOUT") return `signed in on ${extension}: ${state}`;
  if (state === "LOGOUT") return "signed out";
  return `${was} → ${state}`;
}

function callHappenings(before: SimCallState | undefined, after: SimCallState): Happening[] {
  const call = (text: string): Happening => ({
    type: "call",
    id: after.id,
    text: `call ${after.id} ${text}`,
  });
  const parties = after.participants
    .map(({ address, agent, state }) => `${agent ?? address} ${state}`)
    .join(", ");
  if (before === undefined) {
    const queue = after.queue === undefined ? "" : ` by ${after.queue}`;
    return [call(`${after.from} → ${after.to}${queue}: ${parties}`)];
  }
  const told = (one: SimCallState) =>
    one.participants.map(({ address, state }) => `${address} ${state}`).join(", ");
  return told(before) === told(after) ? [] : [call(parties)];
}
