import type { Events, Methods } from "./protocol.ts";

type Handler = (params: never) => void;

interface Pending {
  method: string;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** The DevTools connection of one browser: requests, answers and events of all its sessions on one WebSocket. */
export class Connection {
  /** Of the browser itself. */
  readonly browser: Session;
  /** Resolves when the browser has gone or the connection is closed. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending & { session: string | undefined }>();
  readonly #sessions = new Map<string | undefined, Session>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    this.browser = this.session(undefined);
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", () => {
      this.#fail(() => true, "the browser has gone");
      closed.resolve();
    });
  }

  static async open(url: string): Promise<Connection> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`no DevTools at ${url}`)));
    });
    return new Connection(socket);
  }

  /** The session of an attached target, made when it is asked for first. */
  session(id: string | undefined): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = new Session(this, id);
      this.#sessions.set(id, session);
    }
    return session;
  }

  /** The target is gone: nothing of it is answered any more. */
  forget(id: string): void {
    this.#sessions.delete(id);
    this.#fail(({ session }) => session === id, "the page has gone");
  }

  send<M extends keyof Methods>(
    session: string | undefined,
    method: M,
    params: Methods[M][0],
  ): Promise<Methods[M][1]> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN)
        return reject(new Error(`${method}: the browser has gone`));
      const id = ++this.#last;
      this.#pending.set(id, { method, session, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId: session }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      result?: never;
      error?: { message: string };
      method?: keyof Events;
      params?: never;
      sessionId?: string;
    };
    if (message.id === undefined) {
      if (message.method !== undefined && message.params !== undefined)
        this.#sessions.get(message.sessionId)?.emit(message.method, message.params);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error !== undefined)
      pending?.reject(new ProtocolError(`${pending.method}: ${message.error.message}`));
    else pending?.resolve(message.result as never);
  }

  #fail(which: (pending: { session: string | undefined }) => boolean, why: string): void {
    for (const [id, pending] of this.#pending) {
      if (!which(pending)) continue;
      this.#pending.delete(id);
      pending.reject(new ProtocolError(`${pending.method}: ${why}`));
    }
  }
}

/** The browser would not do it: mostly what was meant has gone meanwhile. */
export class ProtocolError extends Error {}

/** One target's part of the connection. */
export class Session {
  readonly id: string | undefined;
  readonly #connection: Connection;
  readonly #handlers = new Map<keyof Events, Handler[]>();

  constructor(connection: Connection, id: string | undefined) {
    this.#connection = connection;
    this.id = id;
  }

  send<M extends keyof Methods>(
    method: M,
    ...[params]: Methods[M][0] extends Record<string, never> ? [] : [Methods[M][0]]
  ): Promise<Methods[M][1]> {
    return this.#connection.send(this.id, method, params ?? ({} as Methods[M][0]));
  }

  on<E extends keyof Events>(event: E, handler: (params: Events[E]) => void): void {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler as Handler]);
  }

  emit<E extends keyof Events>(event: E, params: Events[E]): void {
    for (const handler of this.#handlers.get(event) ?? []) (handler as (params: Events[E]) => void)(params);
  }
}
