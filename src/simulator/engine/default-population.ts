import type { LayoutField } from "./population-layouts.ts";
import type { AgentEntry, Population, PopulationOptions, ReasonCodeEntry } from "./population.ts";

/** First twenty: the agents of tests and examples; later ones are made by combining both lists. */
const firstNames = [
  "Olivia",
  "Jürgen",
  "Amara",
  "Zoë",
  "Tomás",
  "Priya",
  "Håkon",
  "Łucja",
  "Daniel",
  "Chloé",
  "Marcus",
  "Søren",
  "Keiko",
  "Renée",
  "Ivan",
  "Fatima",
  "Björn",
  "Grace",
  "Núria",
  "Owen",
];
const lastNames = [
  "Bennett",
  "Köhler",
  "Okafor",
  "Marchetti",
  "Álvarez",
  "Raman",
  "Lindqvist",
  "Wójcik",
  "O'Connor",
  "Dubois",
  "Whitfield",
  "Østergaard",
  "Nakamura",
  "Lefèvre",
  "Petrov",
  "Al-Sayed",
  "Ångström",
  "Mbeki",
  "Puig",
  "Fairchild",
];

const notReady: [number, string][] = [
  [10, "Lunch"],
  [11, "Break"],
  [12, "Meeting"],
  [13, "Training"],
  [14, "Follow-up & paperwork"],
  [15, "Déplacement"],
];
const logout: [number, string][] = [
  [20, "End of Shift"],
  [21, "Sick"],
  [22, "System Problem"],
];

/** System codes (§7), with the categories they are met in. */
const systemCodes = {
  ucce: {
    NOT_READY: {
      255: "Connection Failure",
      999: "Supervisor Initiated",
      20001: "Forced Logout",
      50002: "CTI Client Failure",
      50003: "Device Out Of Service",
      50005: "Non ACD Busy",
      50006: "Off Hook",
      50010: "Consecutive Missed Calls",
      51004: "Login During Call",
      32767: "Call Not Answered",
    },
    LOGOUT: {
      255: "Connection Failure",
      999: "Supervisor Initiated",
      20002: "Forced Logout",
      50001: "System Disconnect",
      50002: "CTI Client Failure",
      50003: "Device Out Of Service",
      50004: "Inactivity",
      50030: "Device Conflict",
    },
  },
  uccx: {
    NOT_READY: {
      33: "Supervisor Initiated",
      255: "Connection Failure",
      32742: "Off Hook",
      32760: "Agent Logon",
      32761: "Non ICD Call",
      32763: "Ring No Answer",
      32765: "Connection Down",
    },
    LOGOUT: {
      22: "Supervisor Initiated",
      255: "Connection Failure",
      32740: "Relogin Elsewhere",
      32741: "Extension Conflict",
      50002: "CTI Client Failure",
    },
  },
};

/**
 * Agents 1001… on extensions 2001…, in two teams: the first half (at least ten) is "Sales" under supervisor 1001, the second
 * "Service" under the first agent of that half (1011 when there are twenty). Wrap-up of 30 s follows routed calls, not dialled ones.
 * Reason codes are offered in both categories and not enforced.
 */
export function defaultPopulation(options: PopulationOptions = {}): Population {
  const count = options.agents ?? 20;
  const half = Math.max(10, Math.ceil(count / 2));
  const profile = options.profile ?? "ucce";
  return {
    agents: Array.from({ length: count }, (_, index) => agentEntry(index, half)),
    teams: [
      { id: "1", name: "Sales" },
      { id: "2", name: "Service" },
    ],
    queues: [
      { number: "5022", name: "Sales.EN", routePoint: "811802", teams: ["1"] },
      { number: "5023", name: "Sales.DE", routePoint: "811803", teams: ["1"] },
      { number: "5031", name: "Service.EN", routePoint: "811901", teams: ["2"] },
      { number: "5090", name: "General", routePoint: "811000", teams: ["1", "2"] },
    ],
    reasonCodes: [
      ...notReady.map(([code, label], at) => reason(String(1 + at), "NOT_READY", code, label)),
      ...logout.map(([code, label], at) => reason(String(21 + at), "LOGOUT", code, label)),
      ...(["NOT_READY", "LOGOUT"] as const).flatMap((category) =>
        Object.entries(systemCodes[profile][category]).map(([code, label], at) => ({
          ...reason(String((category === "NOT_READY" ? 101 : 151) + at), category, Number(code), label),
          systemCode: true,
        })),
      ),
    ],
    wrapUpReasons: ["Sales", "Support", "Complaint", "Callback agreed", "Wrong number", "Réclamation"].map(
      (label, at) => ({ id: String(at + 1), label }),
    ),
    callLayouts: [
      {
        id: "1",
        name: "Default Layout",
        description: "Default layout",
        type: "DEFAULT",
        header: field("Customer", "callVariable1", true),
        columns: [
          [
            field("Case", "callVariable2", true),
            field("Segment", "callVariable3", true),
            field("Company", "callVariable4"),
          ],
          [field("City", "callVariable5"), field("Account", "user.account")],
        ],
      },
    ],
    extensions: ["9901", "9902"],
    eccVariables: [
      "user.account",
      "user.caseId",
      "user.segment",
      "user.language",
      "user.city",
      "user.street",
      "user.company",
      "user.email",
      "user.consent",
      "user.ivrPath",
      "user.authLevel",
      "user.balance",
      "user.lastAgent",
      "user.note",
      "user.tracking",
      "user.campaign",
      "user.priority",
      "user.survey",
      "user.session",
      "user.media.id",
      "user.microapp.ToExtVXML[]",
      "user.microapp.FromExtVXML[]",
      "user.history[]",
      "user.products[]",
    ],
    requireReasons: false,
    logoutOnDisconnect: false,
    busyTrigger: 1,
  };
}

function agentEntry(index: number, half: number): AgentEntry {
  const id = String(1001 + index);
  const round = Math.floor(index / firstNames.length);
  const firstName = firstNames[index % firstNames.length] ?? "Agent";
  const lastName = lastNames[(index + round * 7) % lastNames.length] ?? id;
  const team = index < half ? "1" : "2";
  const supervises = index === 0 ? ["1"] : index === half ? ["2"] : undefined;
  return {
    id,
    loginName:
      `${plain(firstName).slice(0, 1)}${plain(lastName)}${round === 0 ? "" : round + 1}`.toLowerCase(),
    firstName,
    lastName,
    extension: String(2001 + index),
    team,
    ...(supervises !== undefined && { supervises }),
    wrapUpOnIncoming: "REQUIRED",
    wrapUpOnOutgoing: "NOT_ALLOWED",
    wrapUpTimer: 30,
  };
}

/** Login names are ASCII: accents fall off, other letters too. */
function plain(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/[øØ]/g, "o")
    .replaceAll(/[łŁ]/g, "l")
    .replaceAll(/[^A-Za-z]/g, "");
}

function reason(id: string, category: "NOT_READY" | "LOGOUT", code: number, label: string): ReasonCodeEntry {
  return { id, category, code, label };
}

function field(displayName: string, mediaProperty: string, showInPopOver = false): LayoutField {
  return { displayName, mediaProperty, showInPopOver, uiEditable: false };
}
