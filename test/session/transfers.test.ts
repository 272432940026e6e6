import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { CtiEventBody } from "../../src/model/events.ts";
import { startSimulator } from "../../src/simulator/start.ts";
import { Seat } from "./seat.ts";

type Simulator = Awaited<ReturnType<typeof startSimulator>>;

/** Starts, releases and ends of each interaction, in the order told. */
function lives(events: readonly CtiEventBody[]): Record<string, string[]> {
  const lives: Record<string, string[]> = {};
  for (const event of events) {
    if (!("call" in event) || event.type === "call.changed") continue;
    (lives[event.call.interaction] ??= []).push(event.type.slice("call.".length));
  }
  return lives;
}

const whole = ["started", "released", "ended"];

describe("two agents and a customer", () => {
  let simulator: Simulator;
  let first: Seat;
  let second: Seat;
  let interaction: string;

  beforeEach(async () => {
    simulator = await startSimulator({ knobs: { eventDelay: 1 } });
    first = new Seat(simulator, "1001", "2001");
    second = new Seat(simulator, "1002", "2002");
    await first.login();
    await second.login();
    await first.do({ verb: "ready" });
    const ringing = first.next("call.started");
    simulator.control.call({ agent: "1001", from: "5551234" });
    const started = await ringing;
    interaction = "call" in started ? started.call.interaction : "";
    expect(await first.do({ verb: "answer" })).toBe("confirmed");
  });
  afterEach(async () => {
    await first.session.close();
    await second.session.close();
    await simulator.stop();
  });

  async function consult(): Promise<void> {
    const offered = second.next("call.started");
    expect(await first.do({ verb: "consult", number: "2002" })).toBe("confirmed");
    expect(await offered).toMatchObject({ call: { direction: "internal", party: "2001" } });
    expect(await second.do({ verb: "answer" })).toBe("confirmed");
    await first.until(() => first.calls().some((call) => call.type === "CONSULT" && call.state === "ACTIVE"));
  }

  test("a consult belongs to the customer's contact; ended, the customer can be taken back", async () => {
    await consult();
    const made = first.calls().find((call) => call.type === "CONSULT");
    expect(made).toMatchObject({ parent: interaction, party: "2002", customer: undefined });
    expect(await first.do({ verb: "drop" })).toBe("throws ambiguous-call");
    expect(await first.do({ verb: "drop", call: made?.id ?? "" })).toBe("confirmed");
    expect(await first.do({ verb: "retrieve" })).toBe("confirmed");
    expect(first.calls()).toMatchObject([{ interaction, state: "ACTIVE", customer: "5551234" }]);
  });

  test("a completed transfer: the receiver's contact goes on under the customer's dialog and number, told as one", async () => {
    await consult();
    const [offered] = second.calls();
    expect(await first.do({ verb: "transfer" })).toBe("confirmed");
    await second.until(() => second.calls()[0]?.customer === "5551234");
    expect(second.calls()).toMatchObject([
      { interaction: offered?.interaction, party: "5551234", customer: "5551234", type: "TRANSFER" },
    ]);
    expect(second.calls()[0]?.id).not.toBe(offered?.id);
    await second.until(() => second.calls()[0]?.state === "ACTIVE");
    expect(await second.do({ verb: "drop" })).toBe("confirmed");
    await second.until(() =>
      second.calls().every((call) => call.state === "WRAP_UP" || call.state === "DROPPED"),
    );
    expect(await second.do({ verb: "ready" })).toBe("confirmed");
    await second.until(() => second.calls().length === 0);
    expect(lives(second.events)).toEqual({ [offered?.interaction ?? ""]: whole });
    expect(await first.do({ verb: "ready" })).toBe("confirmed");
    await first.until(() => first.calls().length === 0);
    expect(Object.values(lives(first.events))).toEqual([whole, whole]);
  });

  test("a conference of three keeps the customer's contact; each leaves by itself", async () => {
    await consult();
    const [offered] = second.calls();
    expect(await first.do({ verb: "conference" })).toBe("confirmed");
    expect(first.calls().filter((call) => call.state === "ACTIVE")).toMatchObject([
      { interaction, type: "CONFERENCE", customer: "5551234" },
    ]);
    await second.until(() => second.calls()[0]?.type === "CONFERENCE");
    expect(second.calls()).toMatchObject([{ interaction: offered?.interaction, customer: "5551234" }]);
    expect(await first.do({ verb: "drop" })).toBe("confirmed");
    expect(await second.do({ verb: "drop" })).toBe("confirmed");
    await first.do({ verb: "ready" });
    await second.do({ verb: "ready" });
    await first.until(() => first.calls().length === 0);
    await second.until(() => second.calls().length === 0);
    for (const seat of [first, second]) {
      for (const life of Object.values(lives(seat.events))) expect(life).toEqual(whole);
    }
  });

  test("a blind transfer to a colleague: the call leaves at once and rings there", async () => {
    const ringing = second.next("call.started");
    expect(await first.do({ verb: "transfer", number: "2002" })).toBe("confirmed");
    expect(await ringing).toMatchObject({ call: { party: "5551234", customer: "5551234" } });
    expect(await second.do({ verb: "answer" })).toBe("confirmed");
  });

  test("a transfer without a consult call says what comes first", async () => {
    expect(await first.do({ verb: "transfer" })).toBe("throws no-such-call");
    expect(await first.do({ verb: "conference" })).toBe("throws no-such-call");
  });
});
