import { afterAll, beforeAll, describe, test } from "bun:test";
import { hasChromium } from "../../../../browser/launch.ts";
import type { Tab } from "../../../../browser/tab.ts";
import type { Call } from "../../../../../src/model/call.ts";
import type { AgentCommand } from "../../../../../src/model/commands.ts";
import { call } from "../../../samples.ts";
import { OpenedPages } from "./opened.ts";
import { ayesha, log, page, session } from "./stage.ts";

const rings = call();
const talks = call({
  state: "ACTIVE",
  actions: ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"],
});
const held = call({ state: "HELD", actions: ["RETRIEVE", "DROP", "TRANSFER", "CONFERENCE"] });
const consult = call({
  id: "2",
  interaction: "I-2",
  parent: "I-1",
  state: "ACTIVE",
  party: "2002",
  customer: undefined,
  actions: ["HOLD", "DROP"],
});
const press = (name: string) => (tab: Tab) => tab.click({ role: "button", name });
const chooses = (button: RegExp, text: string) => async (tab: Tab) => {
  await tab.click({ role: "button", name: button });
  await tab.type(text);
  await tab.press("enter");
};

/** Where each command is given, and the calls there are. */
const commands: [AgentCommand["verb"], Call[], (tab: Tab) => Promise<void>][] = [
  ["ready", [], chooses(/^Not ready/, "take calls")],
  ["not-ready", [], chooses(/^Not ready/, "coffee")],
  ["logout", [], chooses(/^Not ready/, "end of shift")],
  [
    "dial",
    [],
    async (tab) => {
      await tab.press("alt+d");
      await tab.type("2002");
      await tab.press("enter");
    },
  ],
  ["answer", [rings], press("Answer")],
  ["hold", [talks], press("Hold")],
  ["retrieve", [held], press("Resume")],
  ["drop", [talks], press("Hang up")],
  ["consult", [talks], chooses(/^Consult/, "2002")],
  ["transfer", [talks], chooses(/^Transfer/, "2002")],
  ["conference", [held, consult], press("Conference")],
  ["dtmf", [talks], chooses(/^Keypad/, "4")],
  ["wrap-up", [talks], chooses(/^Wrap-up reason/, "sale")],
];

describe.skipIf(!hasChromium)("what became of a command is said where it was given", () => {
  let pages: OpenedPages;

  beforeAll(async () => {
    pages = await OpenedPages.start();
  });
  afterAll(() => pages[Symbol.asyncDispose]());

  async function commanded(verb: AgentCommand["verb"], calls: Call[], give: (tab: Tab) => Promise<void>) {
    const logs = calls.slice(0, 1).map((of) => ({ log: log(of), matches: [ayesha], recordId: undefined }));
    const tab = await pages.open(page(session(calls.length === 0 ? "NOT_READY" : "TALKING", calls), logs));
    await give(tab);
    const { id, command } = await pages.connector.next("command");
    if (command.verb !== verb) throw new Error(`${command.verb} instead of ${verb}`);
    const told = { agent: "1001", cause: "c", elapsed: 1, verb } as const;
    return { tab, id, told };
  }

  for (const [verb, calls, give] of commands)
    test(`${verb}: Finesse's words, and what to do`, async () => {
      const { tab, id, told } = await commanded(verb, calls, give);
      const refusal = { type: "t", code: "1", words: "CF_BUSY", hint: "wait a moment", late: false };
      pages.connector.say({
        type: "outcome",
        id,
        outcome: { ...told, outcome: "refused", message: "Finesse says no", refusal },
      });
      await tab.until(/Finesse says no: CF_BUSY\s+wait a moment/);
    });

  test("nobody knows: what a second look shows is said", async () => {
    const { tab, id, told } = await commanded("hold", [talks], press("Hold"));
    const message = "no outcome of hold in time; Finesse shows the agent TALKING with one call";
    pages.connector.say({ type: "outcome", id, outcome: { ...told, outcome: "unknown", message } });
    await tab.until(message);
  });

  test("a call that is gone meanwhile leaves its answer where one looks", async () => {
    const { tab, id, told } = await commanded("answer", [rings], press("Answer"));
    pages.connector.show(page(session("READY")));
    await tab.until(/Waiting for the next call/);
    const message = "the call ended, perhaps before that could be done";
    pages.connector.say({ type: "outcome", id, outcome: { ...told, outcome: "unknown", message } });
    await tab.until(message);
  });
});
