import { agentName, isSignedOut } from "../model/agent.ts";
import type { Team, TeamMember } from "../model/team.ts";
import { printable } from "../platform/terminal.ts";
import { lookOf } from "../words/states.ts";
import { type Cell, type Column, tableText } from "./table.ts";
import { timerSince } from "../words/time.ts";
import type { View } from "./view.ts";

const columns: readonly Column[] = [
  { title: "agent" },
  { title: "state" },
  { title: "for", right: true },
  { title: "extension" },
  { title: "reason" },
];

/** A team for a person: how many are in which state, then a line a member; who is signed out comes last. */
export function teamText({ id, name, members }: Team, view: View): string {
  const title = view.paint("bold", printable(name === "" ? `team ${id}` : name));
  if (members.length === 0) return `${title}  ${view.paint("dim", "nobody belongs to it")}`;
  const sorted = [
    ...members.filter(({ state }) => !isSignedOut(state)),
    ...members.filter(({ state }) => isSignedOut(state)),
  ];
  const rows = sorted.map((member) => row(member, view));
  return `${title}  ${view.paint("dim", countsText(sorted))}\n${tableText(columns, rows, view.paint)}`;
}

function countsText(members: readonly TeamMember[]): string {
  const counts = new Map<string, number>();
  for (const { state } of members) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${printable(state)}`).join(" · ");
}

function row(member: TeamMember, { now }: View): Cell[] {
  const { id, state, stateChangeTime, extension } = member;
  const look = lookOf(state);
  const name = agentName(member);
  const out: Pick<Cell, "style"> = isSignedOut(state) ? { style: "dim" } : {};
  return [
    { text: printable(name === id ? id : `${id} ${name}`), ...out },
    { text: `${look.symbol} ${printable(state)}`, style: look.style },
    { text: timerSince(stateChangeTime, now), ...out },
    { text: printable(extension ?? ""), ...out },
    { text: remarks(member), ...out },
  ];
}

/** Why the member is in that state, what comes next, and what the state alone does not tell. */
function remarks({ reason, pendingState, mediaState }: TeamMember): string {
  const parts = [
    reason === undefined ? undefined : reason.label === "" ? `code ${reason.code}` : reason.label,
    pendingState === undefined ? undefined : `then ${pendingState}`,
    mediaState === "BUSY" ? "on a call" : undefined,
  ];
  return printable(parts.filter((part) => part !== undefined).join(", "));
}
