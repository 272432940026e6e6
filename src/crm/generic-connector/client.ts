import type { Connection, Session } from "../../openwire/contract.ts";
import { connect, OpenWireError } from "../../openwire/index.ts";
import { systemClock } from "../../platform/clock.ts";
import { lastingAddress } from "./broker-address.ts";
import { brokerProblem } from "./broker-problem.ts";
import type { GcSettings } from "./contract.ts";
import { textOf } from "./intake.ts";
import { observerSelector } from "./presence.ts";

export interface GcClientOptions {
  settings: Pick<GcSettings, "broker" | "username" | "tls" | "queue">;
  password: string | undefined;
  /** The topic that events come on. */
  destination: string;
  /** Looks on beside the client whose topic it is, and does not count as that. */
  observes: boolean;
  /** Milliseconds for the connection to come about. */
  patience: number;
  signal: AbortSignal;
  /** Each event line, as it comes. */
  onLine: (line: string) => void;
  /** The broker was lost, or is there again: words for people. */
  onLink: (words: string) => void;
}

/** The other side of the protocol: what a CRM's client does (generic-connector.md §3), against any Generic Connector. */
export class GcClient implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #queue: string;

  private constructor(connection: Connection, session: Session, queue: string) {
    this.#connection = connection;
    this.#session = session;
    this.#queue = queue;
  }

  /** Connects and listens on the topic. Throws CtiError: `broker-unreachable`, `credentials-refused`… */
  static async open(options: GcClientOptions): Promise<GcClient> {
    const { settings, password, destination, observes, patience, signal, onLine, onLink } = options;
    const { ca, cert, key, insecure } = settings.tls;
    let up = false;
    const late = new AbortController();
    const cancel = systemClock.after(patience, () => late.abort());
    // Each broker once: somebody waits for it. Later a lost one is looked for until it is there again.
    const address = `${lastingAddress(settings.broker)}&startupMaxReconnectAttempts=1&nested.connectionTimeout=${patience}`;
    try {
      const connection = await connect(address, {
        ...(settings.username !== undefined && { username: settings.username }),
        ...(password !== undefined && { password }),
        tls: {
          ...(ca.length > 0 && { ca }),
          ...(cert !== undefined && { cert }),
          ...(key !== undefined && { key }),
          insecure,
        },
        signal: AbortSignal.any([signal, late.signal]),
        onState: (state) => {
          if (!up) return;
          if (state.state === "connected") onLink(`connected to ${state.address} again`);
          else if (state.state === "interrupted" && state.retryAt === undefined)
            onLink(`${state.error.message}: trying again`);
        },
      });
      const session = await connection.session({ acknowledge: "dups-ok" });
      const consumer = await session.consume(
        { type: "ActiveMQTopic", physicalName: destination },
        observes ? { selector: observerSelector } : {},
      );
      consumer.listen((message) => {
        const line = textOf(message);
        if (line !== null) onLine(line);
      });
      up = true;
      return new GcClient(connection, await connection.session(), settings.queue);
    } catch (error) {
      throw brokerProblem(late.signal.aborted ? tooLate(patience) : error);
    } finally {
      cancel();
    }
  }

  /** Resolves when the broker has it. `type` is `Command#key`. Throws CtiError. */
  async send(type: string, body: string): Promise<void> {
    try {
      await this.#session.send(
        { type: "ActiveMQQueue", physicalName: this.#queue },
        { text: body },
        // As clients of the field do: not persistent, priority 0 (§2).
        { type, persistent: false, priority: 0, confirmed: true },
      );
    } catch (error) {
      throw brokerProblem(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}

function tooLate(patience: number): OpenWireError {
  return new OpenWireError({
    code: "unreachable",
    message: "the broker cannot be reached",
    why: `no connection came about within ${patience / 1000} s`,
  });
}
