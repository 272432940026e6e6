import { isLive } from "../engine/call.ts";
import type { QueueEntry } from "../engine/population.ts";
import type { Sim } from "../engine/sim.ts";
import { isoTime } from "../engine/user-xml.ts";
import type { Agent, World } from "../engine/world.ts";
import { element, type XmlElement } from "../engine/xml.ts";

/** What a signed-in agent counts as; one of these at a time, so that they add up to agentsLoggedOn. */
const counted = [
  "agentsBusyOther",
  "agentsNotReady",
  "agentsReady",
  "agentsTalkingInbound",
  "agentsTalkingInternal",
  "agentsTalkingOutbound",
  "agentsWrapUpNotReady",
  "agentsWrapUpReady",
] as const;
type Counted = (typeof counted)[number];

/** A queue with its statistics of this moment (§11). */
export function queueXml(sim: Sim, queue: QueueEntry): XmlElement {
  const statistics = statisticsOf(sim.world, queue).sort(([one], [other]) => (one < other ? -1 : 1));
  return element("Queue", [
    element("name", queue.name),
    element(
      "statistics",
      statistics.map(([name, value]) => element(name, value)),
    ),
    element("uri", `/finesse/api/Queue/${queue.number}`),
  ]);
}

/** The queues that are shown to an agent: those of the own team and, to supervisors, of the supervised ones. */
export function queuesOf(world: World, { entry }: Agent): QueueEntry[] {
  return world.population.queues.filter(({ teams }) =>
    teams.some((team) => team === entry.team || entry.supervises?.includes(team) === true),
  );
}

function statisticsOf(world: World, queue: QueueEntry): [string, string][] {
  const signedIn = [...world.agents.values()].filter((agent) => agent.status.state !== "LOGOUT");
  // Finesse only keeps figures of queues that somebody has; of the others it knows nothing (§11).
  if (!signedIn.some((agent) => queuesOf(world, agent).includes(queue))) {
    return [
      ...["agentsLoggedOn", "callsInQueue", ...counted].map((name): [string, string] => [name, "-1"]),
      ["startTimeOfLongestCallInQueue", ""],
    ];
  }
  const serving = signedIn.filter((agent) => queue.teams.includes(agent.entry.team));
  const counts = new Map<Counted, number>();
  for (const agent of serving) {
    const name = countedAs(world, agent, queue);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const waiting = world.waiting.filter((entry) => entry.queue === queue);
  const longest = waiting.length === 0 ? undefined : Math.min(...waiting.map(({ since }) => since));
  return [
    ...counted.map((name): [string, string] => [name, String(counts.get(name) ?? 0)]),
    ["agentsLoggedOn", String(serving.length)],
    ["callsInQueue", String(waiting.length)],
    // Without milliseconds, unlike other times (§11).
    ["startTimeOfLongestCallInQueue", isoTime(world, longest).replace(/\.\d+Z$/, "Z")],
  ];
}

function countedAs(world: World, agent: Agent, queue: QueueEntry): Counted {
  const { state } = agent.status;
  if (state === "READY") return "agentsReady";
  if (state === "NOT_READY") return "agentsNotReady";
  const at = world.partiesAt(agent.extension);
  // A call of another queue is something else to do, from this one's point of view.
  const elsewhere = at.some(
    ({ call, party }) => party.acd && call.queue !== undefined && call.queue !== queue,
  );
  if (elsewhere) return "agentsBusyOther";
  if (state === "WORK") return "agentsWrapUpNotReady";
  if (state === "WORK_READY") return "agentsWrapUpReady";
  const talk = at.find(({ party }) => isLive(party) && party.state !== "HELD");
  // RESERVED and HOLD have no figure of their own.
  if (state !== "TALKING" || talk === undefined) return "agentsBusyOther";
  if (talk.party.acd) return "agentsTalkingInbound";
  if (talk.call.parties.every((party) => party.device || !isLive(party))) return "agentsTalkingInternal";
  return talk.party.incoming ? "agentsTalkingInbound" : "agentsTalkingOutbound";
}
