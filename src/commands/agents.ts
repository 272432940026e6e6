import type { AgentStatus, ConnectorStatus } from "../control/contract.ts";
import { agentName } from "../model/agent.ts";
import { CtiError } from "../model/errors.ts";
import type { Control } from "./control.ts";

/** `1001 Ayesha Khan`, or the id alone while nothing is known of the agent. */
export function agentLabel(agent: string, state: AgentStatus["state"]): string {
  const name = state === undefined ? agent : agentName(state);
  return name === agent ? agent : `${agent} ${name}`;
}

/** The id of the agent a command is for: the one named, else the only one signed in (design §5.6). */
export async function chooseAgent(control: Control, named: string | undefined): Promise<string> {
  // With a name given the connector itself says when that agent is not signed in: one request less.
  return named ?? onlyAgent(await control.status()).agent;
}

/** The status of the agent a command is for. */
export function agentOf(status: ConnectorStatus, named: string | undefined): AgentStatus {
  if (named === undefined) return onlyAgent(status);
  const found = status.agents.find(
    (each) => each.agent === named || each.state?.id === named || each.state?.loginName === named,
  );
  if (found !== undefined) return found;
  const others = status.agents.map((each) => agentLabel(each.agent, each.state)).join(", ");
  throw new CtiError({
    code: "not-signed-in",
    message: `agent ${named} is not signed in`,
    ...(others !== "" && { why: `signed in: ${others}` }),
    hint: `sign in with: cti login -a ${named} -e EXTENSION`,
  });
}

function onlyAgent(status: ConnectorStatus): AgentStatus {
  const [only, ...others] = status.agents;
  if (only === undefined) throw nobodySignedIn();
  if (others.length === 0) return only;
  throw new CtiError({
    code: "ambiguous-agent",
    message: "more than one agent is signed in",
    why: status.agents.map((each) => agentLabel(each.agent, each.state)).join(", "),
    hint: `say which one: -a ${only.agent}, or set CTI_AGENT`,
    details: { agents: status.agents.map((each) => each.agent) },
  });
}

export function nobodySignedIn(): CtiError {
  return new CtiError({
    code: "not-signed-in",
    message: "nobody is signed in",
    hint: "sign in with: cti login -a AGENT -e EXTENSION --finesse https://HOST:8445",
  });
}
