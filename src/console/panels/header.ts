import type { AgentStatus } from "../../control/contract.ts";
import { agentName } from "../../model/agent.ts";
import { lookOf } from "../../words/states.ts";
import { timerSince } from "../../words/time.ts";
import type { Row, Span } from "../overlays/cells.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";
import { joined, sides } from "./layout.ts";

const dot: Span = { text: " · ", dim: true };

/** Who, in which state, since when; how the links are. Two lines. */
export function headerRows(state: ConsoleState, now: number, columns: number): Row[] {
  const agent = ownAgent(state);
  if (agent === undefined) return nobodyRows(state, columns);
  return [
    sides([...stateBlock(agent, now), { text: " " }, ...who(agent)], linkPart(agent), columns),
    sides(why(agent), crmPart(state), columns),
  ];
}

function nobodyRows(state: ConsoleState, columns: number): Row[] {
  const { agent, link, profile, connector } = state;
  const text =
    link.state === "connecting" && connector === undefined
      ? words.connecting
      : agent === undefined
        ? words.nobody
        : `${agent}  ${words.notSignedInHere}`;
  return [
    sides([{ text: ` ${words.title} `, inverse: true, bold: true }, { text: ` ${text}` }], [], columns),
    sides([], profilePart(profile), columns),
  ];
}

function stateBlock({ state, link }: AgentStatus, now: number): Row {
  if (state === undefined) return [{ text: " … ", inverse: true }];
  const { symbol, style } = lookOf(state.state);
  const stale = link.state === "connected" ? "" : " ?";
  const timer = timerSince(state.stateChangeTime, now);
  return [
    {
      text: ` ${symbol} ${state.state}  ${timer}${stale} `,
      bold: true,
      inverse: true,
      ...(style !== "bold" && style !== "dim" && { color: style }),
    },
  ];
}

function who({ agent, state, extension }: AgentStatus): Row {
  const parts: Row[] = [[{ text: state === undefined ? agent : agentName(state), bold: true }]];
  if (state !== undefined && agentName(state) !== state.id) parts.push([{ text: state.id }]);
  parts.push([{ text: `ext ${state?.extension ?? extension}` }]);
  if (state?.team !== undefined) parts.push([{ text: state.team.name }]);
  return joined(parts, dot);
}

function linkPart({ link, insecure }: AgentStatus): Row {
  const row: Span[] = [];
  if (insecure) row.push({ text: `${words.insecure}  `, color: "red" });
  if (link.state === "connected") {
    const trip = link.roundTrip === undefined ? "" : ` ${Math.round(link.roundTrip)} ms`;
    row.push({ text: "◆ ", color: "green" }, { text: `${link.node}${trip}` });
  } else {
    const color = link.state === "conflict" ? "red" : "yellow";
    row.push({ text: `◇ ${link.node} ${link.state}`, color });
  }
  return row;
}

/** The reason, what comes next, and what is not as it should be. */
function why({ state, shared, unattended }: AgentStatus): Row {
  const parts: Row[] = [];
  if (state?.reason !== undefined) parts.push([{ text: state.reason.label }]);
  if (state?.pendingState !== undefined)
    parts.push([{ text: words.pending(state.pendingState), color: "yellow", bold: true }]);
  const mobile = state?.mobileAgent;
  if (mobile !== undefined) parts.push([{ text: `mobile ${mobile.dialNumber ?? mobile.mode}` }]);
  if (shared.length > 0) parts.push([{ text: words.sharedShort, color: "yellow" }]);
  if (unattended.then === "keep") parts.push([{ text: words.stays, dim: true }]);
  return [{ text: " " }, ...joined(parts, dot)];
}

function crmPart({ connector, profile }: ConsoleState): Row {
  const parts: Row[] = (connector?.adapters ?? []).map(({ adapter, state }) => {
    const symbol = state === "up" ? "●" : state === "starting" ? "◌" : "✗";
    const color = state === "up" ? "green" : state === "starting" ? "yellow" : "red";
    return [{ text: `${symbol} `, color }, { text: adapter }];
  });
  const { owed = 0, missed = 0 } = connector?.deliveries ?? {};
  if (owed > 0) parts.push([{ text: `${owed} owed`, color: "yellow" }]);
  if (missed > 0) parts.push([{ text: `${missed} missed`, color: "red" }]);
  const named = profilePart(profile);
  if (named.length > 0) parts.push(named);
  return joined(parts, { text: "  " });
}

/** Which world this is, where it is not the ordinary one. */
function profilePart(profile: string): Row {
  return profile === "default" ? [] : [{ text: ` ${profile} `, inverse: true, color: "blue" }];
}
