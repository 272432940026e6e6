import type { Clock } from "../../platform/clock.ts";
import { refusalOf } from "./local-http.ts";
import { hang } from "../server/pages.ts";
import { portOf } from "../server/serve-node.ts";
import { escapeXml } from "../xmpp/xml.ts";
import type { Problem } from "./contract.ts";
import { type EbsFault, faultText } from "./faults.ts";

/** A POST as it came. */
export interface Delivery {
  contentType: string | null;
  body: ArrayBuffer;
  /** The fault that keeps it from being taken. */
  fault: string | undefined;
}

export interface ListenerOptions {
  /** 0: a free one. */
  port: number;
  clock: Clock;
  received(delivery: Delivery): void;
  /** A request that is no delivery. */
  refused(problem: Problem): void;
}

/** What events may be as one body; far more than any. */
const largest = 16 * 1024 * 1024;

/** The HTTP server of a UWQ client on the loopback: takes POSTs at any path, answers 200 and nothing, or as the fault says. */
export class EventListener {
  readonly #options: ListenerOptions;
  #server: Bun.Server<undefined> | undefined;
  #port: number;
  #fault: EbsFault | undefined;
  /** Cancels each answer that is to be late: nobody waits for it once the listener is closed. */
  readonly #waiting = new Set<() => void>();

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** Throws `usage` when the port is taken. */
  static async open(options: ListenerOptions): Promise<EventListener> {
    const listener = new EventListener(options);
    await listener.#listen();
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get fault(): EbsFault | undefined {
    return this.#fault;
  }

  /** From now on it fails like this, in place of what it failed with before. */
  async fail(fault: EbsFault): Promise<void> {
    this.#fault = fault;
    if (fault.name === "down") await this.#close();
    else await this.#listen();
  }

  /** Works again, at the same port. Requests that hang are never answered. */
  async heal(): Promise<void> {
    this.#fault = undefined;
    await this.#listen();
  }

  stop(): Promise<void> {
    return this.#close();
  }

  async #listen(): Promise<void> {
    if (this.#server !== undefined) return;
    this.#server = await portOf("listen", this.#port, "127.0.0.1", () =>
      Bun.serve({
        hostname: "127.0.0.1",
        port: this.#port,
        maxRequestBodySize: largest,
        fetch: (request, server) => this.#answer(request, server),
      }),
    );
    this.#port = this.#server.port ?? this.#port;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
    await server?.stop(true);
  }

  async #answer(request: Request, server: Bun.Server<undefined>): Promise<Response> {
    const refusal = refusalOf(request, this.#port);
    if (refusal !== undefined) return this.#refuse(403, { kind: "web-page", text: refusal.message });
    if (request.method !== "POST")
      return this.#refuse(405, { kind: "method", text: `${request.method} in place of POST` });
    // Bun would cut a request that waits for its answer.
    server.timeout(request, 0);
    const body = await request.arrayBuffer().catch(() => undefined);
    if (body === undefined)
      return this.#refuse(400, { kind: "cut", text: "the request broke off in its body" });
    const fault = this.#fault;
    const kept = fault !== undefined && fault.name !== "slow" ? faultText(fault) : undefined;
    this.#options.received({ contentType: request.headers.get("content-type"), body, fault: kept });
    return this.#failing(fault, request, server);
  }

  #failing(
    fault: EbsFault | undefined,
    request: Request,
    server: Bun.Server<undefined>,
  ): Response | Promise<Response> {
    switch (fault?.name) {
      case "hang":
        return hang(request, server);
      case "slow":
        return this.#late(fault.delay);
      case "status":
        return new Response(null, { status: fault.status });
      case "error":
        return new Response(
          `<CCTSDK><event name="Error"><data name="occtErrorMsg" value="${escapeXml(fault.text)}"/></event></CCTSDK>`,
          { headers: { "Content-Type": "text/xml; charset=UTF-8" } },
        );
      default:
        return new Response();
    }
  }

  #late(delay: number): Promise<Response> {
    return new Promise((resolve) => {
      const answer = () => {
        this.#waiting.delete(cancel);
        resolve(new Response());
      };
      const cancel = this.#options.clock.after(delay, answer);
      this.#waiting.add(cancel);
    });
  }

  #refuse(status: number, problem: Problem): Response {
    this.#options.refused(problem);
    return new Response(null, { status });
  }
}
