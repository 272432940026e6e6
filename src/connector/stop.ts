import type { StopAnswer, StopRequest } from "../control/contract.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { Random } from "../platform/random.ts";
import type { Registry } from "./registry.ts";

/**
 * Does with the agents what the asker wants done. Throws `usage` when there are some and he has not said. `stopped` is false when an agent
 * could not be signed out: a connector that ended now would leave a call without its agent's session.
 */
export async function stopAgents(
  registry: Registry,
  request: StopRequest,
  random: Random,
): Promise<StopAnswer> {
  const { agents } = registry;
  if (agents.length === 0) return { stopped: true, agents: [] };
  if (request.agents === undefined) {
    throw new CtiError({
      code: "usage",
      message: `signed in: ${agents.join(", ")}`,
      hint: "say what becomes of them: cti stop --logout signs them out, cti stop --leave leaves them to Finesse",
      details: { agents },
    });
  }
  if (request.agents === "leave") {
    const message = "left signed in; Finesse signs out or makes NOT_READY in 1 to 3 minutes";
    return { stopped: true, agents: agents.map((agent) => ({ agent, did: "left" as const, message })) };
  }
  const answers = await Promise.all(
    agents.map(async (agent): Promise<StopAnswer["agents"][number]> => {
      try {
        const idempotencyKey = `stop-${random().toString(36).slice(2)}`;
        const outcome = await registry.command(agent, { command: { verb: "logout" }, idempotencyKey });
        const done = outcome.outcome === "confirmed";
        return { agent, did: done ? "logged-out" : "failed", message: outcome.message };
      } catch (thrown) {
        const error = toCtiError(thrown);
        // Not ours any more: signing out would sign the agent out at that other place (design §5.8).
        if (error.code === "signed-in-elsewhere")
          return { agent, did: "left", message: "it is signed in at another place" };
        return { agent, did: "failed", message: error.message };
      }
    }),
  );
  return { stopped: answers.every((answer) => answer.did !== "failed"), agents: answers };
}
