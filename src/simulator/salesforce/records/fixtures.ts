import type { SfUser } from "../contract.ts";
import { type ObjectName, recordId } from "./ids.ts";

/** A record as it is given: `ref` names it for others, `@ref` in a field is that one's id. */
export interface Sample {
  object: Exclude<ObjectName, "User" | "Task">;
  ref?: string;
  fields: Record<string, unknown>;
}

/** The agents of the simulated Finesse, and who works when nobody is there. */
const sampleUsers = [
  ["agent1001@example.com", "Agent 1001"],
  ["agent1002@example.com", "Agent 1002"],
  ["agent1003@example.com", "Agent 1003"],
  ["integration@example.com", "Integration User"],
] as const;

/** Who may sign in: those of these user names, or some by default. */
export function usersOf(usernames: readonly string[] | undefined): SfUser[] {
  const named =
    usernames?.map((username) => [username, username.split("@")[0] ?? ""] as const) ?? sampleUsers;
  return named.map(([username, name], index) => ({ id: recordId("User", index + 1), username, name }));
}

/** Records to find: phones in many notations, names in many scripts, numbers with one, several and no owners. */
export const sampleRecords: readonly Sample[] = [
  { object: "Account", ref: "textiles", fields: { Name: "Karachi Textiles", Phone: "+92 21 3111 2222" } },
  { object: "Account", ref: "mueller", fields: { Name: "Müller & Söhne GmbH", Phone: "+49 (0)30 901820" } },
  { object: "Account", ref: "shoji", fields: { Name: "東京商事株式会社", Phone: "03-5555-0100" } },
  { object: "Account", fields: { Name: "Acme", Phone: "(415) 555-0199" } },
  // One owner each, in the notations that people type.
  contact("Ayesha", "Khan", {
    Phone: "0300 1234567",
    Email: "ayesha.khan@example.com",
    AccountId: "@textiles",
  }),
  contact("Bilal", "Ahmed", { MobilePhone: "+92-321-7654321", AccountId: "@textiles" }),
  contact("Jürgen", "Groß", { Phone: "+49 30 901821", AccountId: "@mueller" }),
  contact("花子", "山田", { Phone: "03-5555-0101", AccountId: "@shoji" }),
  contact("فاطمہ", "علی", { MobilePhone: "(0333) 555 0102" }),
  contact("Ольга", "Иванова", { HomePhone: "8 (495) 555-01-03" }),
  contact("Seán", "O'Brien", { OtherPhone: "+353 1 555 0104" }),
  contact("Mia", "Short", { Phone: "5551234" }),
  // Two owners of one number.
  contact("Ana", "Souza", { Phone: "+1 (415) 555-0110" }),
  contact("João", "Souza", { MobilePhone: "415.555.0110" }),
  // A name that breaks what forgets to escape it, and an account of the same kind.
  contact('Zoë "Zo"', "<b>O'Hara</b> & Sons {Ltd}", { Phone: "+1 (555) 555-0123" }),
  { object: "Account", fields: { Name: "Smith & Daughters (UK) 100% <Ltd>", Phone: "+44 20 5555 0124" } },
  // A lead alone, and one who is a contact too.
  lead("Omar", "Farooq", "Lahore Foods", { Phone: "042-35550105" }),
  lead("Ayesha", "Khan", "Karachi Textiles", { MobilePhone: "+92 300 1234567" }),
  {
    object: "Case",
    ref: "case",
    fields: { CaseNumber: "00001001", Subject: "Order is late", AccountId: "@textiles" },
  },
  { object: "Opportunity", fields: { Name: "Looms 2026", AccountId: "@textiles" } },
];

function contact(FirstName: string, LastName: string, more: Record<string, unknown>): Sample {
  return { object: "Contact", fields: { FirstName, LastName, ...more } };
}

function lead(FirstName: string, LastName: string, Company: string, more: Record<string, unknown>): Sample {
  return { object: "Lead", fields: { FirstName, LastName, Company, ...more } };
}

/** What `getSoftphoneLayout` answers, and `searchAndScreenPop` goes by (reference §3). */
export interface LayoutSection {
  callRelatedFields: string[];
  objects: Record<string, { displayName: string; apiName: string }[]>;
  screenPopSettings: {
    screenPopsOpenWithin?: string;
    NoMatch?: PopSetting;
    SingleMatch?: PopSetting;
    MultipleMatches?: PopSetting;
  };
}

export interface PopSetting {
  /** PopToEntity, PopToSearch, PopToVisualforce, PopToFlow, DoNotPop; an unknown one pops nothing. */
  screenPopType: string;
  screenPopData?: string;
}

export type SoftphoneLayout = Record<"Internal" | "Inbound" | "Outbound", LayoutSection>;

const people = {
  Contact: [
    { displayName: "Name", apiName: "Name" },
    { displayName: "Phone", apiName: "Phone" },
  ],
  Lead: [
    { displayName: "Name", apiName: "Name" },
    { displayName: "Company", apiName: "Company" },
  ],
  Account: [{ displayName: "Account Name", apiName: "Name" }],
};

/** One match is shown, several are listed, none opens a new contact; calls that go out pop nothing. */
export const sampleLayout: SoftphoneLayout = {
  Internal: {
    callRelatedFields: ["ANI", "DNIS"],
    objects: { User: [{ displayName: "Name", apiName: "Name" }] },
    screenPopSettings: {},
  },
  Inbound: {
    callRelatedFields: ["ANI", "DNIS", "SEGMENT", "QUEUE"],
    objects: people,
    screenPopSettings: {
      screenPopsOpenWithin: "ExistingWindow",
      NoMatch: { screenPopType: "PopToEntity", screenPopData: "Contact" },
      SingleMatch: { screenPopType: "PopToEntity" },
      MultipleMatches: { screenPopType: "PopToSearch" },
    },
  },
  Outbound: { callRelatedFields: ["DNIS"], objects: people, screenPopSettings: {} },
};

/** What `getCallCenterSettings` answers beside the adapter's address (reference §4). */
export const sampleCallCenter: Record<string, string> = {
  "/reqGeneralInfo/reqInternalName": "SimulatedCallCenter",
  "/reqGeneralInfo/reqDisplayName": "Call centre of cti sim salesforce (a stub)",
  "/reqGeneralInfo/reqUseApi": "true",
  "/reqGeneralInfo/reqSoftphoneHeight": "520",
  "/reqGeneralInfo/reqSoftphoneWidth": "300",
  "/reqGeneralInfo/reqSalesforceCompatibilityMode": "Lightning",
  "/reqDialingOptions/reqOutsidePrefix": "9",
  "/reqDialingOptions/reqLongDistPrefix": "1",
  "/reqDialingOptions/reqInternationalPrefix": "01",
};
