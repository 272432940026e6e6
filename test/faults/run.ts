import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restOver } from "../../src/finesse/rest.ts";
import type { FinesseAccess } from "../../src/session/connection.ts";
import { createEngine } from "../../src/simulator/engine/create-engine.ts";
import { populationFrom } from "../../src/simulator/engine/population.ts";
import { Actors, type Stage } from "./actors.ts";
import { Chance } from "./chance.ts";
import { differences } from "./compare.ts";
import { Faces, settingsOf } from "./faces.ts";
import { doneInSilence, lieIn } from "./judge.ts";
import { disorderIn, readJournal } from "./ledger.ts";
import { Mischief } from "./mischief.ts";
import { Office } from "./office.ts";
import { restWire, type WireParts } from "./rest-wire.ts";
import { Lifetime, SteppedClock } from "./stepped-clock.ts";
import { Story } from "./story.ts";
import { Streams } from "./streams.ts";
import { fairWeather } from "./weather.ts";
import { Witness } from "./witness.ts";

export interface Verdict {
  seed: number;
  /** Answers that were not true. */
  lies: string[];
  /** Commands without an answer, links that do not come back, timers left behind. */
  stuck: string[];
  /** Where the picture differs from the truth although there was time to mend it. */
  differences: string[];
  /** Interactions not started, released and ended once. */
  disorder: string[];
  counts: ReadonlyMap<string, number>;
  fingerprint: string;
  story: string[];
}

export interface RunOptions {
  /** Keep the story's lines. */
  tells?: boolean;
  /** Milliseconds of simulated time with faults, and of quiet after them. */
  trouble?: number;
  quiet?: number;
}

const agents = ["1001", "1002", "1003"];

/** One run: people at work, things that break, quiet, and the questions. Everything follows from the seed. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Verdict> {
  const { tells = false, trouble = 180_000, quiet = 240_000 } = options;
  const folder = mkdtempSync(join(tmpdir(), "cti-faults-"));
  const clock = new SteppedClock();
  const story = new Story(clock, tells);
  const chanceFor = (what: number) => new Chance(seed * 16 + what);
  const hall = new Lifetime(clock);
  const engine = createEngine({
    population: populationFrom({}, { agents: agents.length }),
    clock: {
      now: () => hall.now(),
      after: (delay, task) => hall.after(delay, () => (witness.touched(), task())),
    },
    random: chanceFor(1).random,
    knobs: { deliverAfter: 50 },
  });
  const witness: Witness = new Witness(engine, clock, agents);
  const parts: WireParts = {
    backend: engine,
    clock,
    chance: chanceFor(2),
    weather: fairWeather(),
    witness,
    story,
  };
  const streams = new Streams(parts);
  const access = (life: Lifetime): FinesseAccess => ({
    createRest: ({ node, credentials }) =>
      restOver(restWire(parts, life, credentials), node, credentials.username),
    connectNotifications: (notifications) => streams.connect(notifications, life),
  });
  const office = new Office({ clock, chance: chanceFor(3), story, access }, folder);
  const faces = new Faces(parts, office, chanceFor(4), settingsOf);
  const onActed = () => witness.touched();
  const stage: Stage = { parts, engine, office, faces, agents, chance: chanceFor(5), onActed };
  // Promises of the product settle between any two things that happen; real input and output there is none.
  const settle = async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    witness.look();
  };
  try {
    office.start();
    const actors = new Actors(stage);
    const mischief = new Mischief({ ...stage, chance: chanceFor(6) }, streams, parts.weather);
    await clock.run(trouble, settle);
    story.tell("run", "healed");
    mischief.heal();
    actors.stop();
    await clock.run(quiet, settle);

    const stuck = faces.open.map(({ agent, wish, key }) => `${agent} ${wish.verb} (${key}) has no answer`);
    const seats = office.worker?.registry.current() ?? [];
    if (office.worker === undefined) stuck.push("no worker");
    const found: string[] = [];
    const open = new Set<string>();
    for (const agent of agents) {
      const seat = seats.find((status) => status.agent === agent);
      found.push(...differences(agent, seat, witness.now(agent)));
      for (const call of seat?.calls ?? []) open.add(call.interaction);
      if (seat !== undefined && seat.link.state !== "connected" && seat.link.state !== "conflict")
        stuck.push(`${agent} link ${seat.link.state}: ${JSON.stringify(seat.link.error)}`);
      if (seat?.link.state === "connected" && seat.service !== "in-service")
        stuck.push(`${agent} service ${seat.service}`);
    }
    const worker = office.worker;
    const closing = worker?.registry.close();
    await clock.run(5_000, settle);
    await closing;
    if (worker !== undefined && worker.life.pending > 0)
      stuck.push(`${worker.life.pending} timers left behind`);
    worker?.life.kill();
    const lies = [
      ...faces.askings.flatMap((asking) => lieIn(asking, witness) ?? []),
      ...doneInSilence(faces.askings, witness),
    ];
    story.tell("run", JSON.stringify({ lies, stuck, found }));
    return {
      seed,
      lies,
      stuck,
      differences: found,
      disorder: disorderIn(readJournal(folder), open),
      counts: story.counts,
      fingerprint: story.fingerprint,
      story: story.lines,
    };
  } finally {
    hall.kill();
    engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isGood({ lies, stuck, differences: found, disorder }: Verdict): boolean {
  return lies.length + stuck.length + found.length + disorder.length === 0;
}
