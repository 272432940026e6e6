import type { Call } from "../../model/call.ts";
import type { EbsSettings } from "./contract.ts";

export type PopSettings = Pick<EbsSettings, "dnis" | "data" | "fixed" | "misspeltCampaign">;

/** Keys that EBS knows by two names (ebs-basic-telephony.md §5.1): what is sent under one is sent under the other. */
const twins: readonly (readonly [string, string])[] = [
  ["CustomerID", "CustomerNum"],
  ["AccountNum", "AccountCode"],
];
const campaign = "CAMPAIGN_SCHEDULE_NAME";
const misspelt = "COMPAIGN_SCHEDULE_NAME";

/** The number that EBS looks the customer up by: who is at the other end, from the agent's point of view. */
export function customerNumber(call: Call): string {
  if (call.direction === "out") return call.dialedNumber ?? call.party;
  return call.customer ?? call.party;
}

/**
 * Data keys and values of a ScreenPop (§4, §5), in the order in which they are sent. Call variables without a value are left out; what is
 * mapped first wins.
 */
export function popData(call: Call, extension: string, settings: PopSettings): [string, string][] {
  const dialed = call.dialedNumber ?? (call.direction === "out" ? call.party : call.to) ?? extension;
  const data = new Map<string, string>([
    ["occtSourceID", call.interaction],
    ["occtANI", customerNumber(call)],
    ["occtDNIS", settings.dnis === "extension" ? extension : dialed],
  ]);
  const put = (key: string, value: string): void => {
    if (!data.has(key)) data.set(key, value);
  };
  for (const { variable, keys } of settings.data) {
    const value = call.variables[variable]?.trim() ?? "";
    if (value !== "") for (const key of keys) put(key, value);
  }
  for (const [one, other] of twins) {
    const value = data.get(one) ?? data.get(other);
    if (value === undefined) continue;
    put(one, value);
    put(other, value);
  }
  const name = data.get(campaign) ?? data.get(misspelt);
  if (name !== undefined) {
    put(campaign, name);
    if (settings.misspeltCampaign) put(misspelt, name);
    else data.delete(misspelt);
  }
  for (const { key, value, when } of settings.fixed)
    if (when === undefined || data.has(when)) put(key, value);
  return [...data];
}
