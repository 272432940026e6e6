import { CtiError } from "../../model/errors.ts";
import type { GcSettings } from "./contract.ts";

/** A consumer on the request queue. Without a selector it takes whatever nobody with a higher priority takes. */
export interface RequestConsumer {
  priority: number;
  selector: string | undefined;
}

/**
 * Consumer priorities: the broker gives a request to the highest that wants it (generic-connector.md §8). `held` down to `heldLowest` are
 * all above `home`: consumers that replace each other need different ones, see `held-plan.ts`.
 */
export const priorities = {
  active: 127,
  standby: 100,
  held: 127,
  heldLowest: 121,
  home: 120,
  catchAll: 100,
} as const;

/** Which agents live here with role `shared`. */
export type Home =
  { kind: "partition"; index: number; of: number } | { kind: "patterns"; patterns: string[] };

const mostPartitions = 10;

/**
 * Reads `["1/2"]` (agents by the last character of their id) or patterns of ids with `*`. Throws `config-invalid`. Patterns are limited to
 * `[A-Za-z0-9._:@*-]`, so nothing of a configuration reaches the broker as anything but a literal.
 */
export function parseHome(home: readonly string[]): Home {
  const [first = ""] = home;
  const [, index, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(first) ?? [];
  if (home.length === 1 && index !== undefined && of !== undefined) {
    const part: Home = { kind: "partition", index: Number(index), of: Number(of) };
    if (part.of < 1 || part.of > mostPartitions || part.index < 1 || part.index > part.of)
      throw invalidHome(first, `the parts are 1/N to N/N, with N up to ${mostPartitions}`);
    return part;
  }
  for (const pattern of home)
    if (!/^[A-Za-z0-9._:@*-]{1,64}$/.test(pattern))
      throw invalidHome(pattern, "an agent's id may have letters, digits and . _ : @ -; * stands for any");
  if (home.length === 0) throw invalidHome("", "role shared needs one");
  return { kind: "patterns", patterns: [...home] };
}

function invalidHome(written: string, why: string): CtiError {
  return new CtiError({
    code: "config-invalid",
    message: `"${written}" is no home of agents`,
    why,
    hint: 'write home = "1/2" here and "2/2" at the other connector, or home = ["10*", "1101"]',
  });
}

/** The part of `of` an agent belongs to, from 1: digits by value, every other last character to the first part. */
export function partitionOf(key: string, of: number): number {
  const last = key.at(-1) ?? "";
  return /^[0-9]$/.test(last) ? (Number(last) % of) + 1 : 1;
}

/** Does the agent live here, so that nothing more has to be done to get its requests? */
export function isAtHome(agent: string, home: Home): boolean {
  if (home.kind === "partition") return partitionOf(agent, home.of) === home.index;
  return home.patterns.some((pattern) => patternExpression(pattern).test(agent));
}

function patternExpression(pattern: string): RegExp {
  return new RegExp(
    `^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (char) => (char === "*" ? ".*" : `\\${char}`))}$`,
    "s",
  );
}

/**
 * The consumers a connector always has. Those for agents held away from home come on top.
 *
 * The catch-alls of several connectors never have the same priority where that can be told: at equal priority the broker deals in turn, and an
 * agent's Connect and Login would come to different connectors.
 */
export function requestConsumers(settings: Pick<GcSettings, "role" | "home" | "name">): RequestConsumer[] {
  switch (settings.role) {
    case "active":
      return [{ priority: priorities.active, selector: undefined }];
    case "standby":
      return [{ priority: priorities.standby, selector: undefined }];
    case "shared": {
      const home = parseHome(settings.home);
      const behind = home.kind === "partition" ? home.index - 1 : rankOf(settings.name);
      return [
        { priority: priorities.home, selector: homeSelector(home) },
        { priority: priorities.catchAll - behind, selector: undefined },
      ];
    }
  }
}

/** 0 to 99, the same for the same name. */
function rankOf(name: string): number {
  let hash = 0;
  for (const char of name) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 100;
}

export function homeSelector(home: Home): string {
  if (home.kind === "patterns")
    return onlyKeys(home.patterns.map((pattern) => endsWith(`#${likePattern(pattern)}`)));
  const digits = (index: number): string[] =>
    Array.from({ length: 10 }, (_, digit) => String(digit)).filter(
      (digit) => partitionOf(digit, home.of) === index,
    );
  const ends = (part: string[]): string => part.map((digit) => endsWith(digit)).join(" OR ");
  if (home.index > 1) return ends(digits(home.index));
  const others = Array.from({ length: home.of - 1 }, (_, other) => digits(other + 2)).flat();
  return others.length === 0 ? "JMSType IS NOT NULL" : `JMSType IS NOT NULL AND NOT (${ends(others)})`;
}

/** Requests of these agents, whatever the command. Throws for an id that `isSelectable` refuses. */
export function agentsSelector(agents: readonly string[]): string {
  const strange = agents.find((agent) => !isSelectable(agent));
  if (strange !== undefined || agents.length === 0)
    throw new RangeError("agents of a selector must be named by [A-Za-z0-9._:@-]+");
  return onlyKeys(agents.map((agent) => endsWith(`#${likePattern(agent)}`)));
}

/** Only such ids ever become part of a selector. */
export function isSelectable(agent: string): boolean {
  return /^[A-Za-z0-9._:@-]{1,64}$/.test(agent);
}

/** `%#1001` would also take the key `x#1001`; a key has no `#`. */
function onlyKeys(conditions: string[]): string {
  return `(${conditions.join(" OR ")}) AND JMSType NOT LIKE '%#%#%'`;
}

function endsWith(pattern: string): string {
  return `JMSType LIKE '%${pattern}'${pattern.includes("\\") ? " ESCAPE '\\'" : ""}`;
}

/** Literal text with `*` for anything. Quotes cannot occur and are doubled all the same. */
function likePattern(text: string): string {
  return text
    .replaceAll("'", "''")
    .replace(/[_%\\]/g, "\\$&")
    .replaceAll("*", "%");
}
