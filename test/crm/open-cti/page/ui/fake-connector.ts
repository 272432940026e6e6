import { readFileSync } from "node:fs";
import { softphoneAssets } from "../../../../../src/crm/open-cti/page/ui/assets.ts";
import {
  type FromPage,
  pageProtocol,
  type PageState,
  socketPath,
  type ToPage,
} from "../../../../../src/crm/open-cti/page/protocol.ts";

type FromPageOf<Type extends FromPage["type"]> = Extract<FromPage, { type: Type }>;

/** The policy that the page must be able to live under. */
const policy = (scripts: string): string =>
  `default-src 'none'; script-src 'self' ${scripts}; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'`;

export interface FakeOptions {
  /** The page has axe-core too. */
  axe?: boolean;
  /** Origin of an org whose script the page is told. */
  org?: string;
  tls?: { cert: string; key: string };
}

/** A connector that says what a test wants and keeps what the page says; its page is the real one. */
export class FakeConnector implements AsyncDisposable {
  readonly heard: FromPage[] = [];
  /** What `hello` is answered with; `undefined` leaves the page waiting. */
  greeting: ToPage | undefined = greeting("1001");
  /** Said after `hello`. */
  opening: ToPage[] = [];
  /** Answers by themselves: reasons, phone book. */
  answers: (message: FromPage) => ToPage | undefined = () => undefined;
  readonly #server: Bun.Server<undefined>;
  readonly #sockets = new Set<Bun.ServerWebSocket<undefined>>();
  readonly #waiting = new Set<() => void>();

  readonly #scheme: string;

  private constructor(pages: Record<string, { body: string; type: string }>, { org, tls }: FakeOptions) {
    this.#scheme = tls === undefined ? "http" : "https";
    const headers = { "Content-Security-Policy": policy(org ?? "") };
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key } }),
      fetch: (request, server) => {
        const { pathname } = new URL(request.url);
        if (pathname === socketPath && server.upgrade(request)) return undefined;
        const found = pages[pathname];
        return found === undefined
          ? new Response("nothing here", { status: 404 })
          : new Response(found.body, {
              headers: { "Content-Type": found.type, ...headers },
            });
      },
      websocket: {
        open: (socket) => void this.#sockets.add(socket),
        close: (socket) => void this.#sockets.delete(socket),
        message: (socket, text) => this.#hear(socket, JSON.parse(String(text)) as FromPage),
      },
    });
  }

  static async start(options: FakeOptions = {}): Promise<FakeConnector> {
    const { axe = false, org } = options;
    const { html, js, css } = await softphoneAssets();
    const page = html({
      script: org === undefined ? undefined : `${org}/support/api/62.0/lightning/opencti_min.js`,
    });
    const axePath = Bun.resolveSync("axe-core/axe.min.js", import.meta.dir);
    return new FakeConnector(
      {
        "/softphone": {
          body: axe ? page.replace("</head>", '<script src="/axe.js"></script></head>') : page,
          type: "text/html; charset=utf-8",
        },
        "/axe.js": { body: readFileSync(axePath, "utf8"), type: "text/javascript" },
        [js.path]: { body: js.text, type: js.type },
        [css.path]: { body: css.text, type: css.type },
      },
      options,
    );
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#server.port}/softphone`;
  }

  say(...messages: ToPage[]): void {
    for (const socket of this.#sockets) for (const message of messages) socket.send(JSON.stringify(message));
  }

  show(state: PageState): void {
    this.say({ type: "state", state });
  }

  /** The connection breaks. */
  drop(code = 1011): void {
    for (const socket of this.#sockets) socket.close(code);
  }

  /** The next that the page says of this kind, those that nobody asked for yet included. */
  async next<Type extends FromPage["type"]>(type: Type): Promise<FromPageOf<Type>> {
    for (;;) {
      const at = this.heard.findIndex((message) => message.type === type);
      if (at >= 0) return this.heard.splice(at, 1)[0] as FromPageOf<Type>;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  #hear(socket: Bun.ServerWebSocket<undefined>, message: FromPage): void {
    const answers =
      message.type === "hello"
        ? [this.greeting, ...(this.greeting === undefined ? [] : this.opening)]
        : [this.answers(message)];
    for (const answer of answers) if (answer !== undefined) socket.send(JSON.stringify(answer));
    this.heard.push(message);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

export function greeting(
  agent: string | undefined,
  signIn: "page" | "pairing" | "both" = "page",
): ToPage & { type: "hello" } {
  return { type: "hello", version: pageProtocol, product: "cti", agent, signIn };
}
