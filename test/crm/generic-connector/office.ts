import { Bus, type BusOptions, type BusState } from "../../../src/crm/generic-connector/bus.ts";
import type { GcMessage, GcSettings } from "../../../src/crm/generic-connector/contract.ts";
import type { CtiError } from "../../../src/model/errors.ts";
import { connect, type Connection, type Session } from "../../../src/openwire/index.ts";
import { systemClock } from "../../../src/platform/clock.ts";

/** Waits until `look` answers something; the test's own time limit ends it. Looked at after each event loop turn, without a busy loop. */
export async function until<Value>(look: () => Value | undefined | false): Promise<Value> {
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    await Bun.sleep(5);
  }
}

export function gcSettings(broker: string, overrides: Partial<GcSettings> = {}): GcSettings {
  return {
    broker,
    username: undefined,
    tls: { ca: [], cert: undefined, key: undefined, insecure: false },
    queue: "Connector1",
    name: "gc",
    role: "active",
    home: [],
    flavour: "text",
    staleAfter: 10_000,
    heartbeat: 15_000,
    unattendedAfter: 60,
    securePassword: undefined,
    ...overrides,
  };
}

/** A connector's line to the broker, and everything it was told. */
export class Line implements AsyncDisposable {
  readonly bus: Bus;
  readonly messages: GcMessage[] = [];
  readonly states: BusState[] = [];
  readonly troubles: CtiError[] = [];

  constructor(
    broker: string,
    settings: Partial<GcSettings> = {},
    options: Partial<Pick<BusOptions, "password" | "onMessage" | "connect">> = {},
  ) {
    this.bus = new Bus({
      settings: gcSettings(broker, settings),
      password: undefined,
      clock: systemClock,
      random: Math.random,
      onMessage: (message) => this.messages.push(message),
      onState: (state) => this.states.push(state),
      onTrouble: (problem) => this.troubles.push(problem),
      ...options,
    });
    this.bus.start();
  }

  /** `Login#1001` of all that came, in order. */
  get types(): (string | null)[] {
    return this.messages.map(({ type }) => type);
  }

  async up(): Promise<this> {
    await until(() => this.bus.state.state === "up");
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.bus.close();
  }
}

/** A CRM's client: sends requests, listens on its topic. */
export class Client implements AsyncDisposable {
  readonly events: (string | null)[] = [];
  private constructor(
    readonly connection: Connection,
    readonly session: Session,
    readonly queue: string,
  ) {}

  static async connect(broker: string, destination?: string, queue = "Connector1"): Promise<Client> {
    const connection = await connect(broker);
    const session = await connection.session();
    const client = new Client(connection, session, queue);
    if (destination !== undefined) await client.listen(destination);
    return client;
  }

  async listen(destination: string): Promise<AsyncDisposable> {
    const consumer = await this.session.consume(`topic://${destination}`);
    consumer.listen((message) => void this.events.push(message.text));
    return consumer;
  }

  /** The broker has it. */
  send(type: string, body: string | null = null): Promise<void> {
    return this.session.send(`queue://${this.queue}`, { text: body }, { type, confirmed: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection.close();
  }
}
