import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startSimulator } from "../../src/simulator/start.ts";
import { Seat } from "./seat.ts";

type Simulator = Awaited<ReturnType<typeof startSimulator>>;

describe("a session on the simulated Finesse", () => {
  let simulator: Simulator;
  let seat: Seat;
  beforeEach(async () => {
    simulator = await startSimulator({ knobs: { eventDelay: 1 } });
    seat = new Seat(simulator, "1001", "2001");
  });
  afterEach(async () => {
    await seat.session.close();
    await simulator.stop();
  });

  test("a whole call, from sign-in to sign-out", async () => {
    expect((await seat.login()).outcome).toBe("confirmed");
    expect(await seat.do({ verb: "ready" })).toBe("confirmed");
    const ringing = seat.next("call.started");
    simulator.control.call({ agent: "1001", from: "5551234" });
    expect(await ringing).toMatchObject({ call: { party: "5551234", state: "ALERTING", direction: "in" } });
    expect(await seat.do({ verb: "answer" })).toBe("confirmed");
    expect(await seat.do({ verb: "hold" })).toBe("confirmed");
    expect(await seat.do({ verb: "retrieve" })).toBe("confirmed");
    expect(await seat.do({ verb: "set", variables: { callVariable1: "Grüße & <mehr>" } })).toBe("confirmed");
    expect(await seat.do({ verb: "dtmf", digits: "12#" })).toBe("confirmed");
    expect(await seat.do({ verb: "drop" })).toBe("confirmed");
    expect(await seat.do({ verb: "wrap-up", reasons: ["Sales"] })).toBe("confirmed");
    expect(await seat.do({ verb: "logout" })).toBe("confirmed");
    const calls = seat.events
      .map((event) => event.type)
      .filter((type) => type.startsWith("call.") && type !== "call.changed");
    expect(calls).toEqual(["call.started", "call.released", "call.ended"]);
  });

  test("dialling, to a number that answers and to one that is busy", async () => {
    await seat.login();
    const active = seat.next(
      "call.changed",
      (event) => "call" in event && event.call.state === "ACTIVE" && event.call.dialogState === "ACTIVE",
    );
    expect(await seat.do({ verb: "dial", number: "5559876" })).toBe("confirmed");
    await active;
    expect(await seat.do({ verb: "drop" })).toBe("confirmed");

    const failed = seat.next("call.changed", (event) => "call" in event && event.call.state === "FAILED");
    expect(await seat.do({ verb: "dial", number: "5550000" })).toBe("confirmed");
    expect(await failed).toMatchObject({ call: { cause: "BUSY" } });
    expect(await seat.do({ verb: "drop" })).toBe("confirmed");
    expect(seat.session.status().calls).toEqual([]);
  });

  test("two agents talk to each other, each with an own leg", async () => {
    const other = new Seat(simulator, "1002", "2002");
    try {
      await seat.login();
      await other.login();
      const ringing = other.next("call.started");
      expect(await seat.do({ verb: "dial", number: "2002" })).toBe("confirmed");
      expect(await ringing).toMatchObject({ call: { direction: "internal", party: "2001" } });
      expect(await other.do({ verb: "answer" })).toBe("confirmed");
      expect(await other.do({ verb: "drop" })).toBe("confirmed");
    } finally {
      await other.session.close();
    }
  });

  test("an extension that does not exist is refused with the code that people search for", async () => {
    const wrong = new Seat(simulator, "1003", "9999");
    try {
      expect(await wrong.login()).toMatchObject({
        outcome: "refused",
        refusal: { type: "Invalid Device", late: true },
      });
    } finally {
      await wrong.session.close();
    }
  });

  test("a wrong password costs one try", async () => {
    const wrong = new Seat(simulator, "1004", "2004", "nonsense");
    await expect(wrong.login()).rejects.toMatchObject({ code: "credentials-refused" });
    await wrong.session.close();
    const right = new Seat(simulator, "1004", "2004");
    expect((await right.login()).outcome).toBe("confirmed");
    await right.session.close();
  });

  test("a second sign-in with the same resource puts the first one out, which stays out", async () => {
    await seat.login();
    const conflict = seat.next("session.conflict");
    const thief = new Seat(simulator, "1001", "2001");
    try {
      expect((await thief.login()).outcome).toBe("confirmed");
      await conflict;
      expect(seat.session.status().link.state).toBe("conflict");
      expect(await thief.do({ verb: "ready" })).toBe("confirmed");
    } finally {
      await thief.session.close();
    }
  });

  test("out of service and back", async () => {
    await seat.login();
    const out = seat.next("service.out-of-service");
    simulator.control.outOfService();
    await out;
    const back = seat.next("service.in-service");
    simulator.control.inService();
    await back;
    expect(await seat.do({ verb: "ready" })).toBe("confirmed");
  });

  test("a stream cut in mid-call: reconnected, and what happened meanwhile is known", async () => {
    await seat.login();
    await seat.do({ verb: "ready" });
    const ringing = seat.next("call.started");
    simulator.control.call({ agent: "1001", from: "5551234" });
    await ringing;
    await seat.do({ verb: "answer" });
    const lost = seat.next("session.disconnected");
    simulator.faults.fail("drop", { agent: "1001" });
    await lost;
    const ended = seat.next("call.ended");
    const back = seat.next("session.connected");
    simulator.control.phone("1001", "hang-up");
    await back;
    expect(seat.session.status().calls.map((call) => call.state)).toEqual(["WRAP_UP"]);
    expect(await seat.do({ verb: "ready" })).toBe("confirmed");
    await ended;
    expect(seat.session.status().calls).toEqual([]);
  });

  test("an event lost on the way: the command is confirmed by what Finesse shows", async () => {
    await seat.login();
    simulator.control.loseNextEvent({ agent: "1001", count: 5 });
    const outcome = await seat.session.execute({ verb: "ready" }, { cause: "c-9", timeout: 300 });
    expect(outcome).toMatchObject({ outcome: "confirmed", state: { state: "READY" } });
  });

  test("a request that Finesse accepts and the switch refuses late", async () => {
    await seat.login();
    simulator.control.failNextRequest(
      { errorType: "Generic Error", errorMessage: "CF_RESOURCE_BUSY", errorData: "33" },
      { agent: "1001" },
    );
    expect(await seat.session.execute({ verb: "ready" }, { cause: "c-9", timeout: 3000 })).toMatchObject({
      outcome: "refused",
      refusal: { code: "33", late: true, hint: expect.stringMatching(/./) },
    });
  });
});
