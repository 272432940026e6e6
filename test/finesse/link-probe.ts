import { connectNotifications } from "../../src/finesse/notifications.ts";
import type {
  LinkEnd,
  NotificationLink,
  NotificationOptions,
  SystemInfo,
  Update,
} from "../../src/finesse/contract.ts";
import type { CtiError } from "../../src/model/errors.ts";
import type { WireRecord } from "../../src/model/wire.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import { defaultTrust, type Trust } from "../../src/platform/trust.ts";
import type { XmppStub } from "./xmpp-stub.ts";

/** Everything a link told, and ways to wait for it. */
export class Probe {
  readonly updates: Update[] = [];
  readonly unreadable: { error: CtiError; text: string }[] = [];
  readonly finesse: boolean[] = [];
  readonly others: string[][] = [];
  readonly ends: LinkEnd[] = [];
  readonly roundTrips: number[] = [];
  readonly trace: WireRecord[] = [];
  readonly #waiting = new Set<() => void>();

  connect(stub: XmppStub, options: ProbeOptions = {}): Promise<NotificationLink> {
    const { trust = defaultTrust, resolve = new Map(), origin = stub.origin, ...rest } = options;
    const systemInfo: SystemInfo = {
      status: "IN_SERVICE",
      statusReason: undefined,
      xmppDomain: stub.domain,
      xmppPubSubDomain: `pubsub.${stub.domain}`,
      deploymentType: "UCCE",
      currentTimestamp: undefined,
      lastCtiHeartbeatStatus: undefined,
      systemAuthMode: undefined,
      primaryNode: undefined,
      secondaryNode: undefined,
      unknown: {},
    };
    const told =
      <Value>(list: Value[]) =>
      (value: Value) => {
        list.push(value);
        this.#changed();
      };
    return connectNotifications({
      node: { origin, trust, resolve },
      systemInfo,
      userId: "1001",
      password: new Secret("secret"),
      resource: "cti",
      clock: systemClock,
      trace: told(this.trace),
      handlers: {
        onUpdate: told(this.updates),
        onUnreadable: (error, text) => told(this.unreadable)({ error, text }),
        onFinessePresence: told(this.finesse),
        onOtherResources: told(this.others),
        onEnd: told(this.ends),
        onRoundTrip: told(this.roundTrips),
      },
      ...rest,
    });
  }

  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const listener = () => {
        if (!condition()) return;
        this.#waiting.delete(listener);
        resolve();
      };
      this.#waiting.add(listener);
    });
  }

  async ended(): Promise<LinkEnd> {
    await this.until(() => this.ends.length > 0);
    const [end] = this.ends;
    if (end === undefined) throw new Error("not ended");
    return end;
  }

  #changed(): void {
    for (const listener of [...this.#waiting]) listener();
  }
}

export interface ProbeOptions extends Partial<NotificationOptions> {
  trust?: Trust;
  resolve?: ReadonlyMap<string, string>;
  origin?: string;
}
