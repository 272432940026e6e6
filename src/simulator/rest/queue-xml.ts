import type { QueueEntry } from "../engine/population.ts";
import type { Sim } from "../engine/sim.ts";
import { element, type XmlElement } from "../engine/xml.ts";

/** A queue with its statistics of this moment (§11); times without milliseconds, as there. */
export function queueXml(sim: Sim, queue: QueueEntry): XmlElement {
  const { world } = sim;
  const waiting = world.waiting.filter((entry) => entry.queue === queue);
  const oldest = waiting[0]?.call.parties[0]?.startTime;
  const count = {
    ready: 0,
    notReady: 0,
    on: 0,
    talkingIn: 0,
    talkingOut: 0,
    inside: 0,
    wrapReady: 0,
    wrapNotReady: 0,
    other: 0,
  };
  for (const agent of world.agents.values()) {
    if (agent.status.state === "LOGOUT" || !queue.teams.includes(agent.entry.team)) continue;
    count.on += 1;
    switch (agent.status.state) {
      case "READY":
        count.ready += 1;
        break;
      case "NOT_READY":
        count.notReady += 1;
        break;
      case "WORK":
        count.wrapNotReady += 1;
        break;
      case "WORK_READY":
        count.wrapReady += 1;
        break;
      case "TALKING": {
        const talk = world.liveAt(agent.extension).find(({ party }) => party.state !== "HELD");
        if (talk?.call.callType === "AGENT_INSIDE") count.inside += 1;
        else if (talk?.party.incoming === false) count.talkingOut += 1;
        else count.talkingIn += 1;
        break;
      }
      default:
        count.other += 1;
    }
  }
  const statistics: [string, string][] = [
    ["agentsBusyOther", String(count.other)],
    ["agentsLoggedOn", String(count.on)],
    ["agentsNotReady", String(count.notReady)],
    ["agentsReady", String(count.ready)],
    ["agentsTalkingInbound", String(count.talkingIn)],
    ["agentsTalkingInternal", String(count.inside)],
    ["agentsTalkingOutbound", String(count.talkingOut)],
    ["agentsWrapUpNotReady", String(count.wrapNotReady)],
    ["agentsWrapUpReady", String(count.wrapReady)],
    ["callsInQueue", String(waiting.length)],
    [
      "startTimeOfLongestCallInQueue",
      oldest === undefined ? "" : new Date(oldest).toISOString().replace(/\.\d+Z$/, "Z"),
    ],
  ];
  return element("Queue", [
    element("name", queue.name),
    element(
      "statistics",
      statistics.map(([name, value]) => element(name, value)),
    ),
    element("uri", `/finesse/api/Queue/${queue.number}`),
  ]);
}
