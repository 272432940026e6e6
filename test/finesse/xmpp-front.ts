import type { TestCertificate } from "./certificates.ts";

/** How a stub server carries stanzas; it speaks RFC 7395's `<open/>` and `<close/>` to the stub, whatever goes over the wire. */
export interface Front {
  /** Origin that a FinesseNode with this front has, e.g. `https://localhost:4711`. */
  readonly port: number;
  /** URL of the service, with its scheme. */
  readonly service: string;
  send(text: string): void;
  /** Cuts the connection, or the session, without a word. */
  drop(): void;
  stop(): Promise<void>;
}

/** What a front tells its stub. */
export interface FrontEvents {
  /** A client connected; `host` is the name it asked for. */
  connected(host: string | null): void;
  frame(text: string): void;
  closed(): void;
}

export interface FrontOptions {
  tls: TestCertificate;
  events: FrontEvents;
}

export type StartFront<Carrier extends Front = Front> = (options: FrontOptions) => Promise<Carrier>;

/** Cuts what came in into whole elements; the rest is kept for the next read. Stream tags are elements of their own. */
export class ElementCutter {
  #rest = "";

  take(text: string): string[] {
    this.#rest += text;
    const found: string[] = [];
    for (;;) {
      const end = this.#elementEnd();
      if (end === undefined) return found;
      found.push(this.#rest.slice(0, end).trim());
      this.#rest = this.#rest.slice(end);
    }
  }

  #elementEnd(): number | undefined {
    let depth = 0;
    for (const match of this.#rest.matchAll(/<(\/?)([^\s>/]+)[^>]*?(\/?)>/g)) {
      const [tag, closing, name = "", empty] = match;
      const end = match.index + tag.length;
      if (name.startsWith("?")) continue;
      if (name === "stream:stream") return end;
      if (closing === "/") depth -= 1;
      else if (empty === "") depth += 1;
      if (depth === 0) return end;
    }
    return undefined;
  }
}
