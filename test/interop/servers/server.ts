import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";

/** A real XMPP server on loopback, with pub/sub, users to sign in with, and every way of ours open. */
export interface XmppPeer {
  readonly name: string;
  readonly domain: string;
  readonly pubsub: string;
  /** PEM of the authority that its certificate is from. */
  readonly ca: string;
  /** By its name: Prosody turns away a TLS client that asks for another one. */
  readonly services: { websocket: string; bosh: string; tls: string };
  stop(): Promise<void>;
}

/** Users that every peer has, with their passwords. `finesse` is who a real Finesse would be. */
export const users = {
  "1001": "secret",
  "1002": "Müller€日本 & <x>",
  finesse: "finesse-password",
} as const;

export type User = keyof typeof users;

export const domain = "xmpp.test";

/** The domain is in no DNS. */
export const resolve = new Map([[domain, "127.0.0.1"]]);

/** True when the program is there; else says loudly what is missing, and the tests that need it are skipped. */
export function installed(program: string, paths: readonly string[]): boolean {
  if (paths.some((path) => existsSync(path))) return true;
  process.stderr.write(`SKIPPED: ${program} is not installed (apt-get install ${program})\n`);
  return false;
}

/** Ports that nobody listens on just now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((resolve) => server.close(resolve));
      if (address === null || typeof address === "string") throw new Error("no port");
      return address.port;
    }),
  );
}

/** Resolves once something listens on the port; rejects when `gone` does before, or after 15 s. */
export async function listening(port: number, gone: Promise<unknown>): Promise<void> {
  const end = Date.now() + 15_000;
  let over = false;
  void gone.then(() => {
    over = true;
  });
  while (!(await accepts(port))) {
    if (over) throw new Error("the server ended while it was starting");
    if (Date.now() > end) throw new Error(`nothing listens on ${port} after 15 s`);
    await Bun.sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
