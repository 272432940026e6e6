import type { AgentStatus } from "../../control/contract.ts";
import { fitRow, type Row, type Span } from "../overlays/cells.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";

/** What is wrong and what becomes of it, the worst first; usually nothing. */
export function bannerRows(state: ConsoleState, now: number, columns: number): Row[] {
  const rows: Row[] = [];
  const say = (color: Span["color"], symbol: string, text: string): void => {
    rows.push(
      fitRow([{ text: ` ${symbol} ${text}`, bold: true, ...(color !== undefined && { color }) }], columns),
    );
  };
  const { link } = state;
  if (link.state === "lost" && state.connector !== undefined)
    say("yellow", "◌", words.lost(secondsTo(link.retryAt, now)));
  const agent = ownAgent(state);
  if (agent === undefined) return rows;
  const trouble = linkTrouble(agent, now);
  if (trouble !== undefined) say(agent.link.state === "conflict" ? "red" : "yellow", "◌", trouble);
  else if (agent.service === "out-of-service") say("red", "✗", words.outOfService);
  const { shared, unattended } = agent;
  if (shared.length > 0) say("yellow", "!", words.shared(shared.join(", ")));
  if (unattended.actsAt !== undefined)
    say("yellow", "!", words.unattended(unattended.then, secondsTo(Date.parse(unattended.actsAt), now)));
  return rows;
}

function linkTrouble({ link }: AgentStatus, now: number): string | undefined {
  switch (link.state) {
    case "connected":
      return undefined;
    case "conflict":
      return words.conflict;
    default: {
      const why = link.error?.message ?? "";
      if (link.retryAt === undefined) return words.reconnectingNow(why);
      return words.reconnecting(secondsTo(Date.parse(link.retryAt), now), why);
    }
  }
}

function secondsTo(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1000));
}
