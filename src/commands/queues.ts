import { Command } from "clipanion";
import { agentsTalking, type Queue } from "../model/queue.ts";
import { printable } from "../platform/terminal.ts";
import { AgentCommand } from "./base.ts";
import { type Cell, type Column, tableText } from "./table.ts";
import { timerSince } from "../words/time.ts";
import type { View } from "./view.ts";

const columns: readonly Column[] = [
  { title: "queue" },
  { title: "waiting", right: true },
  { title: "longest", right: true },
  { title: "ready", right: true },
  { title: "talking", right: true },
  { title: "not ready", right: true },
];

/** A line each, in Finesse's order; a dash is what Finesse does not know. */
export function queuesText(queues: readonly Queue[], { paint, now }: View): string {
  const rows = queues.map(({ id, name, statistics }): Cell[] => {
    const waiting = statistics?.callsInQueue;
    const style = waiting !== undefined && waiting > 0 ? { style: "yellow" as const } : {};
    return [
      { text: printable(name === "" ? id : name), style: "bold" },
      { text: figure(waiting), ...style },
      { text: timerSince(statistics?.longestSince, now), ...style },
      { text: figure(statistics?.agentsReady) },
      { text: figure(statistics === undefined ? undefined : agentsTalking(statistics)) },
      { text: figure(statistics?.agentsNotReady) },
    ];
  });
  return tableText(columns, rows, paint);
}

function figure(value: number | undefined): string {
  return value === undefined ? "-" : String(value);
}

/** `cti queues` */
export class QueuesCommand extends AgentCommand {
  static override paths = [["queues"]];
  static override usage = Command.Usage({
    category: "Watching",
    description: "who waits in the agent's queues, and who is there for them",
    details: `
      The queues of the agent; of a supervisor those of the supervised teams too. A dash is what Finesse does not know: it keeps figures
      only while somebody of the queue is signed in. Unified CCX has no queue API.
    `,
    examples: [
      ["Who waits", "cti queues"],
      ["How many wait in all of them", "cti queues --json | jq '[.queues[].statistics.callsInQueue] | add'"],
    ],
  });

  protected async run(): Promise<void> {
    const { control, agent } = await this.session();
    const queues = await control.queues(agent);
    if (this.json) this.printJson({ agent, queues });
    else if (queues.length === 0) this.print(`agent ${printable(agent)} has no queues`);
    else this.print(queuesText(queues, { paint: this.paint, now: this.context.now() }));
  }
}
