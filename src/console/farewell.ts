import type { AgentStatus } from "../control/contract.ts";
import { agentName } from "../model/agent.ts";
import { isReleased } from "../model/call.ts";
import { secondsInWords } from "../words/time.ts";
import { cutTo, wrap } from "./overlays/cells.ts";
import type { Parting } from "./store/attendance.ts";
import { words } from "./words.ts";

/** Of a label or a name no more than this. */
const longest = 60;

/** Said on the restored screen: who stays signed in, with which calls, and what becomes of them now. Nothing when nobody stays. */
export function farewellLines({ agents, heard }: Parting, now: number, columns: number): string[] {
  if (agents.length === 0) return [];
  const sentences = agents.flatMap((agent) => [staying(agent), heard ? attended(agent, now) : ""]);
  if (!heard) sentences.push(words.farewell.unheard);
  return sentences.filter((text) => text !== "").flatMap((text) => wrap(text, columns));
}

function staying(status: AgentStatus): string {
  const { agent, state, link, calls } = status;
  const name = state === undefined ? "" : agentName(state);
  const who = name === "" || name === agent ? agent : `${agent} ${cutTo(name, longest)}`;
  if (link.state === "conflict") return words.farewell.elsewhere(who);
  const live = calls
    .filter((call) => !isReleased(call))
    .map((call) => `${cutTo(call.party === "" ? words.unknownNumber : call.party, longest)} (${call.state})`);
  return words.farewell.stays(who, state?.state ?? "", live, link.state === "connected");
}

/** Who is still there, or what is done because nobody is. */
function attended({ agent, state, link, calls, unattended }: AgentStatus, now: number): string {
  if (link.state === "conflict") return "";
  const { then, after, leases, actsAt } = unattended;
  const { farewell } = words;
  if (leases.length > 0) return farewell.others(leases.map(({ label }) => cutTo(label, longest)));
  if (then === "keep") return farewell.keeps(agent);
  if (then === "not-ready" && state?.state === "NOT_READY" && state.pendingState === undefined)
    return farewell.already(agent);
  const seconds = actsAt === undefined ? after : Math.max(0, Math.round((Date.parse(actsAt) - now) / 1000));
  const onCall = calls.some((call) => !isReleased(call));
  return farewell.acts(agent, then, secondsInWords(seconds), onCall);
}
