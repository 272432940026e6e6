import type { Agent } from "../model/agent.ts";
import { CtiError } from "../model/errors.ts";
import type { Queue } from "../model/queue.ts";
import type { Team } from "../model/team.ts";
import type { Connection } from "./connection.ts";
import { hostOf } from "./connection.ts";

/**
 * What goes on around the agent: queues and teams as Finesse shows them now. Each answer is a read of its own: nothing is kept and nothing
 * subscribed to.
 */
export class Overviews {
  readonly #connected: () => Promise<Connection>;
  readonly #agent: () => Agent | undefined;

  /** `connected`: resolves with the connection once it is up. `agent`: as known by then. */
  constructor(connected: () => Promise<Connection>, agent: () => Agent | undefined) {
    this.#connected = connected;
    this.#agent = agent;
  }

  /** Throws `refused` where Finesse has no queues (Unified CCX, reference/finesse.md §16) or does not show them to this agent. */
  async queues(): Promise<Queue[]> {
    const { rest, userId, systemInfo, node } = await this.#connected();
    if (systemInfo.deploymentType?.toUpperCase() === "UCCX") {
      throw new CtiError({
        code: "refused",
        message: `Finesse at ${hostOf(node)} (UCCX) has no queue API`,
        hint: "queues are shown by Unified CCE alone; on Unified CCX use Live Data of the Unified Intelligence Center",
      });
    }
    return orNotAllowed(rest.queues(userId), `agent ${userId} may not see queues`);
  }

  /**
   * The team of that id; without one the only team that the agent supervises. Throws `refused` for who supervises none, or not that one;
   * `usage` where several could be meant.
   */
  async team(id: string | undefined): Promise<Team> {
    const { rest, userId } = await this.#connected();
    return orNotAllowed(
      rest.team(id ?? onlyTeamOf(this.#agent(), userId)),
      `agent ${userId} may not see team ${id ?? ""}`.trim(),
    );
  }
}

function onlyTeamOf(agent: Agent | undefined, userId: string): string {
  const [only, ...others] = agent?.teams ?? [];
  if (only === undefined) {
    throw new CtiError({
      code: "refused",
      message: `agent ${userId} supervises no team`,
      hint: "Finesse shows a team to its supervisors alone: ask as one of them",
    });
  }
  if (others.length === 0) return only.id;
  throw new CtiError({
    code: "usage",
    message: `agent ${userId} supervises more than one team`,
    why: [only, ...others].map((team) => `${team.name} (id ${team.id})`).join(", "),
    hint: "say which one, by its id",
  });
}

/** Finesse's no in words that say what was wanted; its own stay beside them. */
async function orNotAllowed<Answer>(answer: Promise<Answer>, message: string): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof CtiError) || error.code !== "refused") throw error;
    throw new CtiError(
      {
        ...error.toJSON(),
        message,
        hint: error.hint ?? "Finesse shows this to the supervisors of the team alone",
      },
      { cause: error },
    );
  }
}
