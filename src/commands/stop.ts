import { Command, Option } from "clipanion";
import type { StopAnswer } from "../control/contract.ts";
import { CtiError } from "../model/errors.ts";
import { ConnectorCommand } from "./base.ts";
import type { ControlAccess } from "./control.ts";

export interface StopOptions {
  profile: string;
  agents: "logout" | "leave" | undefined;
}

/** Ends the connector. Where none runs there is nothing to do, which is no failure: `undefined`. */
export async function stop(
  options: StopOptions,
  deps: { control: ControlAccess },
): Promise<StopAnswer | undefined> {
  try {
    const control = await deps.control.connect(options.profile);
    return await control.stop(options.agents === undefined ? {} : { agents: options.agents });
  } catch (error) {
    // `session-lost`: it was killed; the truth about that is for who asks for an agent, not for who wants it gone.
    const gone =
      error instanceof CtiError && (error.code === "no-connector" || error.code === "session-lost");
    if (gone) return undefined;
    throw error;
  }
}

const did = { "logged-out": "signed out", left: "left as it is", failed: "not signed out" } as const;

/** `cti stop` */
export class StopCommand extends ConnectorCommand {
  static override paths = [["stop"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "end the connector",
    details:
      "With agents signed in say what becomes of them: --logout signs them out, --leave lets Finesse decide (it signs out by itself after a minute).",
    examples: [
      ["Go home", "cti stop --logout"],
      ["Before an upgrade", "cti stop --leave"],
    ],
  });

  logout = Option.Boolean("--logout", false, { description: "Sign the agents out first" });

  leave = Option.Boolean("--leave", false, { description: "Leave the agents as they are" });

  protected async run(): Promise<number> {
    if (this.logout && this.leave) {
      throw new CtiError({
        code: "usage",
        message: "--logout and --leave exclude each other",
        hint: "leave one out",
      });
    }
    const config = await this.config();
    const agents = this.logout ? "logout" : this.leave ? "leave" : undefined;
    const answer = await stop({ profile: config.profile, agents }, { control: this.context.control });
    if (this.json) this.printJson(answer ?? { stopped: false, agents: [] });
    else if (answer === undefined) this.print("no connector runs: nothing to stop");
    else this.tell(answer);
    return answer?.stopped === false ? 4 : 0;
  }

  private tell({ stopped, agents }: StopAnswer): void {
    for (const each of agents) this.print(`  ${each.agent} ${did[each.did]}: ${each.message}`);
    if (stopped) this.print(`${this.paint("green", "✓")} the connector has ended`);
    else {
      const { err } = this.context.paint;
      this.context.stderr.write(
        `${err("red", "✗")} ${err("bold", "the connector goes on: an agent could not be signed out")}\n  next: end its call or see cti status, or stop with --leave\n`,
      );
    }
  }
}
