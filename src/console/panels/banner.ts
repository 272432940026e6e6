import type { AgentStatus } from "../../control/contract.ts";
import { keysFor } from "../keys/match.ts";
import { keyTable } from "../keys/table.ts";
import { fitRow, type Row, type Span, wrap } from "../overlays/cells.ts";
import { hasEnded } from "../store/link.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";

/** Rows one sentence may take: what to do stands at its end. */
const rowsEach = 2;

/** What is wrong and what becomes of it, the worst first; usually nothing. */
export function bannerRows(state: ConsoleState, now: number, columns: number): Row[] {
  const rows: Row[] = [];
  const say = (color: Span["color"], symbol: string, text: string): void => {
    const lines = wrap(text, Math.max(1, columns - 4));
    const shown = [...lines.slice(0, rowsEach - 1), lines.slice(rowsEach - 1).join(" ")];
    for (const [at, line] of shown.filter((part) => part !== "").entries())
      rows.push(
        fitRow(
          [
            {
              text: ` ${at === 0 ? symbol : " "} ${line}`,
              bold: true,
              ...(color !== undefined && { color }),
            },
          ],
          columns,
        ),
      );
  };
  const { link } = state;
  const agent = ownAgent(state);
  if (link.state === "lost" && state.connector !== undefined) {
    if (!hasEnded(link)) say("yellow", "◌", words.lost(secondsTo(link.retryAt, now)));
    else if (agent !== undefined) say("red", "✗", words.ended(signInKey(state)));
    // What it said of Finesse was said before.
    return rows;
  }
  if (agent === undefined) return rows;
  if (agent.link.state === "conflict") say("red", "◌", words.conflict(signInKey(state)));
  else if (agent.link.state !== "connected") say("yellow", "◌", reconnecting(agent, now));
  else if (agent.service === "out-of-service") say("red", "✗", words.outOfService);
  const { shared, unattended } = agent;
  if (shared.length > 0) say("yellow", "!", words.shared(shared.join(", ")));
  if (unattended.actsAt !== undefined)
    say("yellow", "!", words.unattended(unattended.then, secondsTo(Date.parse(unattended.actsAt), now)));
  return rows;
}

function reconnecting({ link }: AgentStatus, now: number): string {
  const seconds = link.retryAt === undefined ? 0 : secondsTo(Date.parse(link.retryAt), now);
  return words.reconnecting(seconds, link.error?.message ?? "");
}

function signInKey(state: ConsoleState): string {
  const signIn = keyTable.find(({ id }) => id === "sign-in");
  return signIn === undefined ? "" : (keysFor(signIn, state)[0] ?? "");
}

function secondsTo(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1000));
}
