import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { SimBackend } from "../contract.ts";
import type { SimControl, SimState } from "../engine/control.ts";
import type { BoshSettings } from "../xmpp/bosh.ts";
import type { Variations } from "../xmpp/pubsub.ts";
import type { XmppServer, XmppState } from "../xmpp/server.ts";
import { makeCertificate, type ServerCertificate } from "./certificates.ts";
import { listenControl } from "./control-api.ts";
import { type Fault, FaultBench } from "./faults.ts";
import { type Operation, operationsOf } from "./operations.ts";
import { ScenarioPlayer } from "./scenario.ts";
import { type NodeAddress, portOf, serveNode } from "./serve-node.ts";

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
  /** Port of XMPP over TLS; 0, the default, for a free one. */
  xmppPort?: number;
  /** Port of BOSH, and of the WebSocket of older releases; 0, the default, for a free one. */
  boshPort?: number;
  /** Port of the control API on 127.0.0.1; 0, the default, for a free one. */
  controlPort?: number;
  /** Names put into the certificate beside localhost and the loopback addresses. The first is the node's name in its URLs. */
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
  const served = await serveNode({
    name: "a",
    host,
    backend,
    clock,
    random,
    certificate,
    address,
    ports: { rest: options.restPort ?? 0, xmpp: options.xmppPort ?? 0, bosh: options.boshPort ?? 0 },
    variations: options.variations,
    boshSettings: options.boshSettings,
    onPresenceChange: changed,
  });
  const { xmpp } = served;
  const nodes = [served.address];

  // After the streams: listeners are called in the order they were added.
  backend.onPublish(changed);
  const watch = (listener: () => void) => {
    watchers.add(listener);
    return () => void watchers.delete(listener);
  };

  const faults = new FaultBench(control, [served]);
  const state = (): SimulatorState => ({
    ...engine.state(),
    nodes: nodes.map((each) => ({ ...each, xmpp: xmpp.state() })),
    faults: faults.active,
  });
  const operations = announced(operationsOf(control, faults, state), changed);
  const player = new ScenarioPlayer({ clock, operations, state, onChange: watch });
  let controlApi: { url: string; stop(): Promise<void> };
  try {
    const port = options.controlPort ?? 0;
    controlApi = await portOf("control", port, "127.0.0.1", () =>
      listenControl({ port, operations, player, state, caPem: certificate.ca }),
    );
  } catch (error) {
    await served.stop();
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
      await Promise.all([served.stop(), controlApi.stop()]);
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
