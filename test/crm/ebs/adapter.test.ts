import { describe, expect, test } from "bun:test";
import type { Json, Outbox } from "../../../src/crm/adapter.ts";
import { EbsAdapter } from "../../../src/crm/ebs/adapter.ts";
import type { Registration } from "../../../src/crm/ebs/contract.ts";
import type { CtiEventBody } from "../../../src/model/events.ts";
import { FakePort } from "../generic-connector/desk-stage.ts";
import { ebsSettings } from "./counter-stage.ts";

const first: Registration = {
  agent: "1001",
  extension: "2001",
  target: { host: "127.0.0.1", name: "localhost", port: 8888 },
  from: "127.0.0.1",
  proved: "127.0.0.1",
  session: "1001",
  queue: undefined,
  since: "2026-01-05T09:00:00.000Z",
};

class KeptPort extends FakePort {
  constructor(readonly places: readonly Registration[]) {
    super();
  }

  override kept(): Map<string, never> {
    const all = this.places.map((each) => [`registration:${each.extension}|${each.agent}`, each] as const);
    return new Map(all) as Map<string, never>;
  }
}

/** What an event has the adapter owe, `key: kind words`, and remember. */
function owed(body: CtiEventBody, places: readonly Registration[] = [first], direct = false) {
  const said: string[] = [];
  const kept = new Map<string, Json | undefined>();
  const out: Outbox = {
    add: ({ key, kind, text }) => said.push(`${key}: ${kind} ${text ?? ""}`.trim()),
    expirePops: () => {},
    keep: (name, value) => kept.set(name, value),
  };
  const adapter = new EbsAdapter({ ...ebsSettings, direct });
  adapter.load(new KeptPort(places));
  adapter.owe({ id: "e", at: "2026-01-05T09:00:00.000Z", agent: "1001", ...body }, out);
  return { said, kept };
}

describe("what the person at EBS is told unasked", () => {
  const out = { type: "service.out-of-service" } as CtiEventBody;
  const back = { type: "service.in-service" } as CtiEventBody;

  test.each<[string, CtiEventBody, string[]]>([
    ["Finesse goes", out, ["2001|1001: Error Finesse is out of service"]],
    ["Finesse is back: there is no event for good news", back, []],
    [
      "the session is taken elsewhere",
      { type: "session.conflict" } as CtiEventBody,
      ["2001|1001: Error agent 1001 is signed in elsewhere: log in again to work here"],
    ],
    [
      "Finesse signs the agent out",
      { type: "session.signed-out", by: "finesse" },
      ["2001|1001: Error Finesse has signed agent 1001 out: log in again"],
    ],
    ["somebody signs him out", { type: "session.signed-out", by: "command" }, []],
    [
      "nobody is there",
      { type: "session.unattended", then: "not-ready", after: 60 },
      ["2001|1001: Error nobody was heard of at EBS for too long: agent 1001 is made not ready"],
    ],
    ["nobody is there, and nothing is done", { type: "session.unattended", then: "keep", after: 60 }, []],
  ])("%s", (_what, event, said) => expect(owed(event).said).toEqual(said));

  test("Direct integration has its telephony switched off and on", () => {
    expect(owed(out, [first], true).said).toEqual(["2001|1001: TelephonyDisabled"]);
    expect(owed(back, [first], true).said).toEqual(["2001|1001: TelephonyEnabled"]);
  });

  test("in each window once, in none of an agent who is not logged in, nor of another's", () => {
    const twin = { ...first, extension: "2009" };
    const elsewhere = { ...first, extension: "2010", target: { ...first.target!, port: 8889 } };
    const places = [
      first,
      twin,
      elsewhere,
      { ...first, extension: "2011", proved: undefined },
      { ...first, agent: "1002", session: "1002" },
    ];
    expect(owed(out, places).said.map((each) => each.split("|")[0])).toEqual(["2009", "2010"]);
  });

  test("after a sign-out nobody acts for the agent at any of his places", () => {
    const twin = { ...first, extension: "2009" };
    const { kept } = owed({ type: "session.signed-out", by: "command" }, [first, twin]);
    expect([...kept].map(([name, value]) => [name, Object(value).proved])).toEqual([
      ["registration:2001|1001", undefined],
      ["registration:2009|1001", undefined],
    ]);
  });
});
