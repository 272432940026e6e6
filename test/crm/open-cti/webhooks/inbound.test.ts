import { afterAll, describe, expect, test } from "bun:test";
import { CtiError, type ErrorCode } from "../../../../src/model/errors.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { agent as agentSample, call as callSample } from "../../samples.ts";
import { ask, type Door, type DoorOptions, openDoor, outcomeOf, Stage, token } from "./inbound-stage.ts";
import { newer, secret } from "./stage.ts";

const doors: Door[] = [];
const open = (options: DoorOptions = {}): Door => {
  const door = openDoor(options);
  doors.push(door);
  return door;
};
afterAll(() => Promise.all(doors.map((door) => door.stop())));

const dial = { agent: "1001", do: "dial", number: "5551234" };

describe("commands that come in", () => {
  const door = open();
  test.each([
    [dial, { verb: "dial", number: "5551234" }],
    [{ agent: "1001", do: "answer" }, { verb: "answer" }],
    [
      { agent: "1001", do: "answer", call: "168" },
      { verb: "answer", call: "168" },
    ],
    [{ agent: "ayesha", do: "hold" }, { verb: "hold" }],
    [{ agent: "1001", do: "retrieve" }, { verb: "retrieve" }],
    [{ agent: "1001", do: "drop" }, { verb: "drop" }],
    [{ agent: "1001", do: "ready" }, { verb: "ready" }],
    [{ agent: "1001", do: "not-ready" }, { verb: "not-ready" }],
    [
      { agent: "1001", do: "not-ready", reason: "Lunch" },
      { verb: "not-ready", reason: "Lunch" },
    ],
  ] as const)("%j", async (body, command) => {
    const answer = await ask(door, body, { id: `id-${JSON.stringify(body).length}-${body.do}` });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ verb: body.do, outcome: "confirmed", agent: body.agent });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const last = door.asked.at(-1);
    expect(last).toMatchObject({ agent: body.agent, command });
    expect(last?.command).toEqual(command);
    expect(last?.options.idempotencyKey).toStartWith("webhook-id-");
    expect(last?.options.cause).toStartWith("cause-");
  });

  test("a pop result, and what the trace says of it: no names of customers", async () => {
    const match = { id: "003A", type: "Contact", name: "Ana Souza" };
    const body = { agent: "1001", do: "pop-result", interaction: "I-1", matches: [match], popped: "003A" };
    const answer = await ask(door, body, { id: "pop-1" });
    expect([answer.status, answer.json.verb]).toEqual([200, "pop-result"]);
    expect(door.found).toEqual([
      {
        agent: "1001",
        interaction: "I-1",
        matches: [match],
        popped: "003A",
        id: "pop-1",
        cause: expect.any(String),
      },
    ]);
    expect(JSON.stringify(door.traced)).toContain("003A");
    expect(JSON.stringify(door.traced)).not.toContain("Souza");
  });

  test("a note, and what the trace says of it: not a word of it", async () => {
    const body = {
      agent: "1001",
      do: "note",
      interaction: "I-1",
      text: "wants\na quöte \u{1f642}",
      who: "003A",
    };
    expect((await ask(door, body)).status).toBe(200);
    expect(door.notes.at(-1)).toMatchObject({ text: body.text, who: "003A", what: undefined });
    expect(JSON.stringify(door.traced)).not.toContain("wants");
  });

  test("neither token nor signature is in the trace or the log", async () => {
    await ask(door, dial);
    await ask(door, dial, { token: "x".repeat(33) });
    expect(door.traced.length).toBeGreaterThan(1);
    expect(door.logged.length).toBeGreaterThan(0);
    const all = JSON.stringify([door.traced, door.logged]);
    expect(all).not.toContain(token);
    expect(all).not.toContain(secret);
    expect(all).not.toContain("v1,");
  });

  test.each([
    ["confirmed", 200],
    ["pending", 202],
    ["refused", 422],
    ["unknown", 504],
  ] as const)("an outcome that is %s is answered %i", async (outcome, status) => {
    const own = open();
    own.work = async (agent, command) =>
      outcomeOf(agent, command, { outcome, state: agentSample(), call: callSample() });
    const answer = await ask(own, dial);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({
      outcome,
      state: { state: "NOT_READY" },
      call: { interaction: "I-1" },
    });
    expect(answer.text).not.toContain("CUST-778");
  });

  test.each([
    ["not-signed-in", 404],
    ["no-such-call", 404],
    ["ambiguous-call", 400],
    ["refused", 422],
    ["finesse-unreachable", 502],
    ["timeout", 504],
    ["internal", 500],
  ] as [ErrorCode, number][])("the error %s is answered %i", async (code, status) => {
    const own = open();
    own.work = () => Promise.reject(new CtiError({ code, message: "it is so", hint: "do that" }));
    const answer = await ask(own, dial);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error: { code, message: "it is so" } });
  });

  test("a mistake of ours says nothing of itself to whoever called, and the log not what was asked", async () => {
    const own = open();
    own.work = (_, command) => Promise.reject(new Error(`cannot do ${JSON.stringify(command)}`));
    const answer = await ask(own, dial);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("5551234");
    expect(own.logged.join()).not.toContain("5551234");
    expect(own.logged.join()).toContain("dial by webhook failed");
  });
});

describe("who is let in", () => {
  const strange = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const wrong: [string, Parameters<typeof ask>[2]][] = [
    ["another token", { token: "x".repeat(33) }],
    ["no token", { headers: { authorization: undefined } }],
    ["the token as a password", { headers: { authorization: `Basic ${btoa(`x:${token}`)}` } }],
    ["the token and more", { headers: { authorization: `Bearer ${token}x` } }],
    ["two tokens", { headers: { authorization: `Bearer ${token}, Bearer x` } }],
    ["another secret", { secret: strange }],
    ["no signature", { headers: { "webhook-signature": undefined } }],
    ["an empty signature", { headers: { "webhook-signature": "" } }],
    ["a signature of another version", { headers: { "webhook-signature": "v1a,AAAA" } }],
    ["no id", { headers: { "webhook-id": undefined } }],
    ["another id", { headers: { "webhook-id": "other" } }],
    ["an id that is none", { id: "a b" }],
    ["an id that is long", { id: "a".repeat(129) }],
    ["no time", { headers: { "webhook-timestamp": undefined } }],
    ["another time", { headers: { "webhook-timestamp": String(Math.floor(Date.now() / 1000) - 1) } }],
    ["a time that is none", { headers: { "webhook-timestamp": "NaN" } }],
    ["more than 5 minutes ago", { at: Date.now() - 302_000 }],
    ["more than 5 minutes ahead", { at: Date.now() + 302_000 }],
  ];
  test("all that are not are answered alike, and nothing is done", async () => {
    const door = open();
    const answers = await Promise.all(wrong.map(([, asking]) => ask(door, dial, asking)));
    for (const [index, answer] of answers.entries())
      expect([wrong[index]?.[0], answer.status, answer.text]).toEqual([
        wrong[index]?.[0],
        401,
        '{"error":{"code":"credentials-refused","message":"not authorized"}}',
      ]);
    expect(answers[0]?.headers.get("www-authenticate")).toBe("Bearer");
    expect(door.asked).toEqual([]);
    // Told once, that nobody fills the log.
    expect(door.logged).toHaveLength(1);
    expect(door.logged[0]).toMatch(/^warn refused a webhook command from 127\.0\.0\.1: /);
  });

  test("a body that was changed on its way", async () => {
    const door = open();
    const body = JSON.stringify(dial);
    const { headersFor } = await import("./inbound-stage.ts");
    const headers = headersFor(body);
    const response = await fetch(door.url, {
      method: "POST",
      headers,
      body: body.replace("5551234", "5551235"),
    });
    expect(response.status).toBe(401);
    expect(door.asked).toEqual([]);
  });

  test("just within the window, in both directions", async () => {
    const door = open();
    expect((await ask(door, dial, { at: Date.now() - 295_000 })).status).toBe(200);
    expect((await ask(door, dial, { at: Date.now() + 295_000 })).status).toBe(200);
  });

  test("with each of several tokens and secrets, while they are changed", async () => {
    const both = open({ token: `${token} ${"n".repeat(32)}`, secret: `${newer}\n${secret}` });
    for (const asking of [
      {},
      { token: "n".repeat(32) },
      { secret: newer },
      { token: "n".repeat(32), secret: newer },
    ])
      expect((await ask(both, dial, asking)).status).toBe(200);
    expect((await ask(both, dial, { token: `${token} ${"n".repeat(32)}` })).status).toBe(401);
    expect((await ask(both, dial, { secret: strange })).status).toBe(401);
  });
});

describe("the same webhook-id", () => {
  test("is answered the same, and nothing is done twice; also while the first one is under way", async () => {
    const door = open();
    const gate = Promise.withResolvers<void>();
    let done = 0;
    door.work = async (agent, command) => {
      await gate.promise;
      done += 1;
      return outcomeOf(agent, command, { elapsed: done });
    };
    const first = ask(door, dial, { id: "same" });
    const second = ask(door, dial, { id: "same" });
    gate.resolve();
    const third = async () => ask(door, dial, { id: "same", at: Date.now() + 5000 });
    const [one, two] = await Promise.all([first, second]);
    expect([two.status, two.text, (await third()).text]).toEqual([one.status, one.text, one.text]);
    expect(done).toBe(1);
  });

  test("with something else is refused", async () => {
    const door = open();
    await ask(door, dial, { id: "same" });
    const other = await ask(door, { ...dial, number: "5559999" }, { id: "same" });
    expect(other.status).toBe(409);
    expect(door.asked).toHaveLength(1);
  });

  test("after a failure that may pass it is done again", async () => {
    const door = open();
    let tries = 0;
    door.work = async (agent, command) => {
      tries += 1;
      if (tries === 1) throw new CtiError({ code: "finesse-unreachable", message: "away" });
      return outcomeOf(agent, command);
    };
    expect((await ask(door, dial, { id: "same" })).status).toBe(502);
    expect((await ask(door, dial, { id: "same" })).status).toBe(200);
    expect((await ask(door, dial, { id: "same" })).status).toBe(200);
    expect(tries).toBe(2);
  });

  test("across a restart: the same answer, nothing done; another body is refused; after ten minutes it is forgotten", async () => {
    const stage = new Stage();
    const one = stage.live();
    const first = open({ life: one, clock: one.clock });
    const at = () => one.clock.now();
    const note = { agent: "1001", do: "note", interaction: "I-1", text: "hello" };
    const answers = [
      await ask(first, dial, { id: "a", at: at() }),
      await ask(first, note, { id: "b", at: at() }),
      await ask(first, { agent: "1001", do: "fly" }, { id: "c", at: at() }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);

    const two = stage.live({}, one);
    const second = open({ life: two, clock: two.clock });
    const again = [
      await ask(second, dial, { id: "a", at: two.clock.now() }),
      await ask(second, note, { id: "b", at: two.clock.now() }),
      await ask(second, { agent: "1001", do: "fly" }, { id: "c", at: two.clock.now() }),
    ];
    expect(again.map(({ text }) => text)).toEqual(answers.map(({ text }) => text));
    expect((await ask(second, note, { id: "a", at: two.clock.now() })).status).toBe(409);
    expect([second.asked, second.notes]).toEqual([[], []]);

    two.clock.advance(11 * 60_000);
    expect((await ask(second, dial, { id: "a", at: two.clock.now() })).status).toBe(200);
    expect(second.asked).toHaveLength(1);
    // And with it what was older is gone from the disk.
    const kept = [...two.deliveries.kept("crm").keys()];
    expect(kept).toEqual(["webhook seen a"]);
    stage.remove();
  });

  test("ten thousand are remembered, no more", async () => {
    const clock = new ManualClock();
    const door = open({ clock });
    const keys: string[] = [];
    const { SeenIds } = await import("../../../../src/crm/open-cti/webhooks/seen-ids.ts");
    const seen = new SeenIds(
      {
        clock,
        owe: (work) =>
          work({
            add() {},
            expirePops() {},
            keep: (name, value) =>
              void (value === undefined ? keys.splice(keys.indexOf(name), 1) : keys.push(name)),
          }),
      },
      (answer) => answer,
    );
    const body = new Uint8Array();
    for (let count = 0; count < 10_050; count++) {
      const answer = Promise.resolve({ status: 200, body: "" });
      seen.put(`id-${count}`, body, answer, () => true);
      await answer;
    }
    expect(keys.length).toBe(10_000);
    expect(seen.recall("id-0", body)).toBeUndefined();
    expect(seen.recall("id-10049", body)).toBeDefined();
    await door.stop();
  });
});
