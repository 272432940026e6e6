import { createServer, type TLSSocket } from "node:tls";
import { ElementCutter, type Front, type FrontOptions } from "./xmpp-front.ts";

export interface TlsFront extends Front {
  sendBytes(bytes: Uint8Array): void;
}

/** XMPP over TCP with TLS from the first byte. */
export async function tlsFront({ tls, events }: FrontOptions): Promise<TlsFront> {
  let current: TLSSocket | undefined;
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: tls.cert, key: tls.key }, (socket) => {
    current = socket;
    sockets.add(socket);
    const cutter = new ElementCutter();
    events.connected(typeof socket.servername === "string" ? socket.servername : null);
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      for (const element of cutter.take(text)) events.frame(asFrame(element));
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      events.closed();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    service: `xmpps://localhost:${address.port}`,
    send: (text) => {
      if (text.startsWith("<close")) current?.end("</stream:stream>");
      else current?.write(asStream(text));
    },
    sendBytes: (bytes) => void current?.write(bytes),
    drop: () => current?.destroy(),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function asFrame(element: string): string {
  if (element.startsWith("</stream:stream")) return "<close/>";
  return element.includes("<stream:stream") ? "<open/>" : element;
}

function asStream(text: string): string {
  const open = /^<open\b([^>]*)\/>/.exec(text);
  if (open === null) return text;
  const attributes = (open[1] ?? "").replace(/xmlns=(['"])[^'"]*\1/, "");
  return `<?xml version='1.0'?>\n<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'${attributes}>${text.slice(open[0].length)}`;
}
