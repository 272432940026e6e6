import type { Call } from "../../../../../src/model/call.ts";
import type { LinkStatus, SessionStatus } from "../../../../../src/model/status.ts";
import type { CallLog, Match } from "../../../../../src/crm/open-cti/contract.ts";
import type { PageState, ToPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { agent, call, party } from "../../../samples.ts";
import { greeting } from "./fake-connector.ts";
import { ago, ayesha, log, others, page, reasons, session } from "./stage.ts";

/** A moment of the page, as the connector tells it. */
export interface Scene {
  name: string;
  greeting?: ToPage;
  says: ToPage[];
  /** What the person does then. */
  does?: (tab: Tab) => Promise<void>;
  /** What is seen when it stands. */
  shows: RegExp;
}

const talkActions = ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"];
const variables = {
  callVariable1: "CUST-778",
  callVariable2: "Gold",
  "user.language": "ur",
  "user.invoice": "2026-000481516",
  "user.reason": "Asks for the third time when the technician is coming and why nobody called back",
};

const rings = call({
  stateSince: ago(4),
  startedAt: ago(4),
  queue: { number: "8001", name: "Sales" },
  variables,
});
const talks = call({
  ...rings,
  state: "ACTIVE",
  dialogState: "ACTIVE",
  stateSince: ago(127),
  actions: talkActions,
});
const held = call({
  ...rings,
  state: "HELD",
  stateSince: ago(31),
  actions: ["RETRIEVE", "DROP", "UPDATE_CALL_DATA", "TRANSFER", "CONFERENCE"],
});
const consult = call({
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
const wraps = call({ ...rings, state: "WRAP_UP", stateSince: ago(9), actions: ["UPDATE_CALL_DATA"] });

const known = (of: Call, given: Partial<CallLog> = {}, matches: Match[] = [ayesha]): PageState["logs"] => [
  { log: log(of, given), matches, recordId: undefined },
];
const shows = (state: PageState, ...more: ToPage[]): ToPage[] => [
  { type: "lead", leads: true },
  { type: "state", state },
  ...more,
];
const away = (state: LinkStatus["state"], given: Partial<LinkStatus> = {}): Partial<SessionStatus> => ({
  link: { state, since: ago(9), node: "fina.example.com:8445", ...given },
});

/** Everything that the page can look like. */
export function scenes(): Scene[] {
  const longName = "Αικατερίνη-Μαρία Παπαδοπούλου-Κωνσταντινίδη του Αλεξάνδρου";
  return [
    { name: "sign-in", greeting: greeting(undefined), says: [], shows: /Sign in to Finesse/ },
    {
      name: "sign-in-refused",
      greeting: greeting(undefined, "both"),
      says: [
        {
          type: "error",
          id: undefined,
          error: {
            code: "credentials-refused",
            message: "Finesse refuses the password of 1001",
            hint: "three wrong ones lock the agent for minutes",
          },
        },
      ],
      shows: /Finesse refuses/,
    },
    { name: "pairing", greeting: greeting(undefined, "pairing"), says: [], shows: /Pair this page/ },
    { name: "idle-ready", says: shows(page(session("READY"))), shows: /Waiting for the next call/ },
    { name: "idle-not-ready", says: shows(page(session("NOT_READY"))), shows: /Lunch/ },
    {
      name: "state-menu",
      says: shows(page(session("NOT_READY"))),
      does: (tab) => tab.click({ role: "button", name: /^Not ready/ }),
      shows: /Coffee break/,
    },
    {
      name: "dial",
      says: shows(page(session("NOT_READY"))),
      does: async (tab) => {
        await tab.click({ role: "button", name: /Dial pad/ });
        await tab.click({ role: "combobox", name: "Number or name" });
        await tab.type("a");
      },
      shows: /Chidi/,
    },
    { name: "ringing", says: shows(page(session("RESERVED", [rings]), known(rings))), shows: /Answer/ },
    {
      name: "ringing-unknown",
      says: shows(page(session("RESERVED", [{ ...rings, variables: {} }]), known(rings, {}, []))),
      shows: /Answer/,
    },
    {
      name: "talking",
      says: shows(page(session("TALKING", [talks]), known(talks, { notes: "Wants a refund." }))),
      shows: /Hold/,
    },
    {
      name: "several-match",
      says: shows(page(session("TALKING", [talks]), known(talks, {}, others))),
      shows: /3 records match/,
    },
    {
      name: "consult-field",
      says: shows(page(session("TALKING", [talks]), known(talks))),
      does: async (tab) => {
        await tab.click({ role: "button", name: "Consult" });
        await tab.type("20");
      },
      shows: /Ask whom?/,
    },
    {
      name: "tones",
      says: shows(page(session("TALKING", [talks]), known(talks))),
      does: (tab) => tab.click({ role: "button", name: "Keypad" }),
      shows: /Tones/,
    },
    {
      name: "consult",
      says: shows(page(session("TALKING", [held, consult]), known(held))),
      shows: /Hand over/,
    },
    {
      name: "wrap-up",
      says: shows(page(session("WORK", [{ ...wraps, wrapUpReasons: ["Complaint"] }]), known(wraps))),
      shows: /Complaint/,
    },
    {
      name: "wrap-up-picker",
      says: shows(page(session("WORK", [wraps]), known(wraps))),
      does: (tab) => tab.click({ role: "button", name: /Wrap-up reason/ }),
      shows: /Question about an invoice/,
    },
    {
      name: "refused",
      says: shows(page(session("TALKING", [talks]), known(talks))),
      does: (tab) => tab.click({ role: "button", name: "Hold" }),
      shows: /cannot be held/,
    },
    {
      name: "many-calls",
      says: shows(
        page(
          session("TALKING", [
            held,
            consult,
            { ...rings, id: "7", interaction: "I-7", customer: "+92 300 7654321" },
            {
              ...talks,
              id: "8",
              interaction: "I-8",
              state: "FAILED",
              cause: "BUSY",
              direction: "out",
              dialedNumber: "2005",
              actions: ["DROP"],
            },
          ]),
          known(held),
        ),
      ),
      shows: /\+92 300 7654321/,
    },
    {
      name: "long-names",
      says: shows(
        page(
          session(
            "TALKING",
            [
              {
                ...talks,
                queue: { number: "8001", name: "Kundenservice Geschäftskunden Nordwest (Überlauf)" },
                customer: "+4930901820123456789",
              },
            ],
            {
              state: agent({
                state: "TALKING",
                stateChangeTime: ago(40_000),
                pendingState: "NOT_READY",
                firstName: "Maximiliane Alexandra",
                lastName: "Freifrau von Hohenstein-Württemberg",
              }),
            },
          ),
          known(talks, {}, [{ ...ayesha, name: longName }]),
        ),
      ),
      shows: /Παπαδοπούλου/,
    },
    {
      name: "right-to-left",
      says: shows(
        page(
          session("TALKING", [{ ...talks, variables: { الاسم: "محمد عبد الله الأنصاري من مدينة لاهور" } }], {
            state: agent({
              state: "NOT_READY",
              stateChangeTime: ago(3),
              reason: reasons.notReady[5],
              firstName: "عائشة",
              lastName: "خان",
            }),
          }),
          known(talks, { notes: "يتصل غدا" }, [
            { ...ayesha, name: "الدكتور عبد الرحمن بن محمد الخوارزمي البغدادي" },
          ]),
        ),
      ),
      shows: /الخوارزمي/,
    },
    {
      name: "link-lost",
      says: shows(
        page(
          session(
            "TALKING",
            [talks],
            away("disconnected", {
              retryAt: new Date(Date.now() + 9000).toISOString(),
              error: {
                code: "notifications-unreachable",
                message: "the notification service does not answer",
              },
            }),
          ),
          known(talks),
        ),
      ),
      shows: /No link to Finesse/,
    },
    {
      name: "conflict",
      says: shows(page(session("READY", [], away("conflict")))),
      shows: /Signed in elsewhere/,
    },
    {
      name: "out-of-service",
      says: shows(page(session("READY", [], { service: "out-of-service" }))),
      shows: /out of service/,
    },
    {
      name: "follows",
      says: [...shows(page(session("READY", [], { shared: ["desktop"] }))), { type: "lead", leads: false }],
      shows: /Another tab leads/,
    },
    {
      name: "help",
      says: shows(page(session("READY"))),
      does: (tab) => tab.click({ role: "button", name: "Keyboard and help" }),
      shows: /Hang up/,
    },
  ];
}
