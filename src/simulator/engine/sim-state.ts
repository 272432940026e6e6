import { isLive, type Call } from "./call.ts";
import type { SimAgentState, SimCallState } from "./control.ts";
import type { Lockout } from "./lockout.ts";
import type { Presence } from "./presence.ts";
import type { Agent, World } from "./world.ts";

export function agentState(world: World, presence: Presence, lockout: Lockout, agent: Agent): SimAgentState {
  const time = (milliseconds: number | undefined): string | undefined =>
    milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
  const parties = world.partiesAt(agent.extension);
  const signedOutWith = world.reasonCode(agent.signedOutWith)?.code;
  return {
    id: agent.id,
    loginName: agent.entry.loginName,
    name: `${agent.entry.firstName} ${agent.entry.lastName}`,
    team: world.team(agent.entry.team).name,
    state: agent.status.state,
    pendingState: agent.status.pending?.state ?? "",
    reasonCodeId: agent.status.reason,
    stateChangeTime: time(agent.since),
    ...(signedOutWith !== undefined && { signedOutWith }),
    extension: agent.extension,
    resources: [...agent.resources],
    phone: phoneState(world, agent.extension === "" ? agent.entry.extension : agent.extension),
    presenceDeadline: time(presence.deadline(agent)),
    wrapUpEnds: time(parties.find(({ party }) => party.wrapUpEnds !== undefined)?.party.wrapUpEnds),
    lockedUntil: time(lockout.lockedUntil(agent)),
    dialogs: parties.filter(({ party }) => party.visible).map(({ call }) => call.id),
  };
}

function phoneState(world: World, extension: string): SimAgentState["phone"] {
  const states = world.liveAt(extension).map(({ party }) => party.state);
  if (states.includes("ACTIVE") || states.includes("INITIATED")) return "in-use";
  if (states.includes("INITIATING") || states.includes("FAILED")) return "off-hook";
  if (states.includes("ALERTING")) return "ringing";
  return states.includes("HELD") ? "held" : "idle";
}

export function callState(world: World, call: Call): SimCallState {
  return {
    id: call.id,
    state: call.state,
    callType: call.callType,
    from: call.from,
    to: call.to,
    queue: call.queue?.name,
    participants: call.parties.map((party) => ({
      address: party.address,
      agent: party.device ? world.agentAt(party.address)?.id : undefined,
      state: party.state,
      actions: isLive(party) || party.visible ? world.actionsOf(call, party) : [],
    })),
    variables: Object.fromEntries(call.variables),
    wrapUpReason: call.wrapUpReason,
    dtmf: call.dtmf,
  };
}
