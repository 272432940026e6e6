import type { Stage } from "./stage.ts";

/** What a callback is given. */
export interface Response {
  success: boolean;
  returnValue: unknown;
  errors: { code: string; description: string }[] | null;
}

type Method = (given?: Record<string, unknown>) => void;

export interface OpenCti {
  [name: string]: unknown;
  SCREENPOP_TYPE: Record<string, string>;
  CALL_TYPE: Record<string, string>;
}

/** The address that host pages frame in these tests; nobody serves it. */
export const softphone = "https://127.0.0.1:8112/softphone";

/**
 * A softphone page in a host page, without a browser: Open CTI's script as it is served runs in a window that has nothing but what it needs, and
 * what it posts to its parent goes to the server as the host page sends it.
 */
export class Frame implements AsyncDisposable {
  readonly #ended = new AbortController();
  /** What came for listeners. */
  readonly heard: [string, unknown][] = [];
  readonly #stage: Stage;
  readonly #listening: Promise<void>;
  #told = () => {};

  private constructor(
    stage: Stage,
    readonly page: string,
    readonly opencti: OpenCti,
    private readonly receive: (data: unknown) => void,
  ) {
    this.#stage = stage;
    this.#listening = this.#follow().catch(() => {});
  }

  static async open(stage: Stage, { user, search }: { user?: string; search?: string } = {}): Promise<Frame> {
    const { url } = stage.org;
    const query = new URLSearchParams({ adapter: softphone, ...(user !== undefined && { user }) });
    const html = String((await stage.ask(`/lightning/page/home?${query}`, { token: null })).body);
    const page = /data-page="([\w-]+)"/.exec(html)?.[1] ?? "";
    const source = /data-src="([^"]+)"/.exec(html)?.[1]?.replaceAll("&#38;", "&") ?? "";
    const path = "/support/api/62.0/lightning/opencti_min.js";
    const script = String((await stage.ask(path, { token: null })).body);
    const window: { sforce?: { opencti: OpenCti } } = {};
    let own: Promise<unknown> = Promise.resolve();
    let receive = (_event: unknown) => {};
    const parent = {
      postMessage: (message: Record<string, unknown>, origin: string) => {
        if (origin === url) void post(message);
      },
    };
    const run = new Function("window", "location", "document", "parent", "addEventListener", script);
    run(
      window,
      { search: search ?? new URL(source).search },
      { currentScript: { src: `${url}${path}` } },
      parent,
      (_name: string, listener: (event: unknown) => void) => (receive = listener),
    );
    const { opencti } = window.sforce ?? {};
    if (opencti === undefined) throw new Error("the script made no sforce.opencti");
    const deliver = (data: unknown) => receive({ origin: url, source: parent, data });
    const post = async ({ call, method, args, invalid }: Record<string, unknown>) => {
      const body = { method, args, invalid };
      const asked = own.then(() =>
        stage.ask(`/stub/pages/${page}/call`, { body, headers: { Origin: url }, token: null }),
      );
      // As the host page: what it does by itself in order, what servers are asked beside that.
      if (!["saveLog", "searchAndScreenPop"].includes(String(method))) own = asked.catch(() => {});
      const errors = [{ code: "GENERIC_PROCESSING_ERROR" }];
      const response = await asked.then(
        (got) => got.body,
        () => ({ success: false, returnValue: null, errors }),
      );
      if (call !== undefined) deliver({ stub: "opencti", call, response });
    };
    const frame = new Frame(stage, page, opencti, deliver);
    await stage.org.waitFor(() => stage.org.pages().some((each) => each.id === page && each.open));
    return frame;
  }

  /** Calls a method and waits for its callback. */
  call(name: string, given: Record<string, unknown> = {}): Promise<Response> {
    return new Promise((callback) => this.method(name)({ ...given, callback }));
  }

  method(name: string): Method {
    const found = this.opencti[name];
    if (typeof found !== "function") throw new Error(`there is no ${name}`);
    return found as Method;
  }

  /** Waits until something came for a listener. */
  async news(): Promise<[string, unknown]> {
    while (this.heard.length === 0) await new Promise<void>((resolve) => (this.#told = resolve));
    return this.heard.shift() as [string, unknown];
  }

  /** As the host page's script does. */
  async #follow(): Promise<void> {
    const response = await fetch(`${this.#stage.org.url}/stub/pages/${this.page}/events`, {
      signal: this.#ended.signal,
      tls: { ca: this.#stage.org.caPem },
    });
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, event, data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (event !== "listener") continue;
        const { method, payload } = JSON.parse(data) as { method: string; payload: unknown };
        this.receive({ stub: "opencti", listener: method, payload });
        this.heard.push([method, payload]);
        this.#told();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#listening;
  }
}
