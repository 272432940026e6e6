import type { Contact, ReasonCode, Reasons } from "../../../../../src/model/agent.ts";
import type { Call } from "../../../../../src/model/call.ts";
import type { CallLayout, LayoutEntry } from "../../../../../src/model/call-layout.ts";
import type { SessionStatus } from "../../../../../src/model/status.ts";
import type { CallLog, Match } from "../../../../../src/crm/open-cti/contract.ts";
import type { FromPage, PageState, ToPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { agent } from "../../../samples.ts";

/** ISO 8601 of so many seconds ago. */
export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

const reason = (id: string, label: string, category: string): ReasonCode => ({
  id,
  category,
  code: `${id}0`,
  label,
  forAll: true,
  systemCode: false,
});

export const reasons: Reasons = {
  notReady: ["Lunch", "Coffee break", "Team meeting", "Training", "Back office", "الصلاة"].map((label, at) =>
    reason(String(at + 1), label, "NOT_READY"),
  ),
  logout: ["End of shift", "Going to the other site"].map((label, at) =>
    reason(String(at + 11), label, "LOGOUT"),
  ),
  wrapUp: ["Sale", "Complaint", "Question about an invoice", "Wrong number", "Will call again"].map(
    (label, at) => ({
      id: String(at),
      label,
      forAll: true,
    }),
  ),
};

export const contacts: Contact[] = [
  ["Anna", "Schmidt", "2001", "Billing"],
  ["Björn", "Åkesson", "2002", "Technical support"],
  ["فاطمة", "الزهراء", "2003", undefined],
  ["Chidi", "Okonkwo", "+44 20 7946 0958", "Partner"],
].map(([firstName, lastName, number = "", description]) => ({
  firstName,
  lastName,
  number,
  description,
  book: "Everybody",
  bookType: "GLOBAL",
}));

/** Every call's, by Finesse's administrator. */
export const layouts: CallLayout[] = [
  {
    id: "1",
    name: "Default",
    description: undefined,
    type: "DEFAULT",
    header: entry("Customer", "callVariable1"),
    columns: [
      [entry("Level", "callVariable2"), entry("Language", "user.language", false)],
      [entry("Reason for the call", "user.reason")],
    ],
  },
];

function entry(displayName: string, variable: string, inPopOver = true): LayoutEntry {
  return { displayName, variable, inPopOver, editable: false };
}

/** What a connector answers by itself. */
export function answer(message: FromPage): ToPage | undefined {
  if (message.type === "reasons") return { type: "reasons", id: message.id, reasons };
  if (message.type === "phone-book") return { type: "phone-book", id: message.id, contacts };
  if (message.type === "layouts") return { type: "layouts", id: message.id, layouts };
  return undefined;
}

export function session(
  state: string,
  calls: Call[] = [],
  given: Partial<SessionStatus> = {},
): SessionStatus {
  const lunch = state === "NOT_READY" ? { reason: reasons.notReady[0] } : {};
  return {
    agent: "1001",
    extension: "42001",
    link: {
      state: "connected",
      since: ago(600),
      node: "fina.example.com:8445",
      transport: "websocket",
      roundTrip: 12,
    },
    service: "in-service",
    state: agent({ state, stateChangeTime: ago(184), ...lunch }),
    calls,
    shared: [],
    ...given,
  };
}

export function log(of: Pick<Call, "interaction" | "direction">, given: Partial<CallLog> = {}): CallLog {
  return {
    callObject: `${of.interaction}:1001`,
    agent: "1001",
    interaction: of.interaction,
    callType: of.direction === "in" ? "Inbound" : of.direction === "out" ? "Outbound" : "Internal",
    number: "03001234567",
    dialed: undefined,
    queue: undefined,
    startedAt: ago(3600),
    answeredAt: ago(3590),
    endedAt: undefined,
    estimated: false,
    seconds: undefined,
    disposition: undefined,
    notes: undefined,
    who: undefined,
    what: undefined,
    ...given,
  };
}

export const ayesha: Match = { id: "003000000000001AAA", type: "Contact", name: "Fatima Noor" };
export const others: Match[] = [
  {
    id: "003000000000002AAA",
    type: "Contact",
    name: "Maximilian Freiherr von Hohenstein-Württemberg zu Sigmaringen",
  },
  { id: "00Q000000000003AAA", type: "Lead", name: "Fatima Noor-Schneider" },
  { id: "001000000000004AAA", type: "Account", name: "Noor & Sons Trading (Private) Limited" },
];

const gone: PageState["logs"] = [
  {
    log: log(
      { interaction: "P-1", direction: "in" },
      { endedAt: ago(250), disposition: "Sale", notes: "Sends the order today." },
    ),
    matches: [ayesha],
    recordId: "00T1",
  },
  {
    log: log(
      { interaction: "P-2", direction: "in" },
      { endedAt: ago(1900), number: "+49 30 901820", answeredAt: undefined },
    ),
    matches: [],
    recordId: undefined,
  },
  {
    log: log({ interaction: "P-3", direction: "out" }, { endedAt: ago(5400), number: "2002" }),
    matches: [],
    recordId: undefined,
  },
];

/** The whole state; `logs` of its calls beside those that are over. */
export function page(
  of: SessionStatus,
  logs: PageState["logs"] = [],
  unattended: PageState["unattended"] = { then: "not-ready", after: 60 },
): PageState {
  return { session: of, logs: [...logs, ...gone], unattended };
}
