import type { AgentStatus, ConnectorStatus } from "../control/contract.ts";
import type { Call } from "../model/call.ts";
import { plain, printable } from "../platform/terminal.ts";
import { loginCommand } from "../control/last-known.ts";
import { adapterLine } from "./adapter-text.ts";
import { agentLabel } from "./agents.ts";
import { deliveriesLine } from "./deliveries-text.ts";
import { arrow } from "../words/event-text.ts";
import { lookOf } from "../words/states.ts";
import { secondsInWords, timerSince } from "../words/time.ts";
import type { View } from "./view.ts";

/** `cti status` for a person: a few lines an agent, everything that matters now, then a line an adapter, and what CRMs wait for. */
export function statusText(
  status: Pick<ConnectorStatus, "agents" | "profile"> &
    Partial<Pick<ConnectorStatus, "adapters" | "deliveries">>,
  view: View,
): string {
  const deliveries = deliveriesLine(status.deliveries, view);
  const below = [
    ...(status.adapters ?? []).map((adapter) => adapterLine(adapter, view)),
    ...(deliveries === undefined ? [] : [deliveries]),
  ];
  const agents = status.agents.length === 0 ? "nobody is signed in" : agentsText(status, view);
  return below.length === 0 ? agents : `${agents}\n\n${below.join("\n")}`;
}

function agentsText({ agents, profile }: Pick<ConnectorStatus, "agents" | "profile">, view: View): string {
  if (agents.length <= mostInFull) return agents.map((agent) => agentText(agent, profile, view)).join("\n\n");
  const width = Math.max(...agents.map((agent) => lengthOf(agent, view)));
  return [
    ...agents.map((agent) => agentLine(agent, width, view)),
    "",
    view.paint("dim", "one in full: cti status -a AGENT"),
  ].join("\n");
}

/** Agents shown in full: more do not fit a screen, and each is then one line. */
const mostInFull = 3;

/** State, extension, calls, and of the rest only what is not as it should be. */
function agentLine(agent: AgentStatus, width: number, view: View): string {
  const { paint, now } = view;
  const { link, unattended } = agent;
  const parts = [
    `${headline(agent, view)}${" ".repeat(width - lengthOf(agent, view))}`,
    paint("dim", `extension ${printable(agent.state?.extension ?? agent.extension)}`),
  ];
  for (const call of agent.calls) {
    const look = lookOf(call.state);
    parts.push(
      `${paint(look.style, `${look.symbol} ${printable(call.state)}`)} ${arrow(call.direction)} ${printable(call.party)}`,
    );
  }
  if (link.state === "conflict") parts.push(paint("red", "signed in elsewhere"));
  else if (link.state !== "connected") {
    const next = link.retryAt === undefined ? "" : `, next attempt in ${untilText(link.retryAt, now)}`;
    parts.push(paint("yellow", `${link.state}${next}`));
  }
  if (agent.service === "out-of-service") parts.push(paint("red", "Finesse is OUT_OF_SERVICE"));
  if (agent.shared.length > 0) parts.push(paint("yellow", "also signed in elsewhere"));
  if (agent.insecure) parts.push(paint("red", "insecure"));
  if (unattended.leases.length === 0) parts.push(paint("yellow", `nobody is there (${unattended.then})`));
  return parts.join("  ");
}

function agentText(agent: AgentStatus, profile: string, view: View): string {
  const { paint } = view;
  const rows: [string, string][] = [["extension", extensionText(agent)]];
  if (agent.calls.length === 0) rows.push(["calls", paint("dim", "none")]);
  for (const [index, call] of agent.calls.entries())
    rows.push([index === 0 ? "calls" : "", callText(call, view)]);
  rows.push(["link", linkText(agent, profile, view)]);
  if (agent.service === "out-of-service") rows.push(["service", paint("red", "Finesse is OUT_OF_SERVICE")]);
  if (agent.shared.length > 0) {
    rows.push(["shared", paint("yellow", printable(`also signed in from ${agent.shared.join(", ")}`))]);
  }
  if (agent.insecure) rows.push(["trust", paint("red", "certificate checks are off (--insecure)")]);
  rows.push(["unattended", unattendedText(agent, view)]);
  const lines = rows.map(([label, text]) => `  ${paint("dim", label.padEnd(10))}  ${text}`);
  return [headline(agent, view), ...lines].join("\n");
}

function headline(agent: AgentStatus, { paint, now }: View): string {
  const who = paint("bold", printable(agentLabel(agent.agent, agent.state)));
  const { state } = agent;
  if (state === undefined) return `${who}  ${paint("dim", "state not known yet")}`;
  const look = lookOf(state.state);
  const reason = state.reason === undefined ? "" : ` (${printable(state.reason.label)})`;
  const pending =
    state.pendingState === undefined ? "" : paint("yellow", `  then ${printable(state.pendingState)}`);
  const stale = agent.link.state === "connected" ? "" : paint("yellow", "  (last known)");
  return `${who}  ${paint(look.style, `${look.symbol} ${printable(state.state)}`)}${reason}  ${timerSince(state.stateChangeTime, now)}${pending}${stale}`;
}

/** Columns of the headline, colours aside. */
function lengthOf(agent: AgentStatus, view: View): number {
  return headline(agent, { ...view, paint: plain }).length;
}

function extensionText(agent: AgentStatus): string {
  const parts = [agent.state?.extension ?? agent.extension];
  const mobile = agent.state?.mobileAgent;
  if (mobile !== undefined) parts.push(`mobile ${mobile.mode} ${mobile.dialNumber ?? ""}`.trim());
  if (agent.state?.team !== undefined) parts.push(`team ${agent.state.team.name}`);
  return printable(parts.join(" · "));
}

/** One call: state, timer in that state, direction, party, queue, id. */
export function callText(call: Call, { paint, now }: View): string {
  const look = lookOf(call.state);
  const parts = [
    paint(look.style, `${look.symbol} ${printable(call.state)}`),
    timerSince(call.stateSince ?? call.startedAt, now),
    `${arrow(call.direction)} ${printable(call.party === "" ? "unknown number" : call.party)}`,
  ];
  const queue = call.queue?.name ?? call.queue?.number;
  if (queue !== undefined) parts.push(`queue ${printable(queue)}`);
  if (call.wrapUpReasons.length > 0) parts.push(`wrap-up ${printable(call.wrapUpReasons.join(", "))}`);
  parts.push(paint("dim", `call ${call.id}`));
  return parts.filter((part) => part !== "").join("  ");
}

function linkText(agent: AgentStatus, profile: string, { paint, now }: View): string {
  const { link } = agent;
  const since = timerSince(link.since, now);
  const details = [
    link.transport,
    link.roundTrip === undefined ? undefined : `${Math.round(link.roundTrip)} ms`,
    since === "" ? undefined : `for ${since}`,
  ].filter((part) => part !== undefined);
  const where = `${link.node}${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
  switch (link.state) {
    case "connected":
      return `${paint("green", "connected")} to ${where}`;
    case "conflict":
      return `${paint("red", "signed in elsewhere")}: this session has ended; take it back with: ${printable(loginCommand(agent, profile))}`;
    default: {
      const why = link.error === undefined ? "" : `: ${printable(link.error.message)}`;
      const next = link.retryAt === undefined ? "" : `, next attempt in ${untilText(link.retryAt, now)}`;
      return `${paint("yellow", link.state)} ${where}${why}${next}`;
    }
  }
}

function untilText(at: string, now: number): string {
  const left = Math.ceil((Date.parse(at) - now) / 1000);
  return Number.isNaN(left) ? "a moment" : `${Math.max(0, left)} s`;
}

function unattendedText({ unattended }: AgentStatus, { paint, now }: View): string {
  const { then, after, leases, emptySince, actsAt } = unattended;
  const there = leases.map((lease) => lease.label).join(", ");
  if (then === "keep") {
    // Loud on purpose (design §2): nothing protects this agent from standing READY in an empty room.
    const who = there === "" ? paint("yellow", "nobody is there") : printable(there);
    return `${paint("yellow", "keep")}: the agent stays as it is when nobody is there · ${who}`;
  }
  if (emptySince === undefined) return `${then} after ${secondsInWords(after)} · ${printable(there)}`;
  const when = actsAt === undefined ? "" : ` in ${untilText(actsAt, now)}`;
  return paint("yellow", `nobody is there: ${then}${when}`);
}
