import { systemClock, type Clock } from "../../platform/clock.ts";
import { seededRandom, type Random } from "../../platform/random.ts";
import type { SimBackend, SimProfile } from "../contract.ts";
import { handleApi } from "../rest/api.ts";
import { queuesOf, queueXml } from "../rest/queue-xml.ts";
import type { FinesseNode } from "../rest/system-info.ts";
import type { Knobs, SimControl, SimState } from "./control.ts";
import { controlOf } from "./control-surface.ts";
import { defaultPopulation } from "./default-population.ts";
import type { Population } from "./population.ts";
import { QueueBoard } from "./queue-board.ts";
import { Sim } from "./sim.ts";
import { agentState, callState } from "./sim-state.ts";

export interface EngineOptions {
  /** Default: 20 agents, see `defaultPopulation`; from a document: `populationFrom`. */
  population?: Population;
  profile?: SimProfile;
  clock?: Clock;
  random?: Random;
  /** Of every agent whose population entry names none. */
  password?: string;
  /** This node's name and ports, read at every request: fill the ports in once the servers listen. */
  node?: FinesseNode;
  /** The secondary node of a pair. */
  second?: FinesseNode;
  knobs?: Partial<Knobs>;
}

/** What one node's transports need is the engine itself for the primary, `second` for the other. */
export interface Engine extends SimBackend {
  readonly second: SimBackend | undefined;
  readonly control: SimControl;
  /** Everything, as plain JSON. */
  state(): SimState;
  /** Cancels every timer; nothing is published afterwards. */
  stop(): void;
}

export const defaultKnobs: Readonly<Knobs> = {
  eventDelay: 25,
  ctiDelay: 0,
  duplicateEvents: false,
  documentedOrder: false,
  forceWhenAnyLeaves: false,
  acceptExtensions: false,
  clockOffset: 0,
  deliverAfter: 50,
  ringTimeout: 20_000,
  dialAfter: 20,
  farEndRingAfter: 120,
  farEndAnswerAfter: 400,
  presenceTimeout: 60_000,
  presenceTimeoutUnclean: 180_000,
  lockout: 300_000,
};

/** A simulated Finesse without its transports; the same seed and the same requests give the same ids and values. */
export function createEngine(options: EngineOptions = {}): Engine {
  const profile = options.profile ?? "ucce";
  const node = options.node ?? {
    name: "a",
    host: "localhost",
    ports: { https: 8445, xmppSecure: 5223 },
  };
  const pair: FinesseNode[] = options.second === undefined ? [node] : [node, options.second];
  const sim = new Sim({
    nodes: pair.map(({ name }) => name),
    population: options.population ?? defaultPopulation({ profile }),
    profile,
    clock: options.clock ?? systemClock,
    random: options.random ?? seededRandom(1),
    password: options.password ?? "secret",
    knobs: { ...defaultKnobs, ...options.knobs },
  });
  const board = new QueueBoard(sim.world, sim.notices, (queue) => queueXml(sim, queue));
  const subscribed = (name: string) => board.subscribed(name);
  return {
    ...backendOf(sim, node, pair),
    subscribed,
    second: options.second && { ...backendOf(sim, options.second, pair), subscribed },
    control: controlOf(sim),
    state: () => stateOf(sim),
    stop: () => sim.stop(),
  };
}

/** The engine as one node of it: agents and calls are shared, subscriptions, presence and the CTI link are the node's own. */
function backendOf(sim: Sim, node: FinesseNode, pair: readonly FinesseNode[]): SimBackend {
  return {
    xmppDomain: node.host,
    resolveUser: (name) => sim.world.find(name)?.id,
    authenticate: (user, password) => sim.lockout.check(sim.world.find(user), password),
    handleApi: (request) => handleApi(sim, { node, pair }, request),
    onPublish: (listener) =>
      sim.publisher.onPublish((publication) => {
        if (publication.only === undefined || publication.only.includes(node.name)) listener(publication);
      }),
    presenceChanged: (agentId, resources, clean) => {
      const agent = sim.world.agents.get(agentId);
      if (agent !== undefined) sim.presence.changed(node.name, agent, resources, clean);
    },
    maySubscribe: (agentId, nodeName) => maySubscribe(sim, agentId, nodeName),
  };
}

/** Own nodes, SystemInfo, a supervisor's teams and their members, the queues of the agent's teams (§13). */
function maySubscribe(sim: Sim, agentId: string, node: string): boolean {
  const agent = sim.world.agents.get(agentId);
  const [object, id, ...rest] = node.replace(/^\/finesse\/api\//, "").split("/");
  if (agent === undefined || !node.startsWith("/finesse/api/")) return false;
  if (object === "SystemInfo") return id === undefined;
  if (id === undefined) return false;
  if (object === "User") {
    const other = sim.world.agents.get(id);
    return other !== undefined && (other === agent || sim.world.supervises(agent, other));
  }
  if (object === "Team") {
    const supervises = agent.entry.supervises?.includes(id) === true;
    return supervises || (agent.entry.team === id && rest[0] === "TeamMessages");
  }
  if (object !== "Queue" || sim.world.profile === "uccx") return false;
  return queuesOf(sim.world, agent).some((queue) => queue.number === id);
}

function stateOf(sim: Sim): SimState {
  const { world, presence, lockout, link, publisher } = sim;
  return {
    now: new Date(world.clock.now()).toISOString(),
    profile: world.profile,
    status: sim.nodes.serving.length > 0 ? "IN_SERVICE" : "OUT_OF_SERVICE",
    agents: [...world.agents.values()].map((agent) => agentState(world, presence, lockout, agent)),
    calls: [...world.calls.values()].map((call) => callState(world, call)),
    queues: world.population.queues.map((queue) => ({
      number: queue.number,
      name: queue.name,
      waiting: world.waiting.filter((entry) => entry.queue === queue).length,
    })),
    knobs: { ...world.knobs },
    counts: {
      ...sim.counts,
      lateRefusals: link.lateRefusals,
      published: publisher.published,
      lost: publisher.lost,
    },
  };
}
