import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

export interface Heard {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Of the connection it came by. */
  port: number;
}

/** `undefined`: no answer at all. */
export type Reply = { status: number; headers?: Record<string, string>; body?: string } | undefined;

/** Somebody's program that takes webhooks; answers what `reply` says. */
export class Receiver {
  readonly heard: Heard[] = [];
  /** Requests that were not answered yet, and the most there ever were. */
  open = 0;
  mostOpen = 0;
  connections = 0;
  readonly #server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();

  private constructor(
    public reply: (heard: Heard) => Reply | Promise<Reply>,
    tls?: { cert: string; key: string },
  ) {
    const take = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#take(request, response);
    this.#server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
    this.#server.on("connection", (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(
    reply: (heard: Heard) => Reply | Promise<Reply> = () => ({ status: 204 }),
    options: { tls?: { cert: string; key: string }; port?: number } = {},
  ): Promise<Receiver> {
    const receiver = new Receiver(reply, options.tls);
    await receiver.listen(options.port ?? 0);
    return receiver;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => resolve());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when `enough` holds. */
  until(enough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!enough()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  /** All connections break. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const heard: Heard = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.concat(chunks).toString("utf8"),
      port: request.socket.remotePort ?? 0,
    };
    this.heard.push(heard);
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    this.#look();
    const reply = await this.reply(heard);
    this.open -= 1;
    if (reply === undefined) return;
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
    this.#look();
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}
