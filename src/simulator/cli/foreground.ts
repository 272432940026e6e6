import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { type Environment, runtimeDirectory } from "../../platform/paths.ts";
import { CtiError } from "../../model/errors.ts";
import { type Population, populationFrom } from "../engine/population.ts";
import { startSimulator, type StartOptions } from "../start.ts";
import type { Simulator } from "../server/simulator.ts";
import { banner } from "./banner.ts";
import { type Happening, happenings } from "./happenings.ts";
import { register, unregister, writeAtomically } from "./registration.ts";

export interface ForegroundOptions extends StartOptions {
  /** Where the authority's certificate goes; by default into the runtime directory, until the end. */
  caOut?: string;
  readyFile?: string;
  /** JSON file with who lives there; see engine/population.ts. */
  populationFile?: string;
  /** Folder that relative file names belong to. */
  directory: string;
}

export interface ForegroundPort {
  environment: Environment;
  /** Called once when everything listens, with a text for people and the content of the ready file. */
  ready(text: string, facts: ReadyFacts): void;
  /** Absent: nobody wants to hear, which saves the comparing of whole states. */
  happened?: (happening: Happening) => void;
  /** Resolves when the simulator is to end. */
  ended: Promise<unknown>;
}

/** Content of the ready file (design §5.9). */
export interface ReadyFacts {
  nodes: Simulator["nodes"];
  /** URL of the control API. */
  control: string;
  /** File with the authority's certificate, PEM. */
  ca: string;
}

/** `cti sim`: serves until `port.ended` resolves, then says good-bye on all streams and cleans up. */
export async function runSimulator(options: ForegroundOptions, port: ForegroundPort): Promise<void> {
  const { environment } = port;
  const population = populationOf(options);
  const simulator = await startSimulator({ ...options, population });
  const ownCaFile = join(runtimeDirectory(environment), `sim-ca-${process.pid}.pem`);
  const caFile = options.caOut === undefined ? ownCaFile : resolve(options.directory, options.caOut);
  try {
    writeAtomically(caFile, simulator.caPem);
    register(environment, { pid: process.pid, control: simulator.controlUrl });
    const facts: ReadyFacts = { nodes: simulator.nodes, control: simulator.controlUrl, ca: caFile };
    if (options.readyFile !== undefined)
      writeAtomically(resolve(options.directory, options.readyFile), `${JSON.stringify(facts)}\n`);
    const { profile = "ucce", password, address = "127.0.0.1" } = options;
    port.ready(
      banner({ simulator, caFile, profile, address, population, ownPassword: password !== undefined }),
      facts,
    );
    const stopTelling =
      port.happened === undefined ? () => {} : tell(simulator, options.clock ?? systemClock, port.happened);
    await port.ended;
    stopTelling();
  } finally {
    unregister(environment, process.pid);
    if (options.caOut === undefined) rmSync(ownCaFile, { force: true });
    await simulator.stop();
  }
}

function populationOf({
  populationFile,
  directory,
  profile = "ucce",
  agents,
}: ForegroundOptions): Population {
  const options = { profile, agents };
  if (populationFile === undefined) return populationFrom({}, options);
  const path = resolve(directory, populationFile);
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw new CtiError(
      {
        code: "usage",
        message: `cannot read the population ${path}`,
        why: thrown instanceof Error ? thrown.message : String(thrown),
      },
      { cause: thrown },
    );
  }
  return populationFrom(document, options);
}

/** Looking at everybody costs milliseconds when they are many: then it is done now and then, and what lasted shorter goes untold. */
const many = { agents: 200, pause: 500 };

/** Reports each change, once a tick however many publications there were. */
function tell(simulator: Simulator, clock: Clock, happened: (happening: Happening) => void): () => void {
  let before = simulator.state();
  let pending = false;
  let cancel = () => {};
  const look = () => {
    pending = false;
    const after = simulator.state();
    for (const happening of happenings(before, after)) happened(happening);
    before = after;
  };
  const stopWatching = simulator.watch(() => {
    if (pending) return;
    pending = true;
    if (before.agents.length <= many.agents) queueMicrotask(look);
    else cancel = clock.after(many.pause, look);
  });
  return () => {
    stopWatching();
    cancel();
  };
}
