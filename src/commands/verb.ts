import type { AgentCommand as AgentRequest, Outcome } from "../model/commands.ts";
import { AgentCommand } from "./base.ts";
import type { Control } from "./control.ts";
import { exitCodeOf, outcomeText } from "./outcome.ts";

export interface VerbOptions {
  agent: string;
  command: AgentRequest;
  /** Seconds; the session's own when absent. */
  timeout: number | undefined;
}

/** Asks for one thing and answers its outcome. */
export function runVerb(
  options: VerbOptions,
  deps: { control: Pick<Control, "command">; newKey: () => string },
): Promise<Outcome> {
  return deps.control.command(options.agent, {
    command: options.command,
    idempotencyKey: deps.newKey(),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
  });
}

/** A command that ends in an outcome. */
export abstract class OutcomeCommand extends AgentCommand {
  /** Prints an outcome, answers its exit code. With --json every outcome is a result; for a person a refusal is an error. */
  protected report(outcome: Outcome): number {
    const exitCode = exitCodeOf(outcome);
    if (this.json) this.printJson(outcome);
    else if (exitCode === 0) this.print(outcomeText(outcome, this.paint));
    else this.context.stderr.write(`${outcomeText(outcome, this.context.paint.err)}\n`);
    return exitCode;
  }
}

/** A command that is one request to one agent's session. */
export abstract class VerbCommand extends OutcomeCommand {
  /** The request the arguments stand for. */
  protected abstract request(): AgentRequest;

  protected async run(): Promise<number> {
    // Before the connector is asked, so that a wrong argument is told first.
    const command = this.request();
    const { control, agent, config } = await this.session();
    const timeout = this.commandTimeout(config);
    const outcome = await runVerb({ agent, command, timeout }, { control, newKey: this.context.newKey });
    return this.report(outcome);
  }
}
