import { connectNotifications } from "../../src/finesse/notifications.ts";
import type {
  ConnectNotifications,
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

  /** To a stub over its own transport, unless another one is asked for. */
  connect(stub: Peer, options: ProbeOptions = {}): Promise<NotificationLink> {
    const { trust = defaultTrust, resolve = new Map(), origin = stub.origin, ...rest } = options;
    const { connect = connectNotifications, ...others } = rest;
    const told =
      <Value>(list: Value[]) =>
      (value: Value) => {
        list.push(value);
        this.#changed();
      };
    return connect({
      node: { origin, trust, resolve },
      systemInfo: systemInfoOf(stub.domain),
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
      transport: stub.front.service,
      ...others,
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

/** What a probe connects to. */
export interface Peer {
  readonly origin: string;
  readonly domain: string;
  readonly front: { readonly service: string };
}

export interface ProbeOptions extends Partial<NotificationOptions> {
  /** A way of connecting with a memory of its own. */
  connect?: ConnectNotifications;
  trust?: Trust;
  resolve?: ReadonlyMap<string, string>;
  origin?: string;
}

/** What a Finesse of this domain says of itself that names no ports. */
export function systemInfoOf(domain: string): SystemInfo {
  return {
    status: "IN_SERVICE",
    statusReason: undefined,
    xmppDomain: domain,
    xmppPubSubDomain: `pubsub.${domain}`,
    deploymentType: "UCCE",
    currentTimestamp: undefined,
    lastCtiHeartbeatStatus: undefined,
    systemAuthMode: undefined,
    primaryNode: undefined,
    secondaryNode: undefined,
    unknown: {},
  };
}
