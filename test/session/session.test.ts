import { describe, expect, test } from "bun:test";
import type { AgentCommand } from "../../src/model/commands.ts";
import { CtiError } from "../../src/model/errors.ts";
import { agent, dialog, FakeFinesse, lost, party, settle, updates } from "./fake-finesse.ts";

const context = { cause: "c-1", timeout: 10_000 };

describe("signing in", () => {
  test("connects first, then sends LOGIN, and is confirmed by the event", async () => {
    const finesse = new FakeFinesse();
    finesse.onRequest = (what, requestId) => {
      expect(what).toBe("LOGIN 2001");
      finesse.publish(updates.user(agent(), requestId));
    };
    const outcome = await finesse.session().login(context);
    expect(outcome).toMatchObject({ verb: "login", outcome: "confirmed", agent: "1001", cause: "c-1" });
    expect(outcome.state?.state).toBe("NOT_READY");
    expect(finesse.types()).toEqual([
      "session.connecting",
      "agent.changed",
      "session.connected",
      "agent.changed",
    ]);
    expect(finesse.events.at(-1)?.cause).toBe("c-1");
  });

  test("an agent who is signed in already is confirmed without a request, and told of another extension", async () => {
    const finesse = new FakeFinesse();
    finesse.user = agent({ state: "READY", extension: "2099" });
    const outcome = await finesse.session().login(context);
    expect(outcome.outcome).toBe("confirmed");
    expect(outcome.message).toContain("2099");
    expect(finesse.sent).toEqual([]);
  });

  test("a late refusal is the outcome, in Finesse's words", async () => {
    const finesse = new FakeFinesse();
    finesse.onRequest = () => finesse.publish(updates.error("/finesse/api/User/1001", "Invalid Device"));
    const outcome = await finesse.session().login(context);
    expect(outcome).toMatchObject({
      outcome: "refused",
      refusal: { type: "Invalid Device", code: "260", late: true },
    });
  });

  test("refused credentials are tried once, at one node, and never again", async () => {
    const finesse = new FakeFinesse();
    finesse.refuseConnect = new CtiError({ code: "credentials-refused", message: "wrong password" });
    const session = finesse.session({
      finesse: ["https://a.example.com:8445", "https://b.example.com:8445"],
    });
    await expect(session.login(context)).rejects.toMatchObject({ code: "credentials-refused" });
    finesse.clock.advance(3_600_000);
    await settle();
    expect(finesse.connects).toBe(1);
  });

  test("a node that cannot be reached gives way to the next", async () => {
    const finesse = new FakeFinesse();
    finesse.refuseConnect = new CtiError({ code: "finesse-unreachable", message: "refused" });
    const session = finesse.session({
      finesse: ["https://a.example.com:8445", "https://b.example.com:8445"],
    });
    await expect(session.login(context)).rejects.toMatchObject({ code: "finesse-unreachable" });
    expect(finesse.connects).toBe(2);
  });
});

describe("outcomes", () => {
  test("ready is confirmed by the event, which carries the command's cause", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.onRequest = (_what, requestId) =>
      finesse.publish(updates.user(agent({ state: "READY" }), requestId));
    expect(await session.execute({ verb: "ready" }, context)).toMatchObject({
      outcome: "confirmed",
      message: "READY",
    });
    expect(finesse.events).toMatchObject([{ type: "agent.changed", previous: "NOT_READY", cause: "c-1" }]);
  });

  test("ready during a call is pending", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    finesse.onRequest = (_what, requestId) =>
      finesse.publish(updates.user(agent({ state: "TALKING", pendingState: "READY" }), requestId));
    expect(await session.execute({ verb: "ready" }, context)).toMatchObject({ outcome: "pending" });
  });

  test("asking for the state one is in requests nothing, but looks whether it is still so", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "READY" }));
    expect(await session.execute({ verb: "ready" }, context)).toMatchObject({
      outcome: "confirmed",
      message: "already READY",
    });
    expect(finesse.sent).toEqual([]);

    // The event that took the agent out of READY was lost.
    finesse.user = agent();
    finesse.onRequest = (_what, requestId) =>
      finesse.publish(updates.user(agent({ state: "READY" }), requestId));
    expect(await session.execute({ verb: "ready" }, context)).toMatchObject({ message: "READY" });
    expect(finesse.requests()).toEqual(["READY"]);
  });

  test("a call whose beginning was lost can be answered", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "RESERVED" }));
    finesse.dialogs = [dialog("7", "ALERTING")];
    finesse.onRequest = () => finesse.publish(updates.put(dialog("7", "ACTIVE")));
    expect(await session.execute({ verb: "answer" }, context)).toMatchObject({ outcome: "confirmed" });
  });

  test("an agent at rest is looked after too: the event that said otherwise may be the lost one", async () => {
    const finesse = new FakeFinesse();
    await finesse.connected(agent({ state: "READY" }));
    finesse.user = agent({ reasonCodeId: "101" });
    finesse.clock.advance(150_000);
    await settle();
    expect(finesse.events).toMatchObject([{ type: "agent.changed", state: { state: "NOT_READY" } }]);
  });

  test("a session that was closed tells nothing more, not even what came during a re-read", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "READY" }));
    const reads = Promise.withResolvers<void>();
    finesse.holdReads = reads.promise;
    const attempt = session.execute({ verb: "ready" }, context).catch(() => undefined);
    await settle();
    finesse.publish(updates.post(dialog("7", "ALERTING")));
    await session.close();
    reads.resolve();
    await attempt;
    expect(finesse.events).toEqual([]);
  });

  test("a call that begins during a look at an agent at rest leaves one timer, and none after close", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "READY" }));
    finesse.user = agent({ state: "TALKING" });
    finesse.dialogs = [dialog("7", "ACTIVE")];
    finesse.clock.advance(150_000);
    await settle();
    await session.close();
    expect(finesse.clock.pending).toBe(0);
  });

  test("a request whose answer was lost is not called undone: the event confirms it", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.onRequest = (_what, requestId) => {
      void settle().then(() => finesse.publish(updates.user(agent({ state: "READY" }), requestId)));
      throw new CtiError({
        code: "finesse-unreachable",
        message: "reset",
        details: { mayBeDone: true },
      });
    };
    expect(await session.execute({ verb: "ready" }, context)).toMatchObject({ outcome: "confirmed" });
  });

  test("what was pending before does not make a new request pending", async () => {
    const finesse = new FakeFinesse();
    const before = agent({ state: "TALKING", pendingState: "READY" });
    const session = await finesse.connected(before, [dialog("7", "ACTIVE")]);
    const attempt = session.execute({ verb: "ready" }, context);
    await settle();
    finesse.publish(updates.put(dialog("7", "HELD")));
    finesse.publish(updates.error("/finesse/api/User/1001", "Invalid State", "c-1"));
    expect(await attempt).toMatchObject({ outcome: "refused" });
  });

  test("call data that was so before does not confirm a request: the call may be over", async () => {
    const finesse = new FakeFinesse();
    const call = dialog("7", "ACTIVE", { wrapUpReason: "Sales" });
    const session = await finesse.connected(agent({ state: "TALKING" }), [call]);
    const commands: AgentCommand[] = [
      { verb: "wrap-up", reasons: ["Sales"] },
      { verb: "set", variables: { callVariable1: "gold" } },
    ];
    for (const command of commands) {
      finesse.onRequest = () => {
        finesse.publish(updates.user(agent({ state: "HOLD" })));
        finesse.publish(updates.error("/finesse/api/Dialog/7", "Generic Error", "c-1"));
      };
      expect(await session.execute(command, context)).toMatchObject({ outcome: "refused" });
    }
  });

  test("old news of the wanted state, come late, is not the effect of the request", async () => {
    const finesse = new FakeFinesse();
    finesse.timestamp = "2026-01-05T09:00:00.000Z";
    const session = await finesse.connected(
      agent({ state: "NOT_READY", stateChangeTime: "2026-01-05T08:59:00.000Z" }),
    );
    finesse.clock.advance(60_000);
    const attempt = session.execute({ verb: "ready" }, context);
    await settle();
    finesse.publish(updates.user(agent({ state: "READY", stateChangeTime: "2026-01-05T09:00:30.000Z" })));
    finesse.publish(updates.error("/finesse/api/User/1001", "Invalid State", "c-1"));
    expect(await attempt).toMatchObject({ outcome: "refused" });
  });

  test("a command that waited for others until its time was over is not sent", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const first = session.execute({ verb: "hold" }, context);
    const second = session.execute({ verb: "drop" }, { cause: "c-2", timeout: 5_000 });
    await settle();
    finesse.clock.advance(10_000);
    expect(await first).toMatchObject({ outcome: "unknown" });
    await expect(second).rejects.toMatchObject({ code: "timeout" });
    expect(finesse.requests()).toEqual(["HOLD 7"]);
  });

  test("not-ready takes a reason by label, in any case, or by code, and sends its id", async () => {
    for (const reason of ["lunch", "1", "11"]) {
      const finesse = new FakeFinesse();
      const session = await finesse.connected(agent({ state: "READY" }));
      finesse.onRequest = () => finesse.publish(updates.user(agent({ reasonCodeId: "11" })));
      expect(await session.execute({ verb: "not-ready", reason }, context)).toMatchObject({
        outcome: "confirmed",
      });
      expect(finesse.requests()).toEqual(["NOT_READY 11"]);
    }
  });

  test("an unknown reason is a usage error that lists the right ones", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "READY" }));
    const attempt = session.execute({ verb: "not-ready", reason: "Siesta" }, context);
    await expect(attempt).rejects.toMatchObject({ code: "usage", hint: "one of: Lunch" });
    expect(finesse.sent).toEqual([]);
  });

  test("logout from READY goes through NOT_READY on UCCE, straight on UCCX", async () => {
    const ucce = new FakeFinesse();
    const session = await ucce.connected(agent({ state: "READY" }));
    ucce.onRequest = (what) =>
      ucce.publish(
        updates.user(what === "LOGOUT" ? agent({ state: "LOGOUT", extension: undefined }) : agent()),
      );
    expect(await session.execute({ verb: "logout" }, context)).toMatchObject({ outcome: "confirmed" });
    expect(ucce.requests()).toEqual(["NOT_READY", "LOGOUT"]);
    expect(ucce.events.at(-1)).toMatchObject({ type: "session.signed-out", by: "command" });

    const uccx = new FakeFinesse("UCCX");
    const direct = await uccx.connected(agent({ state: "READY" }));
    expect([session.status().deployment, direct.status().deployment]).toEqual(["UCCE", "UCCX"]);
    uccx.onRequest = () => uccx.publish(updates.user(agent({ state: "LOGOUT", extension: undefined })));
    expect(await direct.execute({ verb: "logout" }, context)).toMatchObject({ outcome: "confirmed" });
    expect(uccx.requests()).toEqual(["LOGOUT"]);
  });

  test("logout on a call is refused without asking, and says what to do", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const outcome = await session.execute({ verb: "logout" }, context);
    expect(outcome).toMatchObject({ outcome: "refused", refusal: { hint: "end the call first: cti drop" } });
    expect(finesse.sent).toEqual([]);
  });

  test("a command whose event is lost is confirmed by the re-read", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const attempt = session.execute({ verb: "hold" }, context);
    await settle();
    expect(finesse.requests()).toEqual(["HOLD 7"]);
    finesse.dialogs = [dialog("7", "HELD")];
    finesse.clock.advance(10_000);
    expect(await attempt).toMatchObject({ outcome: "confirmed", call: { state: "HELD" } });
  });

  test("a command without any effect in time is unknown and tells what Finesse shows", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const attempt = session.execute({ verb: "hold" }, context);
    await settle();
    finesse.clock.advance(10_000);
    const outcome = await attempt;
    expect(outcome.outcome).toBe("unknown");
    expect(outcome.message).toContain("TALKING with one call");
  });

  test("an answer whose call goes away is refused by the late refusal that follows", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "RESERVED" }), [dialog("7", "ALERTING")]);
    finesse.onRequest = (_what, requestId) => {
      finesse.publish(updates.end(dialog("7", "DROPPED")));
      finesse.publish(updates.error("/finesse/api/Dialog/7", "Generic Error", requestId));
    };
    expect(await session.execute({ verb: "answer" }, context)).toMatchObject({
      outcome: "refused",
      refusal: { type: "Generic Error" },
    });
  });

  test("an answer whose call goes away without a word is unknown, soon: its events may have been lost", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "RESERVED" }), [dialog("7", "ALERTING")]);
    finesse.onRequest = () => finesse.publish(updates.end(dialog("7", "DROPPED")));
    const attempt = session.execute({ verb: "answer" }, context);
    await settle();
    finesse.clock.advance(1_500);
    const outcome = await attempt;
    expect(outcome.outcome).toBe("unknown");
    expect(outcome.message).toContain("ended");
  });

  test("an unmarked late error of another object is not taken for ours", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    finesse.onRequest = (_what, requestId) => {
      finesse.publish(updates.error("/finesse/api/Dialog/99", "Generic Error"));
      finesse.publish(updates.put(dialog("7", "HELD"), requestId));
    };
    expect(await session.execute({ verb: "hold" }, context)).toMatchObject({ outcome: "confirmed" });
    expect(finesse.types()).toContain("command.failed");
  });

  test("dial is confirmed when the number is on its way, not when the phone is only off the hook", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    const attempt = session.execute({ verb: "dial", number: "5559876" }, context);
    await settle();
    const ours = (state: string) =>
      dialog("8", state, {
        state,
        fromAddress: "2001",
        toAddress: "5559876",
        callType: "OUT",
        participants: [party("2001", state)],
      });
    finesse.publish(updates.post({ ...ours("INITIATING"), toAddress: undefined }));
    let done = false;
    void attempt.then(() => (done = true));
    await settle();
    expect(done).toBe(false);
    finesse.publish(updates.put(ours("INITIATED")));
    expect(await attempt).toMatchObject({
      outcome: "confirmed",
      call: { id: "8", party: "5559876", direction: "out" },
    });
  });

  test("a call that a hand dials meanwhile is not taken for the dialled one", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    const attempt = session.execute({ verb: "dial", number: "5559876" }, context);
    await settle();
    const byHand = dialog("8", "INITIATED", {
      state: "INITIATED",
      fromAddress: "2001",
      toAddress: "5551111",
      participants: [party("2001", "INITIATED")],
    });
    finesse.publish(updates.post(byHand));
    finesse.publish(updates.error("/finesse/api/User/1001/Dialogs", "Call Operation Failure", "c-1"));
    expect(await attempt).toMatchObject({ outcome: "refused", refusal: { type: "Call Operation Failure" } });
  });

  test("a call that comes in while dialling is not taken for the dialled one", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    const attempt = session.execute({ verb: "dial", number: "5559876" }, { ...context, timeout: 1000 });
    await settle();
    finesse.publish(updates.post(dialog("7", "ALERTING")));
    finesse.dialogs = [dialog("7", "ALERTING")];
    finesse.clock.advance(1000);
    expect(await attempt).toMatchObject({ outcome: "unknown" });
  });

  test("a caller who hangs up during a transfer was not transferred; the call's last words can say that it was", async () => {
    const talk = { callType: "OUT", fromAddress: "2001", toAddress: "5559876" };
    for (const [last, outcome] of [
      [dialog("7", "DROPPED", talk), "unknown"],
      [
        dialog("7", "DROPPED", {
          ...talk,
          callType: "TRANSFER",
          participants: [party("2001", "DROPPED", { stateCause: "OTHER" }), party("5551111", "ALERTING")],
        }),
        "confirmed",
      ],
      // Another transfer of the same call, to somebody else.
      [
        dialog("7", "DROPPED", {
          ...talk,
          callType: "TRANSFER",
          participants: [party("2001", "DROPPED", { stateCause: "OTHER" }), party("5552222", "ALERTING")],
        }),
        "unknown",
      ],
    ] as const) {
      const finesse = new FakeFinesse();
      const active = dialog("7", "ACTIVE", talk);
      for (const own of active.participants) own.actions.push("TRANSFER_SST");
      const session = await finesse.connected(agent({ state: "TALKING" }), [active]);
      const attempt = session.execute({ verb: "transfer", number: "5551111" }, context);
      await settle();
      finesse.publish(updates.end(last));
      finesse.clock.advance(1_500);
      expect((await attempt).outcome).toBe(outcome);
    }
  });

  test("wrap-up sends the label as configured", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "WORK_READY" }), [dialog("7", "WRAP_UP")]);
    finesse.onRequest = () => finesse.publish(updates.put(dialog("7", "WRAP_UP", { wrapUpReason: "Sales" })));
    expect(await session.execute({ verb: "wrap-up", reasons: ["sales"] }, context)).toMatchObject({
      outcome: "confirmed",
    });
    await expect(session.execute({ verb: "wrap-up", reasons: ["Nothing"] }, context)).rejects.toMatchObject({
      code: "usage",
    });
  });

  test("a variable that Finesse cut is confirmed and told", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    finesse.onRequest = (_what, requestId) =>
      finesse.publish(
        updates.put(dialog("7", "ACTIVE", { variables: { callVariable1: "plat" } }), requestId),
      );
    const outcome = await session.execute({ verb: "set", variables: { callVariable1: "platinum" } }, context);
    expect(outcome).toMatchObject({ outcome: "confirmed" });
    expect(outcome.message).toContain("callVariable1");
  });

  test("tones are confirmed when no refusal comes", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const attempt = session.execute({ verb: "dtmf", digits: "12#" }, context);
    await settle();
    finesse.clock.advance(400);
    expect(await attempt).toMatchObject({ outcome: "confirmed", message: "sent 3 tones" });
    await expect(session.execute({ verb: "dtmf", digits: "1 2" }, context)).rejects.toMatchObject({
      code: "usage",
    });
  });

  test("with two calls that fit, the verb wants to know which; without any it says what there is", async () => {
    const finesse = new FakeFinesse();
    const two = [dialog("7", "HELD"), dialog("8", "HELD", { fromAddress: "5550000" })];
    const session = await finesse.connected(agent({ state: "HOLD" }), two);
    await expect(session.execute({ verb: "retrieve" }, context)).rejects.toMatchObject({
      code: "ambiguous-call",
    });
    await expect(session.execute({ verb: "answer" }, context)).rejects.toMatchObject({
      code: "no-such-call",
    });
    await expect(session.execute({ verb: "hold", call: "99" }, context)).rejects.toMatchObject({
      code: "no-such-call",
    });
  });

  test("call commands go out one at a time; a state change does not wait for them", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const hold = session.execute({ verb: "hold" }, context);
    const drop = session.execute({ verb: "drop", call: "7" }, context);
    const notReady = session.execute({ verb: "not-ready" }, { ...context, cause: "c-2" });
    await settle();
    expect(finesse.requests().sort()).toEqual(["HOLD 7", "NOT_READY"]);
    finesse.publish(updates.put(dialog("7", "HELD")));
    finesse.publish(updates.user(agent({ state: "TALKING", pendingState: "NOT_READY" }), "c-2"));
    expect(await hold).toMatchObject({ outcome: "confirmed" });
    expect(await notReady).toMatchObject({ outcome: "pending" });
    await settle();
    expect(finesse.requests()).toContain("DROP 7");
    finesse.publish(updates.end(dialog("7", "DROPPED")));
    expect(await drop).toMatchObject({ outcome: "confirmed" });
  });

  test("a command while signed out names the way in", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "LOGOUT", extension: undefined }));
    await expect(session.execute({ verb: "ready" }, context)).rejects.toMatchObject({
      code: "not-signed-in",
      hint: "cti login -a 1001 -e 2001",
    });
  });
});

describe("losing the link", () => {
  test("reconnects by itself, re-reads, and tells the calls that went away meanwhile as estimated", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    finesse.endLink(lost);
    expect(finesse.types()).toEqual(["session.disconnected"]);
    expect(session.status()).toMatchObject({ link: { state: "disconnected" }, calls: [{ id: "7" }] });
    finesse.user = agent({ state: "READY", stateChangeTime: "2026-01-05T09:01:00.000Z" });
    finesse.dialogs = [];
    finesse.clock.advance(1000);
    await settle();
    expect(session.status().link.state).toBe("connected");
    expect(finesse.types()).toEqual([
      "session.disconnected",
      "agent.changed",
      "call.released",
      "call.ended",
      "session.connected",
    ]);
    expect(finesse.events.find((event) => event.type === "call.ended")).toMatchObject({ estimated: true });
  });

  test("tells a long outage once, waits longer each time, and stays quiet while it lasts", async () => {
    const finesse = new FakeFinesse();
    await finesse.connected();
    finesse.refuseConnect = new CtiError({ code: "notifications-unreachable", message: "no way" });
    const before = finesse.connects;
    finesse.endLink(lost);
    for (let second = 0; second < 600; second++) {
      finesse.clock.advance(1000);
      await settle();
    }
    expect(finesse.types()).toEqual(["session.disconnected"]);
    expect(finesse.connects - before).toBeLessThan(40);
    expect(finesse.connects - before).toBeGreaterThan(15);
  });

  test("after a conflict it never connects again and says where to go", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    const before = finesse.connects;
    finesse.endLink({ reason: "conflict" });
    finesse.clock.advance(3_600_000);
    await settle();
    expect(finesse.connects).toBe(before);
    expect(finesse.types()).toEqual(["session.conflict"]);
    expect(session.status().link.state).toBe("conflict");
    await expect(session.execute({ verb: "ready" }, context)).rejects.toMatchObject({
      code: "signed-in-elsewhere",
    });
    expect(finesse.sent).toEqual([]);
  });

  test("a password changed meanwhile ends the attempts", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.refuseConnect = new CtiError({ code: "credentials-refused", message: "wrong password" });
    const before = finesse.connects;
    finesse.endLink(lost);
    finesse.clock.advance(3_600_000);
    await settle();
    expect(finesse.connects - before).toBe(1);
    expect(session.status().link).toMatchObject({
      state: "disconnected",
      error: { code: "credentials-refused" },
    });
    await expect(session.execute({ verb: "ready" }, context)).rejects.toMatchObject({
      code: "credentials-refused",
    });
  });

  test("a command given during the gap waits for the link and then goes out", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent(), []);
    finesse.endLink(lost);
    finesse.onRequest = () => finesse.publish(updates.user(agent({ state: "READY" })));
    const attempt = session.execute({ verb: "ready" }, context);
    await settle();
    expect(finesse.sent).toEqual([]);
    finesse.clock.advance(1000);
    expect(await attempt).toMatchObject({ outcome: "confirmed" });
  });

  test("close waits for nothing and reconnects no more", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.endLink(lost);
    await session.close();
    finesse.clock.advance(3_600_000);
    await settle();
    expect(finesse.connects).toBe(1);
    expect(finesse.clock.pending).toBe(0);
  });
});

describe("service and others", () => {
  test("out of service and back: told, and the agent read again", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.publish(updates.systemInfo("OUT_OF_SERVICE"));
    expect(session.status().service).toBe("out-of-service");
    finesse.user = agent({ state: "READY", stateChangeTime: "2026-01-05T09:05:00.000Z" });
    finesse.publish(updates.systemInfo("IN_SERVICE"));
    await settle();
    expect(finesse.types()).toEqual(["service.out-of-service", "agent.changed", "service.in-service"]);
  });

  test("service comes back even when the event that says so is lost", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.handlers.onFinessePresence(false);
    finesse.clock.advance(60_000);
    await settle();
    expect(session.status().service).toBe("in-service");
  });

  test("another desktop of the same agent is told once for each change", async () => {
    const finesse = new FakeFinesse();
    const session = await finesse.connected();
    finesse.handlers.onOtherResources(["desktop"]);
    finesse.handlers.onOtherResources(["desktop"]);
    expect(finesse.types()).toEqual(["session.shared"]);
    expect(session.status().shared).toEqual(["desktop"]);
  });

  test("signed out by Finesse is told as such, with the code", async () => {
    const finesse = new FakeFinesse();
    await finesse.connected(agent({ state: "READY" }));
    finesse.publish(updates.user(agent({ state: "LOGOUT", extension: undefined, reasonCodeId: "255" })));
    expect(finesse.events.at(-1)).toMatchObject({
      type: "session.signed-out",
      by: "finesse",
      reasonCodeId: "255",
    });
  });
});

describe("a re-read and the news that arrives meanwhile", () => {
  async function auditing() {
    const finesse = new FakeFinesse();
    const session = await finesse.connected(agent({ state: "READY" }));
    const slow = Promise.withResolvers<void>();
    finesse.holdReads = slow.promise;
    const before = finesse.reads;
    // The audit of an agent at rest, whenever it comes.
    for (let tenth = 0; tenth < 1800 && finesse.reads === before; tenth++) {
      finesse.clock.advance(100);
      await settle();
    }
    expect(finesse.reads).toBe(before + 2);
    return { finesse, session, answer: slow.resolve, before };
  }

  test("news waits for a prompt answer, which may be older", async () => {
    const { finesse, session, answer, before } = await auditing();
    finesse.publish(updates.post(dialog("7", "ALERTING")));
    expect(finesse.types()).toEqual([]);
    finesse.dialogs = [dialog("7", "ALERTING")];
    answer();
    await settle();
    expect(finesse.types()).toEqual(["call.started"]);
    expect(session.status().calls).toMatchObject([{ id: "7" }]);
    expect(finesse.reads).toBe(before + 2);
  });

  test("a phone that rings does not wait for a slow answer; the answer it has overtaken is asked again", async () => {
    const { finesse, session, answer, before } = await auditing();
    finesse.publish(updates.post(dialog("7", "ALERTING")));
    finesse.dialogs = [dialog("7", "ALERTING")];
    finesse.clock.advance(300);
    expect(finesse.types()).toEqual(["call.started"]);
    answer();
    await settle();
    expect(finesse.reads).toBe(before + 4);
    expect(finesse.types()).toEqual(["call.started"]);
    expect(session.status().calls).toMatchObject([{ id: "7", state: "ALERTING" }]);
  });

  test("with news that never ends, the third answer is waited for", async () => {
    const { finesse, session, answer, before } = await auditing();
    finesse.holdReads = undefined;
    const variable = (value: string) => dialog("7", "ACTIVE", { variables: { callVariable1: value } });
    finesse.publish(updates.post(variable("1")));
    finesse.clock.advance(300);
    const second = Promise.withResolvers<void>();
    finesse.holdReads = second.promise;
    answer();
    await settle();
    finesse.publish(updates.put(variable("2")));
    finesse.clock.advance(300);
    const third = Promise.withResolvers<void>();
    finesse.holdReads = third.promise;
    finesse.dialogs = [variable("3")];
    second.resolve();
    await settle();
    finesse.publish(updates.put(variable("3")));
    finesse.clock.advance(300);
    expect(session.status().calls[0]?.variables.callVariable1).toBe("2");
    third.resolve();
    await settle();
    expect(session.status().calls[0]?.variables.callVariable1).toBe("3");
    expect(finesse.reads).toBe(before + 6);
  });
});

describe("after a restart of the worker", () => {
  test("a call that is still there goes on under its interaction without starting again", async () => {
    const before = new FakeFinesse();
    const first = await before.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const interaction = first.status().calls[0]?.interaction;
    expect(interaction).toBeString();

    const after = new FakeFinesse();
    for (const [id, kept] of before.kept) after.kept.set(id, kept);
    after.user = agent({ state: "TALKING" });
    after.dialogs = [dialog("7", "ACTIVE")];
    const second = after.session();
    expect(second.status().calls).toMatchObject([{ id: "7", interaction }]);
    await second.resume();
    expect(second.status().calls).toMatchObject([{ id: "7", interaction, state: "ACTIVE" }]);
    expect(after.types()).not.toContain("call.started");
  });

  test("a call that is gone ends as estimated, once", async () => {
    const before = new FakeFinesse();
    await before.connected(agent({ state: "TALKING" }), [dialog("7", "ACTIVE")]);
    const after = new FakeFinesse();
    for (const [id, kept] of before.kept) after.kept.set(id, kept);
    after.user = agent({ state: "READY" });
    await after.session().resume();
    expect(after.types().filter((type) => type.startsWith("call."))).toEqual(["call.released", "call.ended"]);
    await after.session().resume();
    expect(after.types().filter((type) => type.startsWith("call."))).toEqual(["call.released", "call.ended"]);
  });
});
