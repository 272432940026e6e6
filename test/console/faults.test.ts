import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Stage } from "../e2e/stage.ts";
import type { ScreenStage } from "../terminal/screen-stage.ts";
import {
  connectorOf,
  onACall,
  openConsole,
  openOffice,
  password,
  signedIn,
  signInByForm,
} from "./stage/office.ts";

let office: Stage;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(() => office.close());

/** The call's own lines: who, which state, its data. */
const theCall = /◆ ACTIVE .*← 5551234[^]*gold/;

async function holdWorks(stage: ScreenStage): Promise<void> {
  stage.press("h");
  await stage.until(/◇ HOLD[^]*◇ HELD/);
}

test("the worker killed in a call: the log tells of the gap, the call is the same and can be worked", async () => {
  await signedIn(office);
  await using stage = openConsole(office);
  await onACall(office, stage);
  const before = await connectorOf(office);
  process.kill(before.workerPid, "SIGKILL");
  await stage.until("nobody watched");
  await stage.until(theCall);
  await holdWorks(stage);
  const after = await connectorOf(office);
  expect(after.workerPid).not.toBe(before.workerPid);
  expect(after.agents[0]?.calls).toMatchObject([{ id: before.agents[0]?.calls[0]?.id, state: "HELD" }]);
  expect(stage.raw.clears).toBe(0);
}, 30_000);

test("the whole connector killed in a call: the screen keeps what was known and says how to go on; signing in finds the call", async () => {
  await signedIn(office);
  await using stage = openConsole(office);
  await onACall(office, stage);
  const { workerPid, guardianPid, agents } = await connectorOf(office);
  process.kill(guardianPid, "SIGKILL");
  process.kill(workerPid, "SIGKILL");
  await stage.until("the connector has ended: the phone goes on, i signs in again");
  await stage.until(theCall);
  stage.press("h");
  await stage.until("hold: no link to Finesse");
  await signInByForm(stage);
  await stage.until((text) => !text.includes("has ended") && theCall.test(text));
  await holdWorks(stage);
  expect((await connectorOf(office)).agents[0]?.calls).toMatchObject([{ id: agents[0]?.calls[0]?.id }]);
}, 30_000);

test("no link to Finesse: a banner with the next try, the call stays in sight, keys say why they do nothing; it recovers by itself", async () => {
  await signedIn(office);
  await using stage = openConsole(office);
  await onACall(office, stage);
  await office.sim("fail", { fault: "notification" });
  await stage.until(/no link to Finesse, (next try in \d+ s|trying now)/);
  expect(stage.text).toMatch(theCall);
  // What is shown may have changed since.
  expect(stage.text).toMatch(/◆ TALKING +\d:\d\d \?/);
  stage.press("h");
  await stage.until("hold: no link to Finesse");
  await office.sim("heal", {});
  await stage.until((text) => !text.includes("no link to Finesse,"), { timeout: 30_000 });
  await holdWorks(stage);
}, 60_000);

test("Finesse out of service: a banner, the call stays in sight, and it recovers by itself", async () => {
  await signedIn(office);
  await using stage = openConsole(office);
  await onACall(office, stage);
  await office.sim("fail", { fault: "cti" });
  await stage.until("Finesse is out of service: the phone works");
  expect(stage.text).toMatch(theCall);
  stage.press("h");
  await stage.until("hold: Finesse is out of service");
  await office.sim("heal", {});
  await stage.until((text) => !text.includes("out of service: the phone"), { timeout: 30_000 });
  await holdWorks(stage);
}, 60_000);

test("signed in elsewhere: the banner says so and how to take the session back, and that works", async () => {
  await signedIn(office);
  await using stage = openConsole(office);
  await onACall(office, stage);
  await office.ok("login -a 1001 -e 2001 --profile other");
  await stage.until(/signed in elsewhere: [^]*i signs in again/);
  expect(stage.text).toMatch(theCall);
  await signInByForm(stage);
  await stage.until((text) => !text.includes("signed in elsewhere: ") && theCall.test(text));
  await holdWorks(stage);
  await office.cti("stop --leave --profile other");
}, 30_000);

test("the window closed in a call: nobody is signed out, the lease is given back at once, a new console shows the same call", async () => {
  await using stage = openConsole(office);
  await stage.until("nobody is signed in");
  await signInByForm(stage);
  await stage.until(/○ NOT_READY/);
  stage.press("r");
  await onACall(office, stage);
  // What will become of the agent is said before.
  stage.press("q");
  await stage.until("When nobody is there for 60 s, 1001 is made NOT_READY.");
  stage.press("n");
  await stage.until((text) => !text.includes("Leave the console?"));
  const before = await connectorOf(office);
  expect(before.agents[0]?.unattended.leases).toMatchObject([{ kind: "console" }]);
  stage.hangUp();
  expect(await stage.exited).toBe(0);
  const after = await connectorOf(office);
  expect(after.agents[0]?.unattended).toMatchObject({ then: "not-ready", leases: [] });
  await using next = openConsole(office);
  await next.until(theCall);
  await holdWorks(next);
  expect((await connectorOf(office)).agents[0]?.calls[0]?.id).toBe(before.agents[0]?.calls[0]?.id ?? "");
}, 30_000);

test("nobody is there for the agent: a console that only watches says what will become of the agent, and when", async () => {
  await using stage = openConsole(office);
  await stage.until("nobody is signed in");
  await signInByForm(stage);
  await stage.until(/○ NOT_READY/);
  stage.press("r");
  await stage.until(/● READY/);
  await using watcher = openConsole(office, { words: ["--read-only"] });
  await watcher.until(/● READY/);
  stage.press("q");
  expect(await stage.exited).toBe(0);
  await watcher.until(/nobody is there for this agent: .* in \d+ s/);
  watcher.press("n");
  await watcher.until("this console only watches");
  expect(stage.raw.text).not.toContain(password);
}, 30_000);
