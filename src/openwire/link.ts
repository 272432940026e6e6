import type { Socket } from "node:net";
import type { Clock } from "../platform/clock.ts";
import { type BrokerAddress, describeAddress } from "./address.ts";
import { brokerError } from "./broker-error.ts";
import type { ConnectOptions } from "./contract.ts";
import { asOpenWire, OpenWireError } from "./errors.ts";
import { InactivityMonitor } from "./inactivity.ts";
import { openSocket, socketError } from "./socket.ts";
import type { Command, ExceptionResponse, Response } from "./wire/commands.ts";
import type { WireFormat } from "./wire/contract.ts";
import { create } from "./wire/create.ts";
import { createDecoder } from "./wire/decoder.ts";
import { createEncoder } from "./wire/encoder.ts";
import { negotiate, wireFormatInfo } from "./wire/wire-format.ts";

export interface LinkOptions {
  tls: ConnectOptions["tls"];
  clock: Clock;
  signal: AbortSignal;
  /** Every command but answers and keep-alives, synchronously. */
  onCommand: (command: Command) => void;
  /** Answers nobody on this link asked for: of requests repeated after a failover. */
  onAnswer: (answer: Response | ExceptionResponse) => void;
  /** The end, once, unless `close` brought it. */
  onLost: (error: OpenWireError) => void;
}

/** Milliseconds that a broker gets for its side of the handshake, as with the stock client. */
const handshakePatience = 10_000;
/** Bytes that may wait to be written before they are written at once. */
const batch = 32 * 1024;

interface Asked {
  doing: string;
  resolve: (answer: Response) => void;
  reject: (error: OpenWireError) => void;
}

/** One connection to one broker, from handshake to end: frames, answers, keep-alive. Knows nothing of sessions. */
export class Link {
  readonly address: BrokerAddress;
  readonly format: WireFormat;
  readonly #options: LinkOptions;
  readonly #socket: Socket;
  readonly #encoder;
  readonly #decoder;
  readonly #asked = new Map<number, Asked>();
  readonly #drained: (() => void)[] = [];
  #flushing = false;
  #yielding = false;
  #over = false;
  /** Bytes; the socket's own count is not that of a TLS one. */
  #received = 0;
  readonly #monitor: InactivityMonitor;
  readonly #timers = new Set<() => void>();
  #brokerName: string | undefined;

  /** Connects and shakes hands. Rejects with what stands in the way. */
  static async open(address: BrokerAddress, options: LinkOptions): Promise<Link> {
    const socket = await openSocket(address, options);
    const ours = wireFormatInfo({ ...address.door.wire, host: address.host });
    const encoder = createEncoder();
    const decoder = createDecoder();
    return new Promise((resolve, reject) => {
      let link: Link | undefined;
      const fail = (error: OpenWireError): void => {
        if (link !== undefined) return link.#lose(error);
        cancel();
        options.signal.removeEventListener("abort", onAbort);
        socket.destroy();
        reject(error);
      };
      const onAbort = (): void => {
        if (link === undefined)
          fail(new OpenWireError({ code: "closed", message: "connecting was given up" }));
        else link.close();
      };
      const { connectionTimeout } = address.door;
      const patience =
        connectionTimeout > 0 ? Math.min(connectionTimeout, handshakePatience) : handshakePatience;
      const cancel = options.clock.after(patience, () =>
        fail(
          new OpenWireError({
            code: "not-openwire",
            message: `${describeAddress(address)} takes connections and says nothing`,
            why: `no WireFormatInfo within ${patience} ms`,
          }),
        ),
      );
      const take = (command: Command): void => {
        if (link !== undefined) return link.#take(command);
        // The decoder takes nothing else as the first frame.
        if (command.type !== "WireFormatInfo") return;
        const format = negotiate(ours, command);
        encoder.useFormat(format);
        decoder.useFormat(format);
        cancel();
        link = new Link(address, options, { socket, encoder, decoder, format });
        link.#timers.add(() => options.signal.removeEventListener("abort", onAbort));
        resolve(link);
      };
      socket.on("data", (bytes) => {
        try {
          if (link !== undefined) link.#received += bytes.length;
          if (typeof bytes !== "string") decoder.push(bytes, take);
        } catch (error) {
          fail(asOpenWire(error));
        }
      });
      // A broker that wants a certificate of ours says so after the TLS handshake.
      socket.on("error", (error) =>
        fail(link === undefined ? socketError(address, error) : lost(address, error.message)),
      );
      socket.on("close", () => fail(lost(address, "the broker closed the connection")));
      socket.write(encoder.encode(ours));
      options.signal.addEventListener("abort", onAbort);
      if (options.signal.aborted) onAbort();
    });
  }

  private constructor(
    address: BrokerAddress,
    options: LinkOptions,
    parts: {
      socket: Socket;
      encoder: ReturnType<typeof createEncoder>;
      decoder: ReturnType<typeof createDecoder>;
      format: WireFormat;
    },
  ) {
    this.address = address;
    this.format = parts.format;
    this.#options = options;
    this.#socket = parts.socket;
    this.#encoder = parts.encoder;
    this.#decoder = parts.decoder;
    this.#socket.on("drain", () => {
      for (const wake of this.#drained.splice(0)) wake();
    });
    this.#monitor = new InactivityMonitor({
      clock: options.clock,
      limit: this.format.maxInactivityDuration,
      initialDelay: this.format.maxInactivityDurationInitialDelay,
      bytesRead: () => this.#received,
      onIdle: () => this.send(create("KeepAliveInfo", {})),
      onSilence: () =>
        this.#lose(lost(address, `nothing came from the broker for ${this.format.maxInactivityDuration} ms`)),
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Once the broker has introduced itself. */
  get brokerName(): string | undefined {
    return this.#brokerName;
  }

  /** Runs `task` after `delay` milliseconds, unless the link has ended by then. */
  later(delay: number, task: () => void): void {
    const cancel = this.#options.clock.after(delay, () => {
      this.#timers.delete(cancel);
      task();
    });
    this.#timers.add(cancel);
  }

  /** True while the socket takes no more, and after each large piece: a sender in a loop must let what comes in be read. */
  get congested(): boolean {
    return this.#yielding || this.#socket.writableNeedDrain;
  }

  whenDrained(): Promise<void> {
    if (this.#over) return Promise.resolve();
    if (this.#socket.writableNeedDrain) return new Promise((resolve) => this.#drained.push(resolve));
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Writes soon, together with whatever else is written in this turn. Throws when the command cannot be encoded. */
  send(command: Command): void {
    if (this.#over) return;
    this.#encoder.append(command);
    if (this.#encoder.waiting >= batch) {
      this.#flush();
      this.#yielding = true;
      setImmediate(() => {
        this.#yielding = false;
      });
    } else if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => this.#flush());
    }
  }

  /** Rejects with the broker's exception, or `connection-lost`. `doing` says for people what was asked. */
  ask(command: Command & { commandId: number; responseRequired: boolean }, doing: string): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(lost(this.address, "the connection is closed"));
      command.responseRequired = true;
      this.#asked.set(command.commandId, { doing, resolve, reject });
      try {
        this.send(command);
      } catch (error) {
        this.#asked.delete(command.commandId);
        reject(asOpenWire(error));
      }
    });
  }

  /** Ends without a word; nobody is told. */
  close(): void {
    if (this.#over) return;
    this.#flush();
    this.#end(new OpenWireError({ code: "closed", message: "the connection was closed" }));
    this.#socket.end();
    // A peer that does not close its side must not keep ours open.
    const cancel = this.#options.clock.after(500, () => this.#socket.destroy());
    this.#socket.once("close", cancel);
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#over || this.#encoder.waiting === 0) return;
    this.#monitor.wrote();
    this.#socket.write(this.#encoder.take());
  }

  #take(command: Command): void {
    if (this.#over) return;
    switch (command.type) {
      case "Response":
      case "ExceptionResponse":
      case "DataResponse":
      case "DataArrayResponse":
      case "IntegerResponse":
        return this.#answer(command);
      case "KeepAliveInfo":
        // Echoed, not answered (openwire.md §13).
        if (command.responseRequired) this.send({ ...command, responseRequired: false });
        return;
      case "ShutdownInfo":
        return this.#lose(lost(this.address, "the broker shuts down"));
      case "ConnectionControl":
        if (command.close) this.#lose(lost(this.address, "the broker ends the connection"));
        return;
      case "BrokerInfo":
        this.#brokerName = command.brokerName ?? undefined;
        break;
      default:
    }
    this.#options.onCommand(command);
  }

  #answer(answer: Response | ExceptionResponse | (Command & { correlationId: number })): void {
    // All of these have a correlation id; only the first two mean anything here.
    const response = answer as Response | ExceptionResponse;
    const asked = this.#asked.get(response.correlationId);
    if (asked === undefined) return this.#options.onAnswer(response);
    this.#asked.delete(response.correlationId);
    if (response.type === "ExceptionResponse") asked.reject(brokerError(asked.doing, response.exception));
    else asked.resolve(response);
  }

  #lose(error: OpenWireError): void {
    if (this.#over) return;
    this.#end(error);
    this.#socket.destroy();
    this.#options.onLost(error);
  }

  #end(error: OpenWireError): void {
    this.#over = true;
    this.#monitor.stop();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
    for (const wake of this.#drained.splice(0)) wake();
  }
}

export function lost(address: BrokerAddress, why: string): OpenWireError {
  return new OpenWireError({
    code: "connection-lost",
    message: `the connection to ${describeAddress(address)} is lost`,
    why,
  });
}
