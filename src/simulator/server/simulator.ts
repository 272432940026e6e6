import { CtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { SimBackend } from "../contract.ts";
import type { SimControl, SimState } from "../engine/control.ts";
import type { Variations } from "../xmpp/pubsub.ts";
import { XmppServer, type XmppState } from "../xmpp/server.ts";
import { makeCertificate, type ServerCertificate } from "./certificates.ts";
import { listenControl } from "./control-api.ts";
import { type Fault, FaultBench, NodeFaults } from "./faults.ts";
import { type ListeningNode, listenNode } from "./node.ts";
import { type Operation, operationsOf } from "./operations.ts";
import { ScenarioPlayer } from "./scenario.ts";

/** What the transports are put in front of. */
export interface SimEngine {
  backend: SimBackend;
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
  /** Port of the control API on 127.0.0.1; 0, the default, for a free one. */
  controlPort?: number;
  /** Names put into the certificate beside localhost and the loopback addresses. The first is the node's name in its URLs. */
  hosts?: string[];
  /** Certificates that a client must refuse. */
  certificate?: "good" | "expired" | "wrong-name";
  variations?: Partial<Variations>;
  /** The real time, for the certificates. */
  now?: Date;
}

/** URLs of one node; null where it does not listen. */
export interface NodeAddress {
  name: string;
  rest: string;
  wss: string;
  xmpps: string | null;
  bosh: string | null;
}

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
  const host = hosts[0] ?? "localhost";
  const certificate = certificateFor(hosts, options);
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };
  const xmpp = new XmppServer({
    backend,
    clock,
    random,
    onPresenceChange: changed,
    variations: options.variations,
  });
  const nodeFaults = new NodeFaults();
  const node = listening(options.restPort ?? 0, address, (port) =>
    listenNode({ backend, xmpp, faults: nodeFaults, certificate, address, port }),
  );
  const nodes = [addressOf("a", host, node)];

  // After the streams: listeners are called in the order they were added.
  backend.onPublish(changed);
  const watch = (listener: () => void) => {
    watchers.add(listener);
    return () => void watchers.delete(listener);
  };

  const faults = new FaultBench(control, [{ xmpp, faults: nodeFaults }]);
  const state = (): SimulatorState => ({
    ...engine.state(),
    nodes: nodes.map((each) => ({ ...each, xmpp: xmpp.state() })),
    faults: faults.active,
  });
  const operations = announced(operationsOf(control, faults, state), changed);
  const player = new ScenarioPlayer({ clock, operations, state, onChange: watch });
  let controlApi: { url: string; stop(): Promise<void> };
  try {
    controlApi = listening(options.controlPort ?? 0, "127.0.0.1", (port) =>
      listenControl({ port, operations, player, state, caPem: certificate.ca }),
    );
  } catch (error) {
    await node.stop();
    throw error;
  }

  return {
    nodes,
    caPem: certificate.ca,
    controlUrl: controlApi.url,
    control,
    faults,
    xmpp,
    state,
    watch,
    async stop() {
      xmpp.shutDown();
      await Promise.all([node.stop(), controlApi.stop()]);
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

function certificateFor(hosts: string[], options: ServeOptions): ServerCertificate {
  const names = ["localhost", "127.0.0.1", "::1", ...hosts.filter((name) => name !== "localhost")];
  return makeCertificate({
    names: options.certificate === "wrong-name" ? ["elsewhere.example.com"] : names,
    now: options.now ?? new Date(),
    expired: options.certificate === "expired",
  });
}

function addressOf(name: string, host: string, node: ListeningNode): NodeAddress {
  const authority = `${host}:${node.port}`;
  return { name, rest: `https://${authority}`, wss: `wss://${authority}/ws/`, xmpps: null, bosh: null };
}

/** Bun's words for a port that cannot be had, made ours. */
function listening<Listener>(port: number, address: string, listen: (port: number) => Listener): Listener {
  try {
    return listen(port);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "EADDRINUSE") {
      throw new CtiError(
        {
          code: "usage",
          message: `port ${port} on ${address} is taken`,
          hint: "stop what listens there, or take a free port with --rest-port 0",
        },
        { cause: thrown },
      );
    }
    if (code === "EACCES" || code === "EADDRNOTAVAIL") {
      throw new CtiError(
        {
          code: "usage",
          message: `cannot listen on ${address} port ${port}`,
          why: thrown instanceof Error ? thrown.message : String(thrown),
        },
        { cause: thrown },
      );
    }
    throw thrown;
  }
}
