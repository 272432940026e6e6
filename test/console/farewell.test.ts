import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { AgentStatus } from "../../src/control/contract.ts";
import { farewellLines } from "../../src/console/farewell.ts";
import type { Stage } from "../e2e/stage.ts";
import type { TerminalStage } from "../terminal/stage.ts";
import { agentWith, callWith, noon, statusWith } from "./overlays/stage.tsx";
import { onACall, openConsole, openOffice, signedIn } from "./stage/office.ts";

const inSeconds = (seconds: number): string => new Date(noon + seconds * 1000).toISOString();

function said(status: AgentStatus, heard = true): string {
  return farewellLines({ agents: [status], heard }, noon, 200).join(" ");
}

/** Nobody is there, with a policy. */
function alone(then: "not-ready" | "logout" | "keep", calls = [callWith()], state = "TALKING"): AgentStatus {
  return statusWith(calls, {
    state: agentWith({ state }),
    unattended: {
      then,
      after: 60,
      leases: [],
      emptySince: inSeconds(0),
      ...(then !== "keep" && { actsAt: inSeconds(60) }),
    },
  });
}

describe("what is said", () => {
  test("who stays, with which calls", () => {
    expect(said(alone("keep", [], "READY"))).toStartWith("1001 Anna Bell stays signed in, READY.");
    expect(said(alone("not-ready"))).toStartWith(
      "1001 Anna Bell stays signed in, TALKING, with a call: 5551234 (ACTIVE).",
    );
    const two = [callWith({ state: "HELD" }), callWith({ id: "2", party: "2002" })];
    expect(said(alone("not-ready", two))).toContain("with 2 calls: 5551234 (HELD), 2002 (ACTIVE).");
    // A talk that is over is none.
    expect(said(alone("not-ready", [callWith({ state: "WRAP_UP" })], "WORK"))).toContain("signed in, WORK.");
  });

  test.each([
    ["not-ready", "TALKING", [callWith()], "in 60 s 1001 is made NOT_READY; the call goes on."],
    ["not-ready", "READY", [], "in 60 s 1001 is made NOT_READY."],
    ["not-ready", "NOT_READY", [], "no call comes to an agent who is NOT_READY."],
    ["logout", "READY", [], "in 60 s 1001 is signed out."],
    ["logout", "TALKING", [callWith()], "in 60 s 1001 is signed out, once the call is over."],
    ["keep", "READY", [], "nothing is done about it."],
  ] as const)("what %s will do to somebody who is %s", (then, state, calls, words) => {
    const text = said(alone(then, [...calls], state));
    expect(text).toContain("Nobody is there now");
    expect(text).toContain(words);
  });

  test("others who are still there; a session that has moved elsewhere; what nobody has confirmed", () => {
    const leases = [{ id: "c", kind: "console" as const, label: "console on pts/3", since: inSeconds(0) }];
    expect(said(statusWith([], { unattended: { then: "logout", after: 60, leases } }))).toEndWith(
      "Still there: console on pts/3.",
    );
    expect(said(statusWith([], { link: { state: "conflict", since: "", node: "n" } }))).toBe(
      "1001 Anna Bell is signed in elsewhere; nothing is done for this agent here any more.",
    );
    expect(said(alone("not-ready"), false)).toEndWith(
      "That is the last that was known: the connector does not answer now.",
    );
  });

  test("nothing of nobody, and nothing that steers a terminal", () => {
    expect(farewellLines({ agents: [], heard: true }, noon, 80)).toEqual([]);
    const odd = statusWith([], { state: agentWith({ firstName: "A\u001b[2J\nB", state: "READY" }) });
    // oxlint-disable-next-line no-control-regex
    expect(said(odd)).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe("on the screen that is as it was", () => {
  let office: Stage;
  beforeEach(async () => {
    office = await openOffice();
    await signedIn(office);
  });
  afterEach(() => office.close());

  /** The shell that signed in is this test's process, which stays. */
  const others = /Still there: shell \d+/;

  async function left(stage: TerminalStage): Promise<string> {
    expect(await stage.exited).toBe(0);
    expect(stage.alternate).toBe(false);
    expect(stage.leftBehind).toEqual([]);
    return stage.text.replaceAll("\n", " ");
  }

  test("q in a call: the call, and who is still there; the console beside it is among them", async () => {
    await using stage = openConsole(office);
    await onACall(office, stage);
    await using second = openConsole(office);
    await second.until("◆ ACTIVE");
    stage.press("q");
    await stage.until("Leave the console?");
    stage.press("y");
    const text = await left(stage);
    expect(text).toContain("1001 Olivia Bennett stays signed in, TALKING, with a call: 5551234 (ACTIVE).");
    expect(text).toMatch(others);
    expect(text).toMatch(/console on pts/);
  });

  test(":quit and SIGTERM say it too, a console that only watched says nothing", async () => {
    await using typed = openConsole(office);
    await typed.until("● READY");
    typed.type(":quit\n");
    expect(await left(typed)).toContain("1001 Olivia Bennett stays signed in, READY.");
    await using ended = openConsole(office);
    await ended.until("● READY");
    ended.signal("SIGTERM");
    expect(await left(ended)).toContain("1001 Olivia Bennett stays signed in, READY.");
    await using watcher = openConsole(office, { words: ["--read-only"] });
    await watcher.until("● READY");
    watcher.press("q");
    expect((await left(watcher)).trim()).toBe("");
  });
});
