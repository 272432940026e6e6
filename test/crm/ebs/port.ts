import { connect, type Socket } from "node:net";
import type { Answer, Callout, EbsSettings } from "../../../src/crm/ebs/contract.ts";
import { listen, type Listener } from "../../../src/crm/ebs/listener.ts";
import { type Clock, systemClock } from "../../../src/platform/clock.ts";

export type PortSettings = Parameters<typeof listen>[0]["settings"];

export const portSettings: PortSettings = {
  listen: { host: "127.0.0.1", port: 0 },
  tls: undefined,
  hosts: [],
  allow: [],
  origins: [],
  loginTimeout: 8000,
  rate: { perSecond: 1000, burst: 5000 },
} satisfies Partial<EbsSettings>;

export interface Port extends Listener {
  /** What was asked of the adapter. */
  callouts: { callout: Callout; from: string }[];
  logged: string[];
}

/** A listener on a free port whose callouts are answered by `answer`, with success unless given. */
export async function openPort(
  settings: Partial<PortSettings> = {},
  answer: Answer = async () => undefined,
  clock: Clock = systemClock,
): Promise<Port> {
  const callouts: Port["callouts"] = [];
  const logged: string[] = [];
  const listener = await listen({
    settings: { ...portSettings, ...settings },
    clock,
    log: (level, message) => logged.push(`${level} ${message}`),
    answer: (callout, from) => {
      callouts.push({ callout, from });
      return answer(callout, from);
    },
  });
  return { ...listener, callouts, logged };
}

/** A connection at the level of bytes. */
export class Wire {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  text = "";
  readonly #waiting = new Set<() => void>();

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.closed = new Promise((resolve) => {
      this.socket.on("close", () => {
        resolve();
        this.#look();
      });
    });
    this.socket.on("error", () => {});
    this.socket.on("data", (data: Buffer) => {
      this.text += data.toString("latin1");
      this.#look();
    });
  }

  /** Resolves when the bytes have left this process. */
  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(bytes, () => resolve());
    });
  }

  /** Resolves with everything that came once `pattern` is in it, or the connection is closed. */
  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!pattern.test(this.text) && !this.socket.destroyed) return;
        this.#waiting.delete(look);
        resolve(this.text);
      };
      this.#waiting.add(look);
      look();
    });
  }

  end(): void {
    this.socket.destroy();
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}

/** All that comes back for these bytes, until the server closes or `pattern` is there. */
export async function exchange(
  port: number,
  bytes: string | Uint8Array,
  pattern = /<\/?CCTSDK\/?>$/,
): Promise<string> {
  const wire = new Wire(port);
  await wire.write(bytes);
  const text = await wire.until(pattern);
  wire.end();
  return text;
}

/** A request with a Host header, and what else is given. */
export function get(target: string, ...headers: string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: localhost:3107", ...headers, "", ""].join("\r\n");
}
