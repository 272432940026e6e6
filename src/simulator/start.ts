import { type Clock, fasterClock, systemClock } from "../platform/clock.ts";
import { type Random, seededRandom } from "../platform/random.ts";
import type { SimProfile } from "./contract.ts";
import type { Knobs } from "./engine/control.ts";
import { createEngine } from "./engine/create-engine.ts";
import { type Population, populationFrom } from "./engine/population.ts";
import { hostsOf, type ServeOptions, serveSimulator, type Simulator } from "./server/simulator.ts";

export type { NodeAddress, Simulator, SimulatorState } from "./server/simulator.ts";

export interface StartOptions extends Omit<ServeOptions, "clock" | "random"> {
  /** Default: the system's clock, `speed` times as fast. */
  clock?: Clock;
  speed?: number;
  /** Default: a generator seeded with `seed`, which by default differs from start to start. */
  random?: Random;
  seed?: number;
  profile?: SimProfile;
  /** Default: 1001… in two teams, `agents` of them. */
  population?: Population;
  agents?: number;
  /** Of agents that have none of their own; default "secret". */
  password?: string;
  knobs?: Partial<Knobs>;
  /** Two nodes that share agents and calls. */
  pair?: boolean;
}

/** Starts a whole simulated Finesse in this process: engine, REST, notifications, control API. On free loopback ports by default. */
export async function startSimulator(options: StartOptions = {}): Promise<Simulator> {
  const { speed = 1, profile = "ucce", agents, hosts = [], pair = false } = options;
  const clock = options.clock ?? (speed === 1 ? systemClock : fasterClock(speed));
  const random = options.random ?? seededRandom(options.seed ?? Math.floor(Math.random() * 0x1_0000_0000));
  const population = options.population ?? populationFrom({}, { profile, agents });
  // The engine tells clients its ports, which are known once the listeners are up.
  const [host, secondHost] = hostsOf(hosts, pair);
  const node = { name: "a", host, ports: { https: 0, xmppSecure: 0 } };
  const second = pair ? { name: "b", host: secondHost, ports: { https: 0, xmppSecure: 0 } } : undefined;
  const { password, knobs } = options;
  const engine = createEngine({ population, profile, clock, random, password, node, second });
  // Says which of them there is not.
  engine.control.knobs(knobs);
  const served = {
    backend: engine,
    second: engine.second,
    control: engine.control,
    state: () => engine.state(),
  };
  const simulator = await serveSimulator(served, { ...options, clock, random });
  for (const [at, each] of [node, second].entries()) {
    const address = simulator.nodes[at];
    if (each !== undefined) each.ports = { https: portIn(address?.rest), xmppSecure: portIn(address?.xmpps) };
  }
  return {
    ...simulator,
    async stop() {
      await simulator.stop();
      engine.stop();
    },
  };
}

/** The port in a URL, 0 when there is none. */
function portIn(url: string | null | undefined): number {
  return url ? Number(/:(\d+)/.exec(url.replace(/^\w+:/, ""))?.[1] ?? 0) : 0;
}
