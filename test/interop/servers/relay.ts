import { connect, createServer, type Socket } from "node:net";

/** A wire between a client and a server on loopback that can be troubled. */
export interface Relay {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: number;
  /** Everything that went each way. */
  recorded(): { toServer: Buffer; toClient: Buffer };
  /** From now on a byte at a time. */
  trickle(): void;
  /** Nothing goes through any more, and nothing is closed: a half-open connection. */
  freeze(): void;
  thaw(): void;
  /** Breaks every connection; new ones are made as before. */
  cut(): void;
  close(): Promise<void>;
}

export async function startRelay(target: number): Promise<Relay> {
  const pairs = new Set<[Socket, Socket]>();
  const record = { toServer: [] as Buffer[], toClient: [] as Buffer[] };
  let mode: "pass" | "trickle" | "frozen" = "pass";
  let connections = 0;
  let held: (() => void)[] = [];

  const pass = (from: Socket, to: Socket, kept: Buffer[]): void => {
    from.on("data", (bytes) => {
      const piece = Buffer.from(bytes);
      const forward = (): void => {
        kept.push(piece);
        if (mode === "trickle") for (const byte of piece) to.write(Buffer.from([byte]));
        else to.write(piece);
      };
      if (mode === "frozen") held.push(forward);
      else forward();
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      if (mode !== "frozen") to.end();
    });
  };

  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(target, "127.0.0.1");
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    client.on("close", () => pairs.delete(pair));
    pass(client, upstream, record.toServer);
    pass(upstream, client, record.toClient);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    recorded: () => ({
      toServer: Buffer.concat(record.toServer),
      toClient: Buffer.concat(record.toClient),
    }),
    trickle: () => {
      mode = "trickle";
    },
    freeze: () => {
      mode = "frozen";
    },
    thaw: () => {
      mode = "pass";
      for (const forward of held.splice(0)) forward();
    },
    cut,
    close: async () => {
      held = [];
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
