import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { SimBackend } from "../contract.ts";
import type { SimControl, SimState } from "../engine/control.ts";
import type { BoshSettings } from "../xmpp/bosh.ts";
import type { Variations } from "../xmpp/pubsub.ts";
import type { XmppServer } from "../xmpp/server.ts";
import type { XmppState } from "../xmpp/state.ts";
import { type Authority, makeAuthority, type ServerCertificate } from "./certificates.ts";
import { listenControl } from "./control-api.ts";
import { type Fault, FaultBench } from "./faults.ts";
import { type Operation, operationsOf } from "./operations.ts";
import { ScenarioPlayer } from "./scenario.ts";
import { type NodeAddress, type NodePorts, portOf, type ServedNode, serveNode } from "./serve-node.ts";

/** What the transports are put in front of. */
export interface SimEngine {
  backend: SimBackend;
  /** As the secondary node of a pair sees it. */
  second?: SimBackend | undefined;
  control: SimControl;
  state(): SimState;
}

export interface ServeOptions {
  clock: Clock;
  random: Random;
  /** Address to listen on; default 127.0.0.1. */
  address?: string;
  /** Port of REST and WebSocket; 0, the default, for a free one. */
  restPort?: number;
  /** Port of XMPP over TLS; 0, the default, for a free one. */
  xmppPort?: number;
  /** Port of BOSH, and of the WebSocket of older releases; 0, the default, for a free one. */
  boshPort?: number;
  /** Ports of the secondary node; by default the ones after those of the primary, or free ones where those are. */
  secondPorts?: Partial<NodePorts>;
  /** Port of the control API on 127.0.0.1; 0, the default, for a free one. */
  controlPort?: number;
  /**
   * Names put into the certificate beside localhost and the loopback addresses. The first is the node's name in its URLs; of a pair, the
   * first two are the nodes' names.
   */
  hosts?: string[];
  /** Certificates that a client must refuse. */
  certificate?: "good" | "expired" | "wrong-name";
  variations?: Partial<Variations>;
  /** Times of BOSH, in seconds of `clock`. */
  boshSettings?: Partial<BoshSettings>;
  /** The real time, for the certificates. */
  now?: Date;
}

export type { NodeAddress } from "./serve-node.ts";

export interface SimulatorState extends SimState {
  nodes: (NodeAddress & { xmpp: XmppState })[];
  /** Faults in force. */
  faults: Fault[];
}

/** A simulator that serves. */
export interface Simulator {
  nodes: NodeAddress[];
  caPem: string;
  /** URL of the HTTP control API. */
  controlUrl: string;
  control: SimControl;
  faults: FaultBench;
  /** The notification service of the first node, for tests that act on single streams. */
  xmpp: XmppServer;
  /** The same of the secondary node. */
  secondXmpp: XmppServer | undefined;
  state(): SimulatorState;
  /** Calls `listener` after each publication, change of presence and operation; the returned function ends that. */
  watch(listener: () => void): () => void;
  /** Ends streams and listeners. */
  stop(): Promise<void>;
}

/** Opens the ports in front of an engine. Throws `usage` when a port is taken or an address is not this machine's. */
export async function serveSimulator(engine: SimEngine, options: ServeOptions): Promise<Simulator> {
  const { clock, random, address = "127.0.0.1", hosts = [] } = options;
  const { backend, control } = engine;
  const authority = makeAuthority(options.now ?? new Date());
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };
  const { variations, boshSettings, restPort = 0, xmppPort = 0, boshPort = 0 } = options;
  const shared = { clock, random, address, variations, boshSettings, onPresenceChange: changed };
  const ports = { rest: restPort, xmpp: xmppPort, bosh: boshPort };
  const [host, secondHost] = hostsOf(hosts, engine.second !== undefined);
  const certificate = certificateFor(authority, hosts, options);
  const primary = await serveNode({ ...shared, name: "a", host, backend, certificate, ports });
  const served = [primary];
  if (engine.second !== undefined) {
    const second = await serveNode({
      ...shared,
      name: "b",
      host: secondHost,
      backend: engine.second,
      certificate: certificateFor(authority, hosts.slice(1), options),
      ports: { ...nextPorts(ports), ...options.secondPorts },
    }).catch((error: unknown) => stopAll(served, error));
    served.push(second);
  }
  const nodes = served.map((each) => each.address);

  // After the streams: listeners are called in the order they were added.
  backend.onPublish(changed);
  const watch = (listener: () => void) => {
    watchers.add(listener);
    return () => void watchers.delete(listener);
  };

  const faults = new FaultBench(control, served);
  const state = (): SimulatorState => ({
    ...engine.state(),
    nodes: served.map((each) => ({ ...each.address, xmpp: each.xmpp.state() })),
    faults: faults.active,
  });
  const operations = announced(operationsOf(control, faults, state), changed);
  const player = new ScenarioPlayer({ clock, operations, state, onChange: watch });
  let controlApi: { url: string; stop(): Promise<void> };
  try {
    const port = options.controlPort ?? 0;
    controlApi = await portOf("control", port, "127.0.0.1", () =>
      listenControl({ port, operations, player, state, caPem: authority.ca }),
    );
  } catch (error) {
    return stopAll(served, error);
  }

  return {
    nodes,
    caPem: authority.ca,
    controlUrl: controlApi.url,
    control,
    faults,
    xmpp: primary.xmpp,
    secondXmpp: served[1]?.xmpp,
    state,
    watch,
    async stop() {
      await Promise.all([...served, controlApi].map((each) => each.stop()));
    },
  };
}

/** Not all that an operation does is published: a call that waits in a queue is not. */
function announced(operations: Record<string, Operation>, changed: () => void): Record<string, Operation> {
  const entries = Object.entries(operations).map(([name, operation]): [string, Operation] => [
    name,
    {
      ...operation,
      run(input) {
        const result = operation.run(input);
        changed();
        return result;
      },
    },
  ]);
  return Object.fromEntries(entries);
}

/** What the nodes are called: their XMPP domains too, so the two of a pair need different names, which any machine knows. */
export function hostsOf(hosts: readonly string[], pair: boolean): [string, string] {
  return [hosts[0] ?? "localhost", pair ? (hosts[1] ?? "127.0.0.1") : ""];
}

function nextPorts(ports: NodePorts): NodePorts {
  const next = (port: number) => (port === 0 ? 0 : port + 1);
  return { rest: next(ports.rest), xmpp: next(ports.xmpp), bosh: next(ports.bosh) };
}

async function stopAll(nodes: ServedNode[], error: unknown): Promise<never> {
  await Promise.all(nodes.map((node) => node.stop()));
  throw error;
}

function certificateFor(authority: Authority, hosts: string[], options: ServeOptions): ServerCertificate {
  const names = ["localhost", "127.0.0.1", "::1", ...hosts.filter((name) => name !== "localhost")];
  return authority.issue({
    names: options.certificate === "wrong-name" ? ["elsewhere.example.com"] : names,
    expired: options.certificate === "expired",
  });
}
