/** Lanes of the outbox for each target: so many posts are under way to it at once. */
export const lanes = 8;

/** The lane of an agent's events at a target, as a key of the outbox: those of one agent stay in order. */
export function laneKey(target: string, agent: string | undefined): string {
  const lane = agent === undefined ? 0n : BigInt(Bun.hash(agent)) % BigInt(lanes);
  return `${target}/${lane}`;
}

/** All of a target's. */
export function laneKeys(target: string): string[] {
  return Array.from({ length: lanes }, (_, lane) => `${target}/${lane}`);
}

export function targetOfLane(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}
