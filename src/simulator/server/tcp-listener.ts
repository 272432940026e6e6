import { createServer, type TLSSocket } from "node:tls";
import { TcpStream } from "../xmpp/tcp.ts";
import type { Listening, ListenOptions } from "./node.ts";

/** One node's port 5223: XMPP, TLS from the first byte (reference/finesse.md §1). Rejects when it cannot listen. */
export async function listenTcp(options: ListenOptions): Promise<Listening> {
  const { xmpp, faults, certificate, address, port } = options;
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: certificate.certificate, key: certificate.key }, (socket) => {
    sockets.add(socket);
    let ended = false;
    // What went wrong is seen by the close that follows.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (faults.streams === "refused") return void socket.destroy();
    if (faults.streams === "silent") return;
    socket.setNoDelay(true);
    const stream = new TcpStream(xmpp, socket);
    socket.on("data", (bytes: Buffer) => stream.data(bytes));
    socket.on("end", () => (ended = true));
    socket.on("close", (failed: boolean) => stream.gone(ended && !failed));
  });
  // A client that does not trust the certificate, or speaks no TLS: its own affair.
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    async stop() {
      server.close();
      for (const socket of sockets) socket.end();
      // Good-byes are on their way; who does not take them is cut.
      await new Promise((resolve) => setImmediate(resolve));
      for (const socket of sockets) socket.destroy();
    },
  };
}
