import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CrmAdapter, Outbox } from "../../../src/crm/adapter.ts";
import { Calls } from "../../../src/crm/ebs/calls.ts";
import type { EbsSettings } from "../../../src/crm/ebs/contract.ts";
import { Counter } from "../../../src/crm/ebs/counter.ts";
import { EventPost } from "../../../src/crm/ebs/post.ts";
import { Registrations } from "../../../src/crm/ebs/registrations.ts";
import { deliveryDesk } from "../../../src/crm/outbox/desk.ts";
import { Deliveries } from "../../../src/crm/outbox/outbox.ts";
import { outboxSchema } from "../../../src/crm/outbox/rows.ts";
import type { CtiEvent, CtiEventBody } from "../../../src/model/events.ts";
import { Store } from "../../../src/platform/sqlite.ts";
import { FakePort } from "../generic-connector/desk-stage.ts";

export const ebsSettings: EbsSettings = {
  listen: { host: "127.0.0.1", port: 0 },
  tls: undefined,
  hosts: [],
  allow: [],
  origins: [],
  eventHosts: [],
  loginTimeout: 8000,
  staleAfter: 300_000,
  unattendedAfter: 60,
  keepRecords: 24 * 3_600_000,
  dnis: "extension",
  direct: false,
  data: [],
  fixed: [],
  misspeltCampaign: true,
  rate: { perSecond: 100, burst: 100 },
};

/** An EBS that takes events, or does not. */
export class FakeEbs {
  readonly events: string[] = [];
  status = 200;
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const body = await request.text();
      if (this.status === 200)
        this.events.push(
          [...body.matchAll(/name="([^"]+)"(?: value="([^"]*)")?/g)]
            .map(([, name, value]) => (value === undefined ? name : `${name}=${value}`))
            .join(" "),
        );
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
      return new Response(null, { status: this.status });
    },
  });
  #changed = Promise.withResolvers<void>();

  get port(): number {
    return this.#server.port ?? 0;
  }

  async until(count: number): Promise<string[]> {
    while (this.events.length < count) await this.#changed.promise;
    return this.events;
  }

  close(): void {
    void this.#server.stop(true);
  }
}

class EbsPort extends FakePort {
  constructor(readonly deliveries: () => Deliveries) {
    super();
  }

  override owe(work?: (out: Outbox) => void): void {
    if (work !== undefined) this.deliveries().run("ebs", work);
    this.deliveries().flush();
  }

  override kept(): Map<string, never> {
    return this.deliveries().kept("ebs") as Map<string, never>;
  }

  override wake(key?: string): void {
    this.deliveries().wake("ebs", key ?? "");
  }

  override drained(key?: string, patience?: number): Promise<void> {
    return this.deliveries().drained("ebs", key ?? "", patience ?? 0);
  }
}

/** The EBS adapter without its listener, on a real outbox. */
export class CounterStage {
  readonly #folder = mkdtempSync(join(tmpdir(), "cti-ebs-"));
  readonly #settings: EbsSettings;
  readonly #store: Store;
  readonly #post = new EventPost();
  #boots = 0;
  readonly #lives: Deliveries[] = [];
  deliveries: Deliveries;
  readonly port = new EbsPort(() => this.deliveries);
  registrations = new Registrations();
  calls: Calls;
  counter: Counter;
  readonly told: string[] = [];
  #heard = Promise.withResolvers<void>();

  constructor(settings: Partial<EbsSettings> = {}) {
    this.#settings = { ...ebsSettings, ...settings };
    this.#store = new Store({
      path: join(this.#folder, "s.sqlite"),
      schema: [outboxSchema],
      onTrouble: (message) => {
        throw new Error(message);
      },
    });
    ({ deliveries: this.deliveries, calls: this.calls, counter: this.counter } = this.#make());
  }

  get desk() {
    return deliveryDesk(this.deliveries);
  }

  /** A worker that was killed comes back: what is in memory is gone. */
  restart(): void {
    ({ deliveries: this.deliveries, calls: this.calls, counter: this.counter } = this.#make());
  }

  /** Until the outbox has told so. */
  async until(told: string): Promise<void> {
    while (!this.told.includes(told)) await this.#heard.promise;
  }

  /** As the connector does with every event. */
  emit(agent: string, body: CtiEventBody, cause?: string): void {
    const event: CtiEvent = {
      id: "e",
      at: new Date(this.port.clock.now()).toISOString(),
      agent,
      ...(cause !== undefined && { cause }),
      ...body,
    };
    this.deliveries.run("ebs", (out) => this.calls.owe(event, out));
    this.deliveries.flush();
  }

  async close(): Promise<void> {
    await Promise.all(this.#lives.map((each) => each.end(0)));
    this.#store.close();
    await this.#post.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(): { deliveries: Deliveries; calls: Calls; counter: Counter } {
    this.#boots += 1;
    const { clock, random } = this.port;
    const deliveries: Deliveries = new Deliveries({
      store: this.#store,
      boot: String(this.#boots),
      clock,
      random,
      tell: (news) => {
        // As the journal does with the events.
        deliveries.flush();
        this.told.push(...news.map(({ body }) => `${body.type} ${body.delivery.kind}`));
        this.#heard.resolve();
        this.#heard = Promise.withResolvers();
      },
    });
    this.deliveries = deliveries;
    this.#lives.push(deliveries);
    const adapter = { name: "ebs" } as CrmAdapter;
    deliveries.addAdapter(adapter, this.#settings.keepRecords);
    this.registrations = new Registrations();
    this.registrations.load(deliveries.kept("ebs"));
    const parts = {
      settings: this.#settings,
      port: this.port,
      registrations: this.registrations,
      post: this.#post,
    };
    const calls = new Calls(parts);
    calls.load(deliveries.kept("ebs"));
    adapter.send = (delivery, signal) => calls.send(delivery, signal);
    deliveries.begin(adapter);
    return { deliveries, calls, counter: new Counter({ ...parts, calls }) };
  }
}
