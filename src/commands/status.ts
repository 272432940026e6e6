import { Command } from "clipanion";
import type { ConnectorStatus } from "../control/contract.ts";
import { CtiError, errorExitCodes } from "../model/errors.ts";
import { agentOf, nobodySignedIn } from "./agents.ts";
import { AgentCommand } from "./base.ts";
import type { ControlAccess } from "./control.ts";
import { isSomethingOpen } from "./deliveries-text.ts";
import { statusText } from "./status-text.ts";

export interface StatusOptions {
  profile: string;
  /** Only this one; all when absent. */
  agent: string | undefined;
}

/** What the connector knows. Throws `not-signed-in` when there is nobody to tell of: design §5.6 gives that an exit code. */
export async function status(
  options: StatusOptions,
  deps: { control: ControlAccess },
): Promise<ConnectorStatus> {
  let found: ConnectorStatus;
  try {
    found = await (await deps.control.connect(options.profile)).status();
  } catch (error) {
    // Where no connector runs nobody is signed in: that, and not our machinery, is what was asked.
    if (error instanceof CtiError && error.code === "no-connector") throw nobodyIn(error);
    throw error;
  }
  const isAllSaid = found.adapters.length === 0 && !isSomethingOpen(found.deliveries);
  if (found.agents.length === 0 && (isAllSaid || options.agent !== undefined)) throw nobodySignedIn();
  return options.agent === undefined ? found : { ...found, agents: [agentOf(found, options.agent)] };
}

/** Keeps what the connector's absence tells, e.g. that it was killed and what Finesse will do. */
function nobodyIn(error: CtiError): CtiError {
  const nobody = nobodySignedIn();
  const why = error.why ?? error.message;
  return new CtiError(
    { code: "not-signed-in", message: nobody.message, why, hint: error.hint ?? nobody.hint ?? "" },
    { cause: error },
  );
}

/** `cti status` */
export class StatusCommand extends AgentCommand {
  static override paths = [["status"]];
  static override usage = Command.Usage({
    category: "Watching",
    description: "who is signed in, in which state, with which calls",
    details:
      "All agents of the connector, or the one of --agent, its CRM adapters, and what these still owe. Exits 7 when nobody is signed in.",
    examples: [
      ["At one glance", "cti status"],
      ["The state alone", "cti status --json | jq -r '.agents[0].state.state'"],
    ],
  });

  protected async run(): Promise<number> {
    const config = await this.config({ agent: this.agent });
    // Only the flag narrows it: who set an agent in the configuration still wants to see the others.
    const found = await status(
      { profile: config.profile, agent: this.agent },
      { control: this.context.control },
    );
    if (this.json) this.printJson(found);
    else this.print(statusText(found, { paint: this.paint, now: this.context.now() }));
    return found.agents.length === 0 ? errorExitCodes["not-signed-in"] : 0;
  }
}
