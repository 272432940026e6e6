import { Command } from "clipanion";
import { printable } from "../platform/terminal.ts";
import { agentLabel, agentOf } from "./agents.ts";
import { AgentCommand } from "./base.ts";
import { callText } from "./status-text.ts";

/** `cti calls` */
export class CallsCommand extends AgentCommand {
  static override paths = [["calls"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "the agent's calls, with their variables",
    examples: [
      ["What is on the phone", "cti calls"],
      ["Ids for --call", "cti calls --json | jq -r '.calls[].id'"],
    ],
  });

  protected async run(): Promise<void> {
    const config = await this.config({ agent: this.agent });
    const control = await this.context.control.connect(config.profile);
    const { agent, state, calls } = agentOf(await control.status(), config.settings.agent);
    if (this.json) {
      this.printJson({ agent, calls });
      return;
    }
    if (calls.length === 0) this.print(`${agentLabel(agent, state)} has no calls`);
    const view = { paint: this.paint, now: this.context.now() };
    for (const call of calls) {
      this.print(callText(call, view));
      const filled = Object.entries(call.variables).filter(([, value]) => value !== "");
      const width = Math.max(0, ...filled.map(([name]) => name.length));
      for (const [name, value] of filled)
        this.print(`  ${this.paint("dim", printable(name).padEnd(width))}  ${printable(value)}`);
    }
  }
}
