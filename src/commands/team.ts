import { Command, Option } from "clipanion";
import type { AgentStatus } from "../control/contract.ts";
import type { NamedId } from "../model/agent.ts";
import { CtiError } from "../model/errors.ts";
import type { Team } from "../model/team.ts";
import { nearest } from "../platform/nearest.ts";
import { agentOf } from "./agents.ts";
import { AgentCommand } from "./base.ts";
import type { Control } from "./control.ts";
import { teamText } from "./team-text.ts";

/**
 * The teams that the agent supervises, or the one of that name or id. Throws `usage` where that is none of them, and what the connector
 * throws for an agent who supervises none.
 */
export async function teamsOf(
  control: Pick<Control, "team">,
  { agent, state }: Pick<AgentStatus, "agent" | "state">,
  named: string | undefined,
): Promise<Team[]> {
  const own = state?.teams ?? [];
  if (own.length === 0) {
    // The connector says that there is none, in its words; or knows better by now.
    const only = await control.team(agent);
    return chosen([only], named);
  }
  return Promise.all(chosen(own, named).map(({ id }) => control.team(agent, id)));
}

function chosen<Item extends NamedId>(teams: readonly Item[], named: string | undefined): Item[] {
  if (named === undefined) return [...teams];
  const found =
    teams.find(({ id }) => id === named) ??
    teams.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  if (found !== undefined) return [found];
  const names = teams.map(({ id, name }) => (name === "" ? id : name));
  const near = nearest(named, names);
  throw new CtiError({
    code: "usage",
    message: `the agent supervises no team "${named}"`,
    why: `supervised: ${names.join(", ")}`,
    ...(near !== undefined && { hint: `did you mean "${near}"?` }),
  });
}

/** `cti team` */
export class TeamCommand extends AgentCommand {
  static override paths = [["team"]];
  static override usage = Command.Usage({
    category: "Watching",
    description: "a supervisor's team: who is in which state, how long, and why",
    details: "All teams that the agent supervises, or one of them. Finesse shows teams to supervisors alone.",
    examples: [
      ["Everybody", "cti team"],
      ["One of several teams", "cti team --team Sales"],
      ["Who is READY", `cti team --json | jq -r '.teams[].members[] | select(.state == "READY").id'`],
    ],
  });

  team = Option.String("--team", { description: "Only this one: its name or id" });

  protected async run(): Promise<void> {
    const config = await this.config({ agent: this.agent });
    const control = await this.context.control.connect(config.profile);
    const supervisor = agentOf(await control.status(), config.settings.agent);
    const teams = await teamsOf(control, supervisor, this.team);
    if (this.json) {
      this.printJson({ agent: supervisor.agent, teams });
      return;
    }
    const view = { paint: this.paint, now: this.context.now() };
    this.print(teams.map((team) => teamText(team, view)).join("\n\n"));
  }
}
