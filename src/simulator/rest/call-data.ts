import type { World } from "../engine/world.ts";
import { fault } from "./api-fault.ts";
import type { RequestElement } from "./request-body.ts";

/** Longest values in characters; longer ones are cut without a word (§10). */
const longestPeripheral = 40;
const longestEcc = 210;

/**
 * Reads `<callvariables>` (§4, §10): names that are no call variables, BA* ones and duplicates are Invalid Input; ECC variables the
 * system does not know are left out silently.
 */
export function callVariables(world: World, mediaProperties: RequestElement): Map<string, string> {
  const variables = new Map<string, string>();
  const seen = new Set<string>();
  for (const entry of mediaProperties.child("callvariables")?.all("CallVariable") ?? []) {
    const name = entry.required("name");
    const value = entry.child("value")?.own ?? "";
    if (seen.has(name)) throw fault.invalidInput(name, `Duplicate call variable '${name}'`);
    seen.add(name);
    if (/^callVariable([1-9]|10)$/.test(name)) variables.set(name, value.slice(0, longestPeripheral));
    else if (/^user\.[^\s[\]]+(\[\d{1,3}\])?$/.test(name)) {
      const declared = name.replace(/\[\d+\]$/, "[]");
      if (world.population.eccVariables.includes(declared)) variables.set(name, value.slice(0, longestEcc));
    } else throw fault.invalidInput(name, `Invalid call variable '${name}'`);
  }
  return variables;
}

/** One wrap-up reason, on UCCX several (joined by commas); undefined when none is given. */
export function wrapUpReason(world: World, mediaProperties: RequestElement): string | undefined {
  const items = mediaProperties.child("wrapUpItems")?.all("wrapUpItem") ?? [];
  if (items.length > 0) {
    if (world.profile === "ucce") throw fault.invalidInput("wrapUpItems");
    return items.map((item) => item.own.trim()).join(",");
  }
  return mediaProperties.text("wrapUpReason");
}
