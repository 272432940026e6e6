import { agentsSelector, isSelectable, priorities } from "./selectors.ts";

/** A consumer for some agents who are held away from home. */
export interface HeldChunk {
  id: number;
  agents: ReadonlySet<string>;
  priority: number;
}

/** What leads from the chunks there are to the agents wanted. */
export interface HeldPlan {
  /** To be opened first, each to be there before anything is closed. */
  open: HeldChunk[];
  /** Closed then, at once: all that came instead of them has a lower priority and gets nothing before. */
  close: number[];
  /**
   * Closed a moment later: what came instead has a higher priority, and what the broker sent here before may still be on its way. Closing
   * would send it there again, behind newer requests of the same agent.
   */
  closeLater: number[];
  chunks: HeldChunk[];
}

/** Agents in one selector: the broker evaluates all of them for each request. */
const chunkSize = 50;
/** Small chunks of one priority that are joined when something changes anyway. */
const tooManySmall = 4;

/**
 * Plans the change. Pure. An agent is in one chunk at a time; one that was held and still is has a consumer at every moment, and never two at
 * the same priority, between which the broker would deal its requests in turn. Ids that cannot be put into a selector are left out.
 */
export function planHeld(chunks: readonly HeldChunk[], wanted: ReadonlySet<string>): HeldPlan {
  const covered = new Set(chunks.flatMap(({ agents }) => [...agents]));
  let loose = [...wanted].filter((agent) => isSelectable(agent) && !covered.has(agent));
  const touched = new Set(
    chunks.filter(({ agents }) => [...agents].some((agent) => !wanted.has(agent))).map(({ id }) => id),
  );
  if (loose.length + touched.size > 0) for (const { id } of smallOnes(chunks)) touched.add(id);

  const plan: HeldPlan = { open: [], close: [], closeLater: [], chunks: [] };
  let nextId = Math.max(0, ...chunks.map(({ id }) => id)) + 1;
  const open = (agents: readonly string[], priority: number): void => {
    for (let at = 0; at < agents.length; at += chunkSize)
      plan.open.push({ id: nextId++, agents: new Set(agents.slice(at, at + chunkSize)), priority });
  };
  const replaced = Map.groupBy(
    chunks.filter(({ id }) => touched.has(id)),
    ({ priority }) => priority,
  );
  for (const [priority, sources] of replaced) {
    const staying = sources.flatMap(({ agents }) => [...agents].filter((agent) => wanted.has(agent)));
    const below = priority > priorities.heldLowest;
    // Each step of replacing goes down one; from the lowest it goes up again.
    open([...staying, ...loose], below ? priority - 1 : priorities.held);
    loose = [];
    const ids = sources.map(({ id }) => id);
    if (below || staying.length === 0) plan.close.push(...ids);
    else plan.closeLater.push(...ids);
  }
  open(loose, priorities.held);
  plan.chunks = [...chunks.filter(({ id }) => !touched.has(id)), ...plan.open];
  return plan;
}

function smallOnes(chunks: readonly HeldChunk[]): HeldChunk[] {
  const small = Map.groupBy(
    chunks.filter(({ agents }) => agents.size < chunkSize / 2),
    ({ priority }) => priority,
  );
  return [...small.values()].filter((group) => group.length >= tooManySmall).flat();
}

export function chunkSelector({ agents }: HeldChunk): string {
  return agentsSelector([...agents]);
}
