import type { Outcome } from "../model/commands.ts";
import type { SessionSettings } from "../model/settings.ts";

/**
 * A sign-in that found the agent signed in is confirmed (design §5.2), but whoever asked for another extension, server or trust must
 * hear that the live session keeps its own. `extension` is the one Finesse shows.
 */
export function withDifferences(
  outcome: Outcome,
  live: SessionSettings & { extension: string },
  asked: SessionSettings,
): Outcome {
  const found = differences(live, asked);
  if (outcome.outcome !== "confirmed" || found.length === 0) return outcome;
  // The session itself may have told of the extension of its own sign-in.
  const already = outcome.message.startsWith("already signed in") ? "already signed in" : outcome.message;
  return { ...outcome, message: `${already}, ${found.join(", ")} (sign out first to change that)` };
}

function differences(live: SessionSettings, asked: SessionSettings): string[] {
  const found: string[] = [];
  if (live.extension !== asked.extension)
    found.push(`on extension ${live.extension}, not ${asked.extension}`);
  if (!same(live.finesse, asked.finesse))
    found.push(`at ${hosts(live.finesse)}, not ${hosts(asked.finesse)}`);
  if (live.insecure !== asked.insecure)
    found.push(live.insecure ? "without certificate checks" : "with certificate checks");
  const trust = (settings: SessionSettings): string[] => [
    ...settings.ca.map((ca) => ca.pem),
    settings.pin ?? "",
  ];
  if (live.insecure === asked.insecure && !same(trust(live), trust(asked)))
    found.push("with the certificates it was signed in with");
  if (!same(live.resolve, asked.resolve)) found.push("with the addresses it was signed in with");
  const { mobileAgent: one } = live;
  const { mobileAgent: other } = asked;
  if (one?.mode !== other?.mode || one?.dialNumber !== other?.dialNumber)
    found.push(one === undefined ? "not as a mobile agent" : `as a mobile agent at ${one.dialNumber}`);
  return found;
}

function same(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

function hosts(origins: readonly string[]): string {
  return origins.map((origin) => new URL(origin).host).join(" and ");
}
