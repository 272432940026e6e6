import { describe, expect, test } from "bun:test";
import type { Delivery, DeliveryDraft, Outbox, SendResult } from "../../../src/crm/adapter.ts";
import type { CallLog, Match } from "../../../src/crm/open-cti/contract.ts";
import { Pops } from "../../../src/crm/open-cti/pops.ts";
import { CtiError } from "../../../src/model/errors.ts";

const log: CallLog = {
  callObject: "I-1:1001",
  agent: "1001",
  interaction: "I-1",
  callType: "Inbound",
  number: "5551234",
  dialed: "8001",
  queue: undefined,
  startedAt: "2026-01-05T09:00:00.000Z",
  answeredAt: undefined,
  endedAt: undefined,
  estimated: false,
  seconds: undefined,
  disposition: undefined,
  notes: undefined,
  who: undefined,
  what: undefined,
};
const mia: Match = { id: "003A", type: "Contact", name: "Mia Short" };
const other: Match = { id: "003B", type: "Contact", name: "Mio Short" };

/** Pops with what they owe, told and opened in sight. */
function stage({
  popAt = "ring" as "ring" | "answer",
  page = false,
  rest = true,
  found = [mia] as Match[] | CtiError,
  noMatch = false,
} = {}) {
  const owed: DeliveryDraft[] = [];
  const seen: string[] = [];
  const at = { page, found, goesOn: true as boolean | undefined, hasSearched: true };
  const out: Outbox = {
    add: (draft) => owed.push(draft),
    expirePops: (interaction) => seen.push(`expire ${interaction}`),
    keep: () => {},
  };
  const pops = new Pops({
    popAt,
    port: { log: () => {} },
    pages: {
      canPop: () => at.page,
      pop: (agent, { number, deferred }) => {
        seen.push(`${agent} page ${deferred ? "searches" : "pops"} ${number}`);
        return true;
      },
      popNow: (agent, callObject) => at.hasSearched && seen.push(`${agent} page shows ${callObject}`) > 0,
    },
    search: rest
      ? async (number) => {
          seen.push(`search ${number}`);
          if (at.found instanceof CtiError) throw at.found;
          return at.found;
        }
      : undefined,
    open: async (url) => void seen.push(`open ${url.slice("https://org/".length)}`),
    recordUrl: ({ id }) => `https://org/${id}`,
    newContactUrl: noMatch ? (number) => `https://org/new?${number}` : undefined,
    matched: (_, matches) => seen.push(`matched ${matches.length}`),
    goesOn: () => at.goesOn,
  });
  const send = async (): Promise<SendResult[]> => {
    const results: SendResult[] = [];
    for (const draft of owed.splice(0))
      results.push(
        await pops.send(
          { ...draft, id: "1", createdAt: 0, expiresAt: 0, attempt: 1 } as Delivery,
          new AbortController().signal,
        ),
      );
    return results;
  };
  return { at, owed, seen, out, pops, send };
}

describe("the caller's record", () => {
  test("comes up while it rings: by the page where one leads", async () => {
    const { pops, out, send, seen, owed } = stage({ page: true });
    pops.begins(log, out, "c");
    expect(owed).toMatchObject([{ policy: "pop", agent: "1001", interaction: "I-1", cause: "c" }]);
    expect(await send()).toEqual([{ result: "sent", note: "told the softphone page" }]);
    pops.answered(log, out, undefined);
    expect(await send()).toEqual([]);
    expect(seen).toEqual(["1001 page pops 5551234"]);
  });

  test("without a page by its address, when there is only one", async () => {
    const { pops, out, send, seen } = stage();
    pops.begins(log, out, undefined);
    expect(await send()).toEqual([{ result: "sent", note: "https://org/003A" }]);
    expect(seen).toEqual(["search 5551234", "matched 1", "open 003A"]);
  });

  test("of somebody unknown none, but a form once he is answered, where the site wants it", async () => {
    const talk = { ...log, answeredAt: log.startedAt };
    for (const popAt of ["ring", "answer"] as const) {
      const { pops, out, send, seen } = stage({ popAt, found: [], noMatch: true });
      pops.begins(log, out, undefined);
      await send();
      expect(seen).not.toContain("open new?5551234");
      pops.answered(talk, out, undefined);
      await send();
      expect(seen.filter((each) => each.startsWith("open"))).toEqual(["open new?5551234"]);
    }
    // Answered before Salesforce has.
    const quick = stage({ found: [], noMatch: true });
    quick.pops.begins(log, quick.out, undefined);
    quick.pops.answered(talk, quick.out, undefined);
    await quick.send();
    expect(quick.seen.at(-1)).toBe("open new?5551234");
    const none = stage({ found: [] });
    none.pops.begins(log, none.out, undefined);
    none.pops.answered(talk, none.out, undefined);
    expect(await none.send()).toEqual([{ result: "sent", note: "nobody is known by this number" }]);
  });

  test("of several none: the agent chooses", async () => {
    const { pops, out, send, seen } = stage({ found: [mia, other] });
    pops.begins(log, out, undefined);
    expect(await send()).toEqual([{ result: "sent", note: "2 records have this number" }]);
    expect(seen).toEqual(["search 5551234", "matched 2"]);
  });

  test("at the answer it is looked up while it rings, and shown later", async () => {
    for (const page of [true, false]) {
      const { pops, out, send, seen } = stage({ popAt: "answer", page });
      pops.begins(log, out, undefined);
      await send();
      seen.push("answered");
      pops.answered(log, out, undefined);
      await send();
      expect(seen).toEqual(
        page
          ? ["1001 page searches 5551234", "answered", "1001 page shows I-1:1001"]
          : ["search 5551234", "matched 1", "answered", "matched 1", "open 003A"],
      );
    }
  });

  test("of a page that was not there while it rang, it searches and shows at once", async () => {
    const { pops, out, send, seen, at } = stage({ popAt: "answer", rest: false });
    pops.begins(log, out, undefined);
    expect(await send()).toEqual([
      { result: "retry", why: "no softphone page of agent 1001 is open in Salesforce" },
    ]);
    at.page = true;
    pops.answered(log, out, undefined);
    await send();
    expect(seen).toEqual(["1001 page pops 5551234"]);
  });

  test("of a call that somebody handed over, which is talked on when it comes, at once", async () => {
    const { pops, out, send, seen } = stage({ popAt: "answer", page: true });
    pops.begins({ ...log, answeredAt: log.startedAt }, out, undefined);
    await send();
    expect(seen).toEqual(["1001 page pops 5551234"]);
  });

  test("does not for calls that the agent makes, for colleagues, and for numbers that are withheld", () => {
    const { pops, out, owed } = stage();
    for (const callType of ["Outbound", "Internal"] as const)
      pops.begins({ ...log, callType }, out, undefined);
    for (const number of ["", "anonymous", "7"]) pops.begins({ ...log, number }, out, undefined);
    expect(owed).toEqual([]);
  });

  test("is not to come up after the call", () => {
    const { pops, out, seen } = stage();
    pops.ended(log, out);
    expect(seen).toEqual(["expire I-1"]);
  });

  test("while Salesforce is away it is tried again, and not for a refusal", async () => {
    const away = new CtiError({ code: "salesforce-unreachable", message: "away" });
    const { pops, out, send, at } = stage({ found: away });
    pops.begins(log, out, undefined);
    expect(await send()).toEqual([{ result: "retry", why: "away" }]);
    at.found = new CtiError({ code: "refused", message: "no", details: { retry: false } });
    pops.begins(log, out, undefined);
    expect(await send()).toEqual([{ result: "rejected", why: "no" }]);
  });

  test("does not come up when its call is over, or while nobody knows whether it is", async () => {
    for (const page of [true, false]) {
      const { pops, out, send, seen, at } = stage({ page });
      at.goesOn = undefined;
      pops.begins(log, out, undefined);
      expect(await send()).toMatchObject([{ result: "retry" }]);
      at.goesOn = false;
      pops.begins(log, out, undefined);
      expect(await send()).toEqual([{ result: "rejected", why: "its call is over" }]);
      expect(seen).toEqual([]);
    }
  });

  test("comes up by a page that took the lead, or was loaded anew, between ring and answer", async () => {
    const { pops, out, send, seen, at } = stage({ popAt: "answer", page: true });
    pops.begins(log, out, undefined);
    await send();
    at.hasSearched = false;
    pops.answered(log, out, undefined);
    await send();
    expect(seen).toEqual(["1001 page searches 5551234", "1001 page pops 5551234"]);
  });

  test("is looked for once, whatever is found", async () => {
    for (const found of [[], [mia, other]]) {
      const { pops, out, send, seen } = stage({ popAt: "answer", found });
      pops.begins(log, out, undefined);
      await send();
      pops.answered(log, out, undefined);
      await send();
      expect(seen.filter((each) => each.startsWith("search"))).toHaveLength(1);
    }
  });
});

describe("a call that changes", () => {
  const asked: CallLog = { ...log, callType: "Internal", number: "42002" };
  const talks: CallLog = { ...log, answeredAt: log.startedAt };

  test("brings its customer up when a colleague hands him over", () => {
    const { pops, out, owed } = stage({ popAt: "answer" });
    pops.follow(undefined, asked, out, "c");
    pops.follow(asked, { ...asked, answeredAt: log.startedAt }, out, "c");
    expect(owed).toEqual([]);
    pops.follow({ ...asked, answeredAt: log.startedAt }, talks, out, "c");
    pops.follow(talks, talks, out, "c");
    expect(owed).toMatchObject([{ payload: { step: "both", number: "5551234" } }]);
  });

  test("brings the caller up when his number comes late", () => {
    const { pops, out, owed } = stage();
    pops.follow(undefined, { ...log, number: "" }, out, undefined);
    pops.follow({ ...log, number: "" }, log, out, undefined);
    expect(owed).toMatchObject([{ payload: { step: "both", number: "5551234" } }]);
  });

  test("brings up the caller instead of the colleague who transferred him", () => {
    const { pops, out, owed, seen } = stage();
    pops.follow(undefined, { ...log, number: "42002" }, out, undefined);
    pops.follow({ ...log, number: "42002" }, log, out, undefined);
    expect(seen).toEqual(["expire I-1"]);
    expect(owed.at(-1)).toMatchObject({ payload: { step: "both", number: "5551234" } });
  });

  test("has no pop any more when it is over, or was a consult after all", () => {
    for (const after of [undefined, { ...log, endedAt: log.startedAt }]) {
      const { pops, out, seen, owed } = stage();
      pops.follow(log, after, out, undefined);
      expect({ seen, owed }).toEqual({ seen: ["expire I-1"], owed: [] });
    }
  });
});
