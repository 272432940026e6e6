import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Outbox, SendResult } from "../../../src/crm/adapter.ts";
import { draft, FakeCrm, popDraft, Stage, turn } from "./stage.ts";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

const sent = { result: "sent" } as const;

describe("an adapter", () => {
  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
    ["says nothing", () => Promise.resolve()],
    ["says half of it", () => Promise.resolve({ result: "retry" })],
    ["says something else", () => Promise.resolve("sent")],
  ])("that %s has perhaps sent it: a pop is not repeated, a record is", async (_name, answer) => {
    const { crm, clock, owe, told, deliveries } = stage.live({ begun: false });
    crm.send = (delivery) => {
      crm.seen.push(delivery);
      // A site's own adapter may do anything.
      return answer() as Promise<SendResult>;
    };
    deliveries.begin(crm);
    owe((out) => {
      out.add(popDraft("p", { key: "p" }));
      out.add(draft("r", { key: "r" }));
    });
    await turn();
    clock.advance(250);
    await turn();
    expect(crm.texts).toEqual(["p", "r", "r"]);
    expect(told).toEqual(["delivery.failed p", "delivery.delayed r"]);
  });

  test("that ignores the end of its try holds up neither its lane nor another adapter", async () => {
    const { crm, clock, owe, deliveries, told } = stage.live();
    const other = new FakeCrm("other");
    other.always = sent;
    deliveries.addAdapter(other, 60_000);
    deliveries.begin(other);
    owe((out) => {
      for (let count = 0; count < 70; count++) out.add(draft(`r${count}`, { key: `${count}` }));
    });
    await turn();
    deliveries.run("other", (out) => out.add(draft("o")));
    await turn();
    expect(other.texts).toEqual(["o"]);
    clock.advance(35_000);
    await turn();
    expect(crm.seen.length).toBeGreaterThanOrEqual(70);
    expect(told).toContain("delivery.delayed r0");
  });

  test("that throws while it owes, owes and remembers nothing of it", async () => {
    const { crm, owe, deliveries, desk } = stage.live();
    expect(() =>
      owe((out) => {
        out.add(draft("a"));
        out.keep("a", 1);
        throw new Error("half way");
      }),
    ).toThrow("half way");
    await turn();
    expect(crm.seen).toEqual([]);
    expect(desk.counts().owed).toBe(0);
    expect([...deliveries.kept("crm")]).toEqual([]);
  });

  test.each([
    ["a payload in a circle", (out: Outbox) => out.add(draft("a", { payload: circle() }))],
    ["a life without end or sense", (out: Outbox) => out.add(draft("a", { lifetime: Number.NaN }))],
    // @ts-expect-error a function is no JSON.
    ["a function to remember", (out: Outbox) => out.keep("a", () => 1)],
  ])("that owes %s harms only itself", async (_name, work) => {
    const { owe, deliveries, crm, event } = stage.live();
    expect(() => owe(work)).toThrow();
    crm.always = sent;
    event(1, (out) => out.add(draft("good")));
    await turn();
    expect(crm.texts).toEqual(["good"]);
    expect(stage.look("SELECT id FROM events WHERE type = 'session.connecting'")).toHaveLength(1);
    expect([...deliveries.kept("crm")]).toEqual([]);
  });

  test("that keeps the outbox for later is told so, and not ignored", () => {
    const { owe } = stage.live();
    let later: Outbox | undefined;
    owe((out) => (later = out));
    expect(() => later?.add(draft("a"))).toThrow("used after");
  });

  test("cannot change what it has owed or kept", async () => {
    const { owe, crm, deliveries } = stage.live();
    const payload = { number: "5551234" };
    owe((out) => {
      out.add(draft("a", { payload }));
      out.keep("k", payload);
    });
    payload.number = "0";
    await turn();
    expect(crm.seen[0]?.payload).toEqual({ number: "5551234" });
    expect(deliveries.kept("crm").get("k")).toEqual({ number: "5551234" });
  });
});

function circle(): { [name: string]: never } {
  const value: Record<string, unknown> = {};
  value.self = value;
  // As a careless adapter may.
  return value as { [name: string]: never };
}
