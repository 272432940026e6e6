import type { TestCertificate } from "./certificates.ts";

export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export type Reply = { status?: number; body?: string; headers?: Record<string, string> };

/** An HTTPS server that answers what it is told to and remembers what it was asked. */
export class RestStub {
  readonly seen: Seen[] = [];
  readonly #server: ReturnType<typeof Bun.serve>;

  constructor(reply: (request: Seen) => Reply | Promise<Reply>, tls?: TestCertificate) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key } }),
      fetch: async (request) => {
        const url = new URL(request.url);
        const seen = {
          method: request.method,
          path: `${url.pathname}${url.search}`,
          headers: Object.fromEntries(request.headers),
          body: await request.text(),
        };
        this.seen.push(seen);
        const {
          status = 200,
          body = "",
          headers = { "content-type": "application/xml" },
        } = await reply(seen);
        return new Response(body, { status, headers });
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }
}
