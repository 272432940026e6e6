import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/platform/clock.ts";
import { fasterClock } from "../../src/platform/clock.ts";
import type { FinesseAccess } from "../../src/session/connection.ts";
import { finesseAccess } from "../../src/session/finesse-access.ts";
import type { SimAgentState, SimState } from "../../src/simulator/engine/control.ts";
import type { FaultDetails } from "../../src/simulator/server/faults.ts";
import { startSimulator } from "../../src/simulator/start.ts";
import { Actors, type Stage } from "./actors.ts";
import { Chance } from "./chance.ts";
import { differences } from "./compare.ts";
import { Faces, settingsOf } from "./faces.ts";
import { disorderIn, readJournal } from "./ledger.ts";
import { Office } from "./office.ts";
import type { Lifetime } from "./stepped-clock.ts";
import { Story } from "./story.ts";
import { type Glimpse, legsOf } from "./witness.ts";

/** Times as fast as the day. Faster, and the time-outs of the product would be shorter than a busy machine's pauses. */
const speed = 8;
const agents = ["1001", "1002", "1003"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cti-faults-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is true of one agent. */
function truth(state: SimState, agent: SimAgentState): Glimpse {
  return {
    at: 0,
    state: agent.state,
    pending: agent.pendingState,
    reason: agent.reasonCodeId,
    extension: agent.extension,
    legs: legsOf(state.calls, agent),
  };
}

/** Real TLS, HTTP and WebSocket: nothing replays exactly here, but what breaks is the real thing. */
test("over real TLS and WebSocket, with workers killed, all comes to agree", async () => {
  const clock = fasterClock(speed);
  const simulator = await startSimulator({ clock, seed: 1, agents: agents.length });
  const story = new Story(clock, true);
  const access = (life: Lifetime): FinesseAccess => ({
    createRest: (options) => finesseAccess.createRest({ ...options, clock: life }),
    connectNotifications: (options) => finesseAccess.connectNotifications({ ...options, clock: life }),
  });
  const office = new Office({ clock, chance: new Chance(1), story, access }, folder);
  const faces = new Faces({ clock, story }, office, new Chance(2), (agent) => ({
    ...settingsOf(agent),
    finesse: [simulator.nodes[0]?.rest ?? ""],
    ca: [{ path: "memory", pem: simulator.caPem }],
  }));
  const stage: Stage = {
    parts: { clock, story },
    engine: simulator,
    office,
    faces,
    agents,
    chance: new Chance(3),
    onActed: () => {},
  };
  const chance = new Chance(4);
  let isOver = false;
  const breakThings = (): void => {
    if (isOver) return;
    const [fault, details] = chance.of<[Parameters<typeof simulator.faults.fail>[0], FaultDetails]>([
      ["drop", { agent: chance.of(agents) ?? "" }],
      ["mute", { agent: chance.of(agents) ?? "" }],
      ["lose", { count: 3 }],
      ["refuse", { count: 2 }],
      ["slow", { delay: 800 }],
      ["lag", { delay: 1_500 }],
      ["notification", {}],
      ["rest", {}],
      ["tomcat", {}],
      ["cti", {}],
    ]);
    story.tell("fault", fault);
    simulator.faults.fail(fault, details);
    if (chance.happens(0.4)) office.worker?.life.kill();
    else if (office.worker !== undefined && chance.happens(0.5)) office.worker.fuse = chance.between(1, 10);
    clock.after(chance.between(500, 4_000), () => simulator.faults.heal());
    clock.after(chance.between(4_000, 9_000), breakThings);
  };

  office.start();
  const actors = new Actors(stage);
  clock.after(4_000, breakThings);
  await passed(clock, 70_000);
  isOver = true;
  actors.stop();
  simulator.faults.heal();
  if (office.worker !== undefined) office.worker.fuse = undefined;

  const wrong = (): string[] => {
    const state = simulator.state();
    const seats = office.worker?.registry.current();
    if (seats === undefined) return ["no worker"];
    return [
      ...faces.open.map(({ key }) => `${key} has no answer`),
      ...seats.flatMap(({ agent, link }) =>
        link.state === "connected" || link.state === "conflict" ? [] : [`${agent} ${link.state}`],
      ),
      ...state.agents.flatMap((agent) =>
        differences(
          agent.id,
          seats.find((seat) => seat.agent === agent.id),
          truth(state, agent),
        ),
      ),
    ];
  };
  // Two audits of an agent at rest, and what links need to find out and come back.
  for (let waited = 0; waited < 320_000 && wrong().length > 0; waited += 2_000) await passed(clock, 2_000);
  expect({ wrong: wrong(), story: wrong().length > 0 ? story.lines : [] }).toEqual({ wrong: [], story: [] });

  const open = new Set(
    office.worker?.registry.current().flatMap(({ calls }) => calls.map(({ interaction }) => interaction)),
  );
  const { worker } = office;
  await worker?.registry.close();
  worker?.life.kill();
  expect(disorderIn(readJournal(folder), open)).toEqual([]);
  expect(story.counts.get("commands")).toBeGreaterThan(20);
  await simulator.stop();
}, 90_000);

function passed(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => void clock.after(milliseconds, resolve));
}
