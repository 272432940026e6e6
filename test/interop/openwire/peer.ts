import { join } from "node:path";
import type { Primitive, PrimitiveMap } from "../../../src/openwire/contract.ts";
import { compileJava, type JavaProgram, startJava } from "../servers/java.ts";

export type PeerKind = "text" | "bytes" | "map" | "stream" | "plain" | "object";

/** A message as the Java program was told of it or shall send it, with Java's types. */
export interface PeerMessage {
  kind: PeerKind;
  headers?: Record<string, Primitive>;
  properties?: Record<string, Primitive>;
  /** By name; the pieces of a stream and a bytes message by their number, a text under `""`. */
  body?: Record<string, Primitive>;
}

export interface PeerDelivery extends Required<Omit<PeerMessage, "kind">> {
  consumer: string;
  kind: PeerKind | "unreadable";
}

/** The stock Java client, driven by lines. */
export class Peer {
  readonly #program: JavaProgram;
  readonly #deliveries: PeerDelivery[] = [];
  #answer: PromiseWithResolvers<string> | undefined;
  #waiters: { consumers: string[]; resolve: (delivery: PeerDelivery) => void }[] = [];

  private constructor(program: JavaProgram) {
    this.#program = program;
    program.onLine((line) => {
      const [what = "", ...rest] = line.split(" ");
      if (what === "MESSAGE") return this.#take(delivery(rest));
      const answer = this.#answer;
      this.#answer = undefined;
      if (what === "FAILED") answer?.reject(new Error(rest.join(" ")));
      else answer?.resolve(rest.join(" "));
    });
  }

  static async start(url: string): Promise<Peer> {
    const peer = new Peer(startJava(await compileJava(join(import.meta.dir, "java")), "Peer"));
    await peer.connect(url);
    return peer;
  }

  /** Anew: the connection before is closed. */
  async connect(url: string): Promise<void> {
    await this.#ask(`connect ${url}`);
  }

  async consume(
    consumer: string,
    destination: string,
    { selector, durable }: { selector?: string; durable?: string } = {},
  ): Promise<void> {
    await this.#ask(`consume ${consumer} ${destination} ${text(selector)} ${text(durable)}`);
  }

  async close(consumer: string): Promise<void> {
    await this.#ask(`close ${consumer}`);
  }

  /** Answers "answer to …" to whatever comes. */
  async respond(destination: string): Promise<void> {
    await this.#ask(`respond ${destination}`);
  }

  async request(destination: string, words: string): Promise<PeerDelivery> {
    return delivery(["", ...(await this.#ask(`request ${destination} ${text(words)}`)).split(" ")]);
  }

  async send(destination: string, { kind, headers, properties, body }: PeerMessage): Promise<void> {
    const words = [...wordsOf("h", headers), ...wordsOf("p", properties), ...wordsOf("b", body)];
    await this.#ask(["send", destination, kind, ...words].join(" "));
  }

  /** The next message of one of these consumers; rejects after 10 s. */
  received(...consumers: string[]): Promise<PeerDelivery> {
    const at = this.#deliveries.findIndex(({ consumer }) => consumers.includes(consumer));
    const [here] = at < 0 ? [] : this.#deliveries.splice(at, 1);
    if (here !== undefined) return Promise.resolve(here);
    const { promise, resolve, reject } = Promise.withResolvers<PeerDelivery>();
    const timer = setTimeout(
      () => reject(new Error(`nothing came to Java's ${consumers.join(" or ")}`)),
      10_000,
    );
    this.#waiters.push({
      consumers,
      resolve: (found) => {
        clearTimeout(timer);
        resolve(found);
      },
    });
    return promise;
  }

  end(): Promise<void> {
    return this.#program.end();
  }

  #take(found: PeerDelivery): void {
    const at = this.#waiters.findIndex(({ consumers }) => consumers.includes(found.consumer));
    const [waiter] = at < 0 ? [] : this.#waiters.splice(at, 1);
    if (waiter === undefined) this.#deliveries.push(found);
    else waiter.resolve(found);
  }

  /** One at a time: the program works its lines in order and answers each. */
  #ask(line: string): Promise<string> {
    this.#answer = Promise.withResolvers<string>();
    this.#program.write(line);
    return this.#answer.promise;
  }
}

function delivery([consumer = "", kind = "", ...words]: string[]): PeerDelivery {
  if (kind === "unreadable") {
    const why = { kind: "string", value: words.join(" ") } as const;
    return { consumer, kind, headers: {}, properties: {}, body: { why } };
  }
  const sorted = { h: new Map(), p: new Map(), b: new Map() } satisfies Record<string, PrimitiveMap>;
  for (const word of words) {
    const equals = word.indexOf("=");
    const into = word[0] === "h" ? sorted.h : word[0] === "p" ? sorted.p : sorted.b;
    into.set(word.slice(2, equals), valueOf(word.slice(equals + 1)));
  }
  return {
    consumer,
    kind: kind as PeerKind,
    headers: Object.fromEntries(sorted.h),
    properties: Object.fromEntries(sorted.p),
    body: Object.fromEntries(sorted.b),
  };
}

function wordsOf(what: string, values: Record<string, Primitive> = {}): string[] {
  return Object.entries(values).map(([name, value]) => `${what}:${name}=${wordOf(value)}`);
}

const text = (value: string | undefined): string =>
  wordOf(value === undefined ? { kind: "null" } : { kind: "string", value });

function wordOf(primitive: Primitive): string {
  const bits = new DataView(new ArrayBuffer(8));
  switch (primitive.kind) {
    case "null":
      return "null";
    case "string": {
      const units = Array.from({ length: primitive.value.length }, (_, at) => primitive.value.charCodeAt(at));
      return `string:${units.map((unit) => unit.toString(16).padStart(4, "0")).join("")}`;
    }
    case "char":
      return `char:${primitive.value.charCodeAt(0)}`;
    case "bytes":
      return `bytes:${Buffer.from(primitive.value).toString("hex")}`;
    case "float":
      bits.setFloat32(0, primitive.value);
      return `float:${bits.getUint32(0).toString(16)}`;
    case "double":
      bits.setFloat64(0, primitive.value);
      return `double:${bits.getBigUint64(0).toString(16)}`;
    case "map":
    case "list":
      throw new Error(`JMS has no ${primitive.kind}`);
    default:
      return `${primitive.kind}:${primitive.value}`;
  }
}

function valueOf(word: string): Primitive {
  const colon = word.indexOf(":");
  if (colon < 0) return { kind: "null" };
  const kind = word.slice(0, colon);
  const rest = word.slice(colon + 1);
  const bits = new DataView(new ArrayBuffer(8));
  switch (kind) {
    case "string":
      return {
        kind,
        value: rest.replace(/.{4}/g, (unit) => String.fromCharCode(Number.parseInt(unit, 16))),
      };
    case "char":
      return { kind, value: String.fromCharCode(Number(rest)) };
    case "bytes":
      return { kind, value: Buffer.from(rest, "hex") };
    case "boolean":
      return { kind, value: rest === "true" };
    case "float":
      bits.setUint32(0, Number.parseInt(rest, 16));
      return { kind, value: bits.getFloat32(0) };
    case "double":
      bits.setBigUint64(0, BigInt(`0x${rest}`));
      return { kind, value: bits.getFloat64(0) };
    case "long": {
      const exact = Number(rest);
      return { kind, value: Number.isSafeInteger(exact) ? exact : BigInt(rest) };
    }
    case "byte":
    case "short":
    case "int":
      return { kind, value: Number(rest) };
    default:
      throw new Error(`Java has found ${word}`);
  }
}
