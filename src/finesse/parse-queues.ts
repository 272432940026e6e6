import type { Queue, QueueStatistics } from "../model/queue.ts";
import { addPlain, child, childText, fieldError, idFromUri, textOf, type XmlElement } from "./xml-tree.ts";

type Figure = Exclude<keyof QueueStatistics, "longestSince" | "unknown">;

/** Element names in lower case. */
const figures: Readonly<Record<string, Figure>> = {
  callsinqueue: "callsInQueue",
  agentsloggedon: "agentsLoggedOn",
  agentsready: "agentsReady",
  agentsnotready: "agentsNotReady",
  agentstalkinginbound: "agentsTalkingInbound",
  agentstalkingoutbound: "agentsTalkingOutbound",
  agentstalkinginternal: "agentsTalkingInternal",
  agentswrapupready: "agentsWrapUpReady",
  agentswrapupnotready: "agentsWrapUpNotReady",
  agentsbusyother: "agentsBusyOther",
};

/** `<Queues><Queue>…` of §11; one is still a list. */
export function parseQueues(element: XmlElement): Queue[] {
  return element.children.filter((part) => part.name.toLowerCase() === "queue").map(parseQueue);
}

/**
 * One `<Queue>` of §11, of a list, of an answer or of a notification. Throws CtiError `finesse-protocol` when nothing says which queue it
 * is; a figure that cannot be read is unknown, like `-1` and an empty one.
 */
export function parseQueue(element: XmlElement): Queue {
  const id = childText(element, "id") ?? idFromUri(childText(element, "uri"));
  if (id === undefined) throw fieldError("Queue", "neither <id> nor <uri> says which it is");
  const statistics = child(element, "statistics");
  return {
    id,
    name: childText(element, "name") ?? "",
    statistics: statistics === undefined ? undefined : statisticsOf(statistics),
  };
}

function statisticsOf(element: XmlElement): QueueStatistics {
  const statistics: QueueStatistics = {
    callsInQueue: undefined,
    longestSince: undefined,
    agentsLoggedOn: undefined,
    agentsReady: undefined,
    agentsNotReady: undefined,
    agentsTalkingInbound: undefined,
    agentsTalkingOutbound: undefined,
    agentsTalkingInternal: undefined,
    agentsWrapUpReady: undefined,
    agentsWrapUpNotReady: undefined,
    agentsBusyOther: undefined,
    unknown: {},
  };
  for (const part of element.children) {
    const name = part.name.toLowerCase();
    const figure = Object.hasOwn(figures, name) ? figures[name] : undefined;
    if (figure !== undefined) statistics[figure] = countOf(part);
    else if (name === "starttimeoflongestcallinqueue") statistics.longestSince = timeOf(part);
    else addPlain(statistics.unknown, part);
  }
  return statistics;
}

/** `-1` and empty mean that nobody knows (§11). */
function countOf(element: XmlElement): number | undefined {
  const text = textOf(element);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The only time that has no milliseconds in every release (§3, §11). */
function timeOf(element: XmlElement): string | undefined {
  const text = textOf(element);
  return text === undefined || !/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(Date.parse(text))
    ? undefined
    : text;
}
