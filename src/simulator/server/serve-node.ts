import { CtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { SimBackend } from "../contract.ts";
import { BoshSessions } from "../xmpp/bosh-sessions.ts";
import type { BoshSettings } from "../xmpp/bosh.ts";
import type { Variations } from "../xmpp/pubsub.ts";
import { XmppServer } from "../xmpp/server.ts";
import { listenBosh } from "./bosh-listener.ts";
import type { ServerCertificate } from "./certificates.ts";
import { NodeFaults } from "./faults.ts";
import { type Listening, listenNode } from "./node.ts";
import { listenTcp } from "./tcp-listener.ts";

/** Ports of one node; 0 for free ones. */
export interface NodePorts {
  rest: number;
  xmpp: number;
  bosh: number;
}

/** URLs of one node; null where it does not listen. */
export interface NodeAddress {
  name: string;
  rest: string;
  wss: string;
  xmpps: string | null;
  bosh: string | null;
}

export interface ServeNodeOptions {
  name: string;
  /** In its URLs. */
  host: string;
  backend: SimBackend;
  clock: Clock;
  random: Random;
  certificate: ServerCertificate;
  address: string;
  ports: NodePorts;
  variations?: Partial<Variations>;
  boshSettings?: Partial<BoshSettings>;
  onPresenceChange(): void;
}

/** One Finesse server: its notification service and all its listeners. */
export interface ServedNode {
  address: NodeAddress;
  xmpp: XmppServer;
  faults: NodeFaults;
  stop(): Promise<void>;
}

/** Opens the ports of one node. Throws `usage` when a port is taken or an address is not this machine's. */
export async function serveNode(options: ServeNodeOptions): Promise<ServedNode> {
  const { name, host, backend, clock, random, certificate, address, ports } = options;
  const { onPresenceChange, variations } = options;
  const xmpp = new XmppServer({ backend, clock, random, onPresenceChange, variations });
  const sessions = new BoshSessions(xmpp, clock, random, options.boshSettings);
  const faults = new NodeFaults();
  const common = { xmpp, faults, certificate, address };
  const open: Listening[] = [];
  const listening = async (option: string, port: number, listen: () => Listening | Promise<Listening>) => {
    const listener = await portOf(option, port, address, listen);
    open.push(listener);
    return `${host}:${listener.port}`;
  };
  try {
    const rest = await listening("rest", ports.rest, () =>
      listenNode({ ...common, backend, port: ports.rest }),
    );
    const tcp = await listening("xmpp", ports.xmpp, () => listenTcp({ ...common, port: ports.xmpp }));
    const bosh = await listening("bosh", ports.bosh, () =>
      listenBosh(sessions, { ...common, port: ports.bosh }),
    );
    return {
      address: {
        name,
        rest: `https://${rest}`,
        wss: `wss://${rest}/ws/`,
        xmpps: `xmpps://${tcp}`,
        bosh: `https://${bosh}/http-bind/`,
      },
      xmpp,
      faults,
      async stop() {
        xmpp.shutDown();
        sessions.stop();
        await Promise.all(open.map((listener) => listener.stop()));
      },
    };
  } catch (error) {
    await Promise.all(open.map((listener) => listener.stop()));
    throw error;
  }
}

/** The system's words for a port that cannot be had, made ours; `option` is what chooses it on the command line. */
export async function portOf<Listener>(
  option: string,
  port: number,
  address: string,
  listen: () => Listener | Promise<Listener>,
): Promise<Listener> {
  try {
    return await listen();
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "EADDRINUSE") {
      throw new CtiError(
        {
          code: "usage",
          message: `port ${port} on ${address} is taken`,
          hint: `stop what listens there, or take a free port with --${option}-port 0`,
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
