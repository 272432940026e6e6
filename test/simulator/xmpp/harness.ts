import { ManualClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import type { Connection, StreamTransport } from "../../../src/simulator/xmpp/connection.ts";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import { parseElement } from "../../../src/simulator/xmpp/parser.ts";
import { XmppServer, type XmppServerOptions } from "../../../src/simulator/xmpp/server.ts";
import type { XmlElement } from "../../../src/simulator/xmpp/xml.ts";
import { FakeEngine } from "../server/fake-engine.ts";

export interface House {
  engine: FakeEngine;
  clock: ManualClock;
  server: XmppServer;
  connect(): TestClient;
}

/** A notification service without sockets. */
export function house(options: Partial<XmppServerOptions> = {}): House {
  const engine = new FakeEngine();
  const clock = new ManualClock();
  const server = new XmppServer({ backend: engine.backend, clock, random: seededRandom(1), ...options });
  return { engine, clock, server, connect: () => new TestClient(server) };
}

/** A client that writes its stanzas by hand and keeps what it gets. */
export class TestClient implements StreamTransport {
  readonly name = "test";
  readonly stream: Connection;
  received: XmlElement[] = [];
  end: "open" | "closed" | "cut" = "open";

  constructor(server: XmppServer) {
    this.stream = server.accept(this);
  }

  open(): void {
    this.received.push(parseElement("<header/>"));
  }

  send(stanza: XmlElement): void {
    // Through text and back, so that only what can be read counts.
    this.received.push(parseElement(stanza.toString()));
  }

  close(): void {
    this.end = "closed";
  }

  cut(): void {
    this.end = "cut";
  }

  say(...stanzas: string[]): void {
    for (const stanza of stanzas) this.stream.receive(parseElement(stanza));
  }

  /** What came since the last time, and forgets it. */
  take(): XmlElement[] {
    const taken = this.received;
    this.received = [];
    return taken;
  }

  /** The only thing that came since the last time. */
  only(): XmlElement {
    const taken = this.take();
    const [first] = taken;
    if (first === undefined || taken.length > 1)
      throw new Error(`one stanza expected, got ${taken.join(" ")}`);
    return first;
  }

  authenticate(user: string, password = "secret", authorization = ""): void {
    this.stream.opened("localhost");
    this.say(
      `<auth xmlns="${ns.sasl}" mechanism="PLAIN">${Buffer.from(`${authorization}\0${user}\0${password}`).toString("base64")}</auth>`,
    );
  }

  bind(resource: string): void {
    this.stream.opened("localhost");
    this.say(
      `<iq xmlns="${ns.client}" type="set" id="b"><bind xmlns="${ns.bind}"><resource>${resource}</resource></bind></iq>`,
    );
  }

  /** Signs in, binds and shows itself. */
  static online({ connect }: House, user = "1001", resource = "cti", presence = "<presence/>"): TestClient {
    const client = connect();
    client.authenticate(user);
    client.bind(resource);
    client.take();
    client.say(presence);
    return client;
  }
}
