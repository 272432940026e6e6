import { Command } from "clipanion";
import { type CallLayout, entriesOf, layoutFor } from "../model/call-layout.ts";
import { printable } from "../platform/terminal.ts";
import { agentLabel, agentOf } from "./agents.ts";
import { AgentCommand } from "./base.ts";
import type { Control } from "./control.ts";
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
    const { agent, state, calls, link } = agentOf(await control.status(), config.settings.agent);
    if (this.json) {
      this.printJson({ agent, calls });
      return;
    }
    if (calls.length === 0) this.print(`${agentLabel(agent, state)} has no calls`);
    const view = { paint: this.paint, now: this.context.now() };
    // Waits for nobody: without a link to Finesse only the connector would be asked in vain.
    const layouts = calls.length > 0 && link.state === "connected" ? await layoutsOf(control, agent) : [];
    for (const call of calls) {
      this.print(callText(call, view));
      const filled = Object.entries(call.variables).filter(([, value]) => value !== "");
      const width = Math.max(0, ...filled.map(([name]) => name.length));
      const labels = labelsOf(layoutFor(layouts, call.variables));
      for (const [name, value] of filled) {
        const label = labels.get(name);
        const meant = label === undefined ? "" : `  ${this.paint("dim", `(${printable(label)})`)}`;
        this.print(`  ${this.paint("dim", printable(name).padEnd(width))}  ${printable(value)}${meant}`);
      }
    }
  }
}

/** Layouts only add to what is printed: without them the calls are all there. */
async function layoutsOf(control: Control, agent: string): Promise<CallLayout[]> {
  try {
    return await control.callLayouts(agent);
  } catch {
    return [];
  }
}

/** What Finesse's administrator calls the variables he shows, by their names. */
function labelsOf(layout: CallLayout | undefined): ReadonlyMap<string, string> {
  const entries = layout === undefined ? [] : entriesOf(layout);
  return new Map(
    entries
      .filter(({ displayName, variable }) => displayName !== "" && displayName !== variable)
      .map(({ variable, displayName }) => [variable, displayName]),
  );
}
