import { createServer } from "node:https";
import type { Socket } from "node:net";
import { ElementCutter, type Front, type FrontOptions } from "./xmpp-front.ts";

/** A BOSH server (XEP-0124) with one session, as strict about request ids as the specification is. */
export interface BoshFront extends Front {
  /** Request bodies as they came. */
  readonly bodies: string[];
  /** At most so many requests were waiting at once. */
  readonly mostWaiting: number;
  /** The next answer is made and kept, but its connection is cut. */
  loseNextAnswer(): void;
  /** The session ends with the next answer; without a condition in order. */
  terminate(condition: string | undefined, content?: string): void;
  /** So many requests, or all, are answered with this from now on. */
  answerWith(answer: { status: number; text?: string }, times?: number): void;
}

const namespaces =
  "xmlns='http://jabber.org/protocol/httpbind' xmlns:stream='http://etherx.jabber.org/streams'";

interface Exchange {
  answer(status: number, body: string): void;
  cut(): void;
}

interface Waiting {
  rid: number;
  answer(body: string): void;
}

export async function boshFront({ tls, events }: FrontOptions): Promise<BoshFront> {
  const bodies: string[] = [];
  const outgoing: string[] = [];
  const answered = new Map<number, string>();
  const waiting: Waiting[] = [];
  const early = new Map<number, () => void>();
  let mostWaiting = 0;
  let expected: number | undefined;
  let session: string | undefined;
  let sessions = 0;
  let losing = false;
  let ending: string | undefined;
  let over = false;
  let fixed: { status: number; text?: string } | undefined;
  let fixedTimes = 0;
  let flushing = false;

  const flush = () => {
    if (flushing) return;
    flushing = true;
    queueMicrotask(() => {
      flushing = false;
      if (ending !== undefined) for (const one of waiting.splice(0)) one.answer(ending);
      const first = waiting[0];
      if (first === undefined || (outgoing.length === 0 && waiting.length < 2)) return;
      waiting.shift();
      first.answer(`<body ${namespaces}>${outgoing.splice(0).join("")}</body>`);
      flush();
    });
  };
  const end = (body: string) => {
    if (!over) events.closed();
    over = true;
    ending = body;
    flush();
  };

  const take = (rid: number, text: string, answer: (body: string) => void) => {
    expected = rid + 1;
    const head = /^<body\b[^>]*>/.exec(text)?.[0] ?? "";
    const inner = head.endsWith("/>") ? "" : text.slice(head.length, text.lastIndexOf("</body>"));
    const respond = (body: string) => {
      answered.set(rid, body);
      answered.delete(rid - 3);
      answer(body);
    };
    if (!head.includes("sid=")) {
      sessions += 1;
      session = `s${sessions}`;
      const attributes = `${namespaces} sid='${session}' wait='30' requests='2' hold='1' inactivity='30' ver='1.6'`;
      outgoing.length = 0;
      ending = undefined;
      over = false;
      events.frame("<open/>");
      respond(`<body ${attributes}>${outgoing.splice(0).join("")}</body>`);
      return;
    }
    waiting.push({ rid, answer: respond });
    mostWaiting = Math.max(mostWaiting, waiting.length);
    if (/restart=['"]true/.test(head)) events.frame("<open/>");
    for (const stanza of new ElementCutter().take(inner)) events.frame(stanza);
    if (/type=['"]terminate/.test(head)) {
      events.frame("<close/>");
    }
    flush();
  };

  const onRequest = (text: string, host: string | undefined, exchange: Exchange) => {
    bodies.push(text);
    if (fixedTimes > 0 && fixed !== undefined) {
      fixedTimes -= 1;
      return exchange.answer(fixed.status, fixed.text ?? "no");
    }
    const rid = Number(/\brid=['"](\d+)/.exec(text)?.[1]);
    const sid = /\bsid=['"]([^'"]*)/.exec(text)?.[1];
    if (sid === undefined) {
      events.connected(host ?? null);
      expected = rid;
    } else if (sid !== session || (over && ending === undefined)) {
      return exchange.answer(404, "");
    }
    const known = answered.get(rid);
    if (known !== undefined && sid !== undefined) return exchange.answer(200, known);
    early.set(rid, () =>
      take(rid, text, (body) => {
        if (!losing || sid === undefined) return exchange.answer(200, body);
        losing = false;
        exchange.cut();
      }),
    );
    for (let next = expected; next !== undefined && early.has(next); next = expected) {
      const run = early.get(next);
      early.delete(next);
      run?.();
    }
  };

  const sockets = new Set<Socket>();
  const server = createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      text += part;
    });
    request.once("end", () =>
      onRequest(text, request.headers.host, {
        answer: (status, body) =>
          void response.writeHead(status, { "content-type": "text/xml; charset=utf-8" }).end(body),
        cut: () => request.socket.destroy(),
      }),
    );
  });
  server.on("secureConnection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  return {
    bodies,
    get mostWaiting() {
      return mostWaiting;
    },
    port,
    service: `https://localhost:${port}/http-bind/`,
    send: (text) => {
      if (text.startsWith("<open")) text = text.slice(text.indexOf("/>") + 2);
      if (text.startsWith("<close")) return end(`<body type='terminate' ${namespaces}/>`);
      if (text !== "") outgoing.push(text);
      flush();
    },
    drop: () => {
      if (!over) events.closed();
      over = true;
      session = undefined;
      cutAll();
    },
    loseNextAnswer: () => {
      losing = true;
    },
    terminate: (condition, content = "") =>
      end(
        `<body type='terminate'${condition === undefined ? "" : ` condition='${condition}'`} ${namespaces}>${content}</body>`,
      ),
    answerWith: (answer, times = Infinity) => {
      fixed = answer;
      fixedTimes = times;
    },
    stop: async () => {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
