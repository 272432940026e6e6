import type { Call } from "../../../../../src/model/call.ts";
import type { LinkStatus, SessionStatus } from "../../../../../src/model/status.ts";
import type { CallLog, Match } from "../../../../../src/crm/open-cti/contract.ts";
import type { PageState, ToPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { call, party } from "../../../samples.ts";
import { ago, ayesha, log } from "./stage.ts";

/** One customer's call as it goes on, and the consultation it leads to. */
const talkActions = ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"];
const variables = {
  callVariable1: "CUST-778",
  callVariable2: "Gold",
  "user.language": "ur",
  "user.invoice": "2026-000481516",
  "user.reason": "Asks for the third time when the technician is coming and why nobody called back",
};

export const rings = call({
  stateSince: ago(4),
  startedAt: ago(4),
  queue: { number: "8001", name: "Sales" },
  variables,
});
export const talks = call({
  ...rings,
  state: "ACTIVE",
  dialogState: "ACTIVE",
  stateSince: ago(127),
  actions: talkActions,
});
export const held = call({
  ...rings,
  state: "HELD",
  stateSince: ago(31),
  actions: ["RETRIEVE", "DROP", "UPDATE_CALL_DATA", "TRANSFER", "CONFERENCE"],
});
export const consult = call({
  id: "16802400",
  interaction: "I-9",
  parent: rings.interaction,
  direction: "internal",
  state: "ACTIVE",
  stateSince: ago(12),
  party: "2002",
  customer: undefined,
  actions: ["HOLD", "DROP", "SEND_DTMF", "UPDATE_CALL_DATA"],
  dialedNumber: "2002",
  variables: {},
  participants: [party("42001", "ACTIVE", "AGENT_DEVICE"), party("2002", "ACTIVE", "AGENT_DEVICE")],
});
export const wraps = call({ ...rings, state: "WRAP_UP", stateSince: ago(9), actions: ["UPDATE_CALL_DATA"] });

export const known = (
  of: Call,
  given: Partial<CallLog> = {},
  matches: Match[] = [ayesha],
): PageState["logs"] => [{ log: log(of, given), matches, recordId: undefined }];
export const shows = (state: PageState, ...more: ToPage[]): ToPage[] => [
  { type: "lead", leads: true },
  { type: "state", state },
  ...more,
];
export const away = (
  state: LinkStatus["state"],
  given: Partial<LinkStatus> = {},
): Partial<SessionStatus> => ({
  link: { state, since: ago(9), node: "fina.example.com:8445", ...given },
});
