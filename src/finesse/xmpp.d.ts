/**
 * The part of @xmpp/client 0.14.0 that is used here. The published types are 34 packages and know nothing of the parts below the
 * public surface, which the workarounds of xmpp-client.ts need.
 */
declare module "@xmpp/client" {
  import type { EventEmitter } from "node:events";

  export interface Element {
    /** Qualified: with its prefix. */
    name: string;
    attrs: Record<string, string | undefined>;
    parent: Element | null;
    children: (Element | string)[];
    is(name: string, namespace?: string): boolean;
    getNS(): string | undefined;
    getChild(name: string, namespace?: string): Element | undefined;
    getChildText(name: string, namespace?: string): string | null;
    getChildElements(): Element[];
    remove(child: Element | string, namespace?: string): Element;
    toString(): string;
  }

  export function xml(
    name: string,
    attributes?: Record<string, string | undefined> | null,
    ...children: (Element | string | undefined)[]
  ): Element;

  /** Emits `connect`, `data`, `close` and `error`. */
  export interface Socket extends EventEmitter {
    secure: boolean;
    /** Takes what `socketParameters` answered. */
    connect(parameters: unknown): void;
    write(data: string, done?: (error?: Error) => void): void;
    end(): void;
  }

  /** The library's own, which keeps a WebSocket. */
  export interface WebSocketSocket extends Socket {
    url: string | null;
    _attachSocket(socket: unknown): void;
  }

  /** Emits `start` with the stream's root, `element` with each child of it, `end`, and `error`. */
  export interface Parser extends EventEmitter {
    root: Element | null;
    cursor: Element | null;
    onText(text: string): void;
    write(text: string): void;
  }

  export interface TransportClass {
    prototype: {
      Socket: new () => Socket;
      Parser: new () => Parser;
      /** `undefined` for a service that is not this transport's. */
      socketParameters(service: string): unknown;
    };
  }

  export interface Client extends EventEmitter {
    status: string;
    /** Milliseconds for the stream to open and for each step of closing. */
    timeout: number;
    jid: { toString(): string } | null;
    transports: TransportClass[];
    reconnect: { stop(): void };
    /** Rejects with the error stanza's condition. */
    iqCaller: { request(stanza: Element): Promise<Element> };
    connect(service: string): Promise<unknown>;
    open(options: { domain: string; lang?: string }): Promise<unknown>;
    stop(): Promise<unknown>;
    send(element: Element): Promise<void>;
    _onSeeOtherHost(error: Error): unknown;
  }

  export type Authenticate = (
    credentials: { username: string; password: string },
    mechanism: string,
  ) => Promise<void>;

  export function client(options: {
    service: string;
    domain: string;
    resource: string;
    credentials: (authenticate: Authenticate, mechanisms: string[]) => Promise<void>;
  }): Client;
}
