import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Clock } from "../../platform/clock.ts";
import { HttpConnection, type HttpDesk } from "./http-connection.ts";

export interface FrontOptions {
  host: string;
  port: number;
  /** PEM texts. */
  tls: { cert: string; key: string } | undefined;
  desk: HttpDesk;
  clock: Clock;
  /** Connections at once; default 1,000. */
  most?: number;
}

export interface Front {
  port: number;
  /**
   * Takes no more connections and closes those that wait; the others may have their answer for `patience` milliseconds, and are told that
   * it is the last.
   */
  stop(patience: number): Promise<void>;
}

/** Milliseconds between two looks at the time limits of connections. */
const lookEvery = 1000;

/**
 * Opens a port for HTTP/1.x, with TLS or without. A server of our own, since EBS's Java sends what URLs may not hold, and others refuse or
 * change that (ebs-basic-telephony.md §9). Rejects with the system's error when the port cannot be had, or the certificate cannot be used.
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { host, port, tls, desk, clock, most = 1000 } = options;
  const connections = new Set<HttpConnection>();
  let stopping = false;
  let emptied = (): void => {};
  const take = (socket: Socket): void => {
    if (stopping) return void socket.destroy();
    if (connections.size >= most && !makeRoom(connections)) return void socket.destroy();
    const connection = new HttpConnection(socket, desk, clock, () => {
      connections.delete(connection);
      if (connections.size === 0) emptied();
    });
    connections.add(connection);
  };
  const own = { allowHalfOpen: true, noDelay: true };
  const server = tls === undefined ? createTcpServer(own) : createTlsServer({ ...own, ...tls });
  // Before the handshake of TLS, so that its time is limited and it is counted.
  server.on("connection", take);
  server.on("tlsClientError", (_: Error, socket: Socket) => socket.destroy());
  await listening(server, host, port);
  server.on("error", () => {});
  let cancelLook = (): void => {};
  const look = (): void => {
    const now = clock.now();
    for (const connection of connections) connection.look(now);
    cancelLook = clock.after(lookEvery, look);
  };
  look();
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async stop(patience) {
      stopping = true;
      cancelLook();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.finish();
      if (connections.size > 0)
        await new Promise<void>((resolve) => {
          const cancel = clock.after(patience, resolve);
          emptied = () => {
            cancel();
            resolve();
          };
        });
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

/**
 * Closes the connection that has waited longest for its caller, one between requests before one in the middle. False when there is none:
 * nobody loses an answer for a newcomer.
 */
function makeRoom(connections: ReadonlySet<HttpConnection>): boolean {
  let longest: HttpConnection | undefined;
  for (const each of connections) {
    if (each.waitsFor === "answer") continue;
    const before = longest === undefined ? -1 : rank(each) - rank(longest);
    if (longest === undefined || before < 0 || (before === 0 && each.since < longest.since)) longest = each;
  }
  longest?.destroy();
  return longest !== undefined;
}

function rank({ waitsFor }: HttpConnection): number {
  return waitsFor === "nothing" ? 0 : 1;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 511 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
