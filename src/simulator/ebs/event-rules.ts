import { nearest } from "../../platform/nearest.ts";
import type { Problem } from "./contract.ts";

/** The events there are, with the data each must have (reference §4). */
const required = {
  ScreenPop: ["occtSourceID", "occtANI", "occtDNIS"],
  CallEstablished: ["occtSourceID"],
  CallReleased: ["occtSourceID"],
  Error: ["occtErrorMsg"],
  TelephonyEnabled: [],
  TelephonyDisabled: [],
} as const satisfies Record<string, readonly string[]>;

export type EventName = keyof typeof required;

/** May be empty: a caller may hide the number. */
const mayBeEmpty: readonly string[] = ["occtANI"];

/** Keys whose spelling is fixed (reference §5); any other key is free. */
const knownKeys = [
  ..."occtSourceID occtANI occtDNIS occtErrorMsg CustomerID ContactNum ScreenPopType occtClassification AccountNum".split(
    " ",
  ),
  ..."COMPAIGN_SCHEDULE_NAME CAMPAIGN_SCHEDULE_NAME CAMPAIGN_SCHEDULE_ID lastOperationCode PARTY_ID CustomerName".split(
    " ",
  ),
  ..."CustomerNum occtMediaItemID QuoteNum OrderNum CollateralReq AccountCode EventCode MarketingPIN ServiceKey".split(
    " ",
  ),
  ..."ServiceRequestNum ContractNum ContractNumModifier SourceCode occtEventName occtAgentID occtMediaType occtCallID".split(
    " ",
  ),
  ..."occtScreenPopAction workItemID CustomerNumber InvoiceNum SocialSecurityNumber RMANum SerialNum".split(
    " ",
  ),
];
const spellings = new Map(knownKeys.map((key) => [key.toLowerCase(), key]));

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(required, name);
}

/** What is wrong with an event by itself, apart from its order. `fatal`: it cannot be taken. */
export function eventProblems(
  name: string,
  data: Readonly<Record<string, string>>,
): { fatal: Problem[]; others: Problem[] } {
  const others = Object.keys(data).flatMap((key): Problem[] => {
    const right = spellings.get(key.toLowerCase());
    if (right === undefined || right === key) return [];
    return [{ kind: "spelling", text: `${key} is spelt ${right}` }];
  });
  if (!isEventName(name)) return { fatal: [{ kind: "unknown-event", text: unknownText(name) }], others };
  const fatal = required[name].flatMap((key): Problem[] => {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    if (value === undefined) return [{ kind: "missing-data", text: `${name} has no ${key}` }];
    if (value.trim() === "" && !mayBeEmpty.includes(key))
      return [{ kind: "missing-data", text: `${key} of ${name} is empty` }];
    return [];
  });
  return { fatal, others };
}

function unknownText(name: string): string {
  if (name === "") return "an event has no name";
  const near = nearest(name, Object.keys(required));
  return `there is no event ${name}${near === undefined ? "" : `; ${near} was meant?`}`;
}
