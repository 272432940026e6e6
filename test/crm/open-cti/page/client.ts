import { type FromPage, pageProtocol, type ToPage } from "../../../../src/crm/open-cti/page/protocol.ts";

export type Hello = FromPage & { type: "hello" };

/** A page, as far as the server sees it. */
export class Client {
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly page = crypto.randomUUID();
  readonly messages: ToPage[] = [];
  #read = 0;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, options: Bun.WebSocketOptions) {
    this.socket = new WebSocket(url, options as unknown as string);
    this.opened = new Promise((resolve, reject) => {
      this.socket.addEventListener("open", () => resolve());
      this.socket.addEventListener("error", () => reject(new Error("the handshake was refused")));
    });
    this.closed = new Promise((resolve) => {
      this.socket.addEventListener("close", ({ code, reason }) => {
        resolve({ code, reason });
        this.#look();
      });
    });
    this.socket.addEventListener("message", ({ data }) => {
      this.messages.push(JSON.parse(String(data)) as ToPage);
      this.#look();
    });
  }

  hello(given: Partial<Hello> = {}): void {
    this.send({
      type: "hello",
      version: pageProtocol,
      page: this.page,
      openCti: true,
      focused: true,
      ...given,
    });
  }

  send(message: FromPage | Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message of this type that was not read yet; those before it are passed over. */
  async next<Type extends ToPage["type"]>(type: Type): Promise<ToPage & { type: Type }> {
    for (;;) {
      const message = this.messages[this.#read];
      if (message === undefined) {
        if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed, and no ${type} came`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
        continue;
      }
      this.#read += 1;
      if (message.type === type) return message as ToPage & { type: Type };
    }
  }

  #look(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
