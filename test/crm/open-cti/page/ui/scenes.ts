import type { ToPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import type { Tab } from "../../../../browser/tab.ts";
import { agent } from "../../../samples.ts";
import { greeting } from "./fake-connector.ts";
import { away, consult, held, known, rings, shows, talks, wraps } from "./scene-calls.ts";
import { ago, ayesha, others, page, reasons, session } from "./stage.ts";

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
      name: "consult-notes",
      says: shows(page(session("TALKING", [held, consult]), known(held, { notes: "Wants a refund." }))),
      does: (tab) => tab.click({ role: "button", name: "Notes, reason and data" }),
      shows: /✓ saved/,
    },
    {
      name: "details",
      says: shows(page(session("TALKING", [talks]), known(talks))),
      does: (tab) => tab.click({ role: "button", name: /^Details/ }),
      shows: /user\.invoice/,
    },
    {
      name: "unattended",
      says: shows(page(session("READY"), [], { then: "keep", after: 60 })),
      does: (tab) => tab.click({ role: "button", name: /^If you leave/ }),
      shows: /nobody answers/,
    },
    {
      name: "wrap-up-several",
      says: shows(
        page(
          session("WORK", [{ ...wraps, wrapUpReasons: ["Complaint", "Sale"] }], { deployment: "UCCX" }),
          known(wraps),
          { then: "logout", after: 300 },
        ),
      ),
      shows: /Complaint; Sale/,
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
