import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().open();
});
afterEach(() => stage.close());

async function onACall(): Promise<{
  workerPid: number;
  guardianPid: number;
  call: { id: string; interaction: string };
}> {
  await stage.ok("login -a 1001 -e 2001");
  await stage.ok("ready");
  await stage.ok("sim call 1001 --from 5551234");
  await stage.ok("wait call.started");
  await stage.ok("answer");
  const status = (await stage.json("status")) as {
    workerPid: number;
    guardianPid: number;
    agents: { calls: { id: string; interaction: string }[] }[];
  };
  const call = status.agents[0]?.calls[0];
  if (call === undefined) throw new Error("no call");
  return { workerPid: status.workerPid, guardianPid: status.guardianPid, call };
}

async function calls(): Promise<{ id: string; interaction: string; state: string }[]> {
  const { agents } = (await stage.json("status")) as {
    agents: { calls: { id: string; interaction: string; state: string }[] }[];
  };
  return agents.flatMap((agent) => agent.calls);
}

test("the worker killed in mid-call: the next command works, the call is the same, nothing is told twice", async () => {
  const { workerPid, call } = await onACall();
  process.kill(workerPid, "SIGKILL");
  await stage.ok("hold");
  expect(await calls()).toMatchObject([{ id: call.id, interaction: call.interaction, state: "HELD" }]);
  await stage.ok("drop");
  const page = await stage.ok("events --json --limit 1000");
  const types = page.out
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { type: string }).type)
    .filter((type) => type === "call.started" || type === "call.released");
  expect(types).toEqual(["call.started", "call.released"]);
});

test("the guardian killed: the worker goes on, status says so", async () => {
  const { guardianPid } = await onACall();
  process.kill(guardianPid, "SIGKILL");
  await stage.ok("hold");
  const status = await stage.json("status");
  expect(status.guardianPid).toBeUndefined();
});

test("both killed: the next command tells the truth and exits 7; signing in again finds the call", async () => {
  const { workerPid, guardianPid, call } = await onACall();
  process.kill(guardianPid, "SIGKILL");
  process.kill(workerPid, "SIGKILL");
  const lost = await stage.cti("hold");
  expect(lost.code).toBe(7);
  expect(lost.err).toContain("1001");
  expect(lost.err).toContain("cti login -a 1001 -e 2001");
  await stage.ok("login -a 1001 -e 2001");
  expect(await calls()).toMatchObject([{ id: call.id, interaction: call.interaction }]);
  await stage.ok("drop");
});

test("the runtime directory removed under it: the next command waits for the socket to be made again", async () => {
  const { workerPid } = await onACall();
  rmSync(join(stage.folder, "cti"), { recursive: true });
  await stage.ok("hold");
  expect((await stage.json("status")).workerPid).toBe(workerPid);
  // Its lock went too: another connector must not start beside it.
  await stage.ok("login -a 1002 -e 2002");
  expect((await stage.json("status")).workerPid).toBe(workerPid);
  await stage.ok("drop -a 1001");
});
