import type { AdapterHealth } from "../../model/adapter.ts";
import type { CtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { Connect } from "../../openwire/contract.ts";
import { parseAddress } from "../../openwire/address.ts";
import type { CrmAdapter, CtiPort } from "../adapter.ts";
import { Bus, type BusState } from "./bus.ts";
import type { GcSecrets, GcSettings } from "./contract.ts";
import { Desk } from "./desk.ts";
import { Peers } from "./peers.ts";
import { peersTopic } from "./peers-messages.ts";
import { ClientPresence } from "./presence.ts";
import { secretsOf } from "./secrets.ts";
import { passwordKey } from "./secure-password.ts";
import { plainHosts } from "./settings.ts";

/** From what `readGcSettings` and `gcSecrets` made in the face. */
export function createGenericConnector(settings: unknown, secrets: Record<string, string>): CrmAdapter {
  // They came through the guardian from our own reader; nobody else writes there.
  return new GenericConnectorAdapter({ settings: settings as GcSettings, secrets: secretsOf(secrets) });
}

export interface GenericConnectorOptions {
  settings: GcSettings;
  secrets: GcSecrets;
  connect?: Connect;
}

/** The Generic Connector's side of its protocol: requests from a queue of a message broker, events to its topics. */
export class GenericConnectorAdapter implements CrmAdapter {
  readonly name = "generic-connector";
  readonly #options: GenericConnectorOptions;
  #desk: Desk | undefined;
  #bus: Bus | undefined;
  #peers: Peers | undefined;
  #since = "";
  #shown: AdapterHealth["state"] = "starting";

  constructor(options: GenericConnectorOptions) {
    this.#options = options;
  }

  start(port: CtiPort): Promise<void> {
    const { settings, secrets, connect } = this.#options;
    const { clock, random } = port;
    this.#since = new Date(clock.now()).toISOString();
    const key = settings.securePassword === undefined ? undefined : secrets.passwordKey;
    // Throws for a key that is none: the face has checked it, but a guardian of an older version may have not.
    const keyBytes = key === undefined ? undefined : passwordKey(key);
    for (const secret of [secrets.brokerPassword, secrets.passwordKey])
      if (secret !== undefined) port.addSecret(secret);
    this.#warn(port);
    const bus = new Bus({
      settings,
      password: secrets.brokerPassword,
      clock,
      random,
      ...(connect !== undefined && { connect }),
      onMessage: (message) => this.#desk?.onMessage(message),
      onState: (state) => this.#onState(state, port),
      onTrouble: ({ message, why }: CtiError) =>
        port.log("warn", `generic-connector: ${message}${why === undefined ? "" : `: ${why}`}`),
    });
    const presence = new ClientPresence({ clock, heartbeat: settings.heartbeat, bus });
    const desk = new Desk({
      settings,
      passwordKey: keyBytes,
      port,
      bus,
      presence,
      reserved: [peersTopic(settings.queue)],
      peers: {
        destinationsOf: (agent) => peers.destinationsOf(agent),
        isTheirs: (destination) => peers.isTheirs(destination),
        beat: (destination) => peers.beat(destination),
        took: (agent) => peers.took(agent),
        update: (held) => {
          peers.update({ held });
          bus.setHeld(held.keys());
        },
      },
    });
    const boot = `${settings.name}-${clock.now().toString(36)}-${Math.floor(random() * 36 ** 6).toString(36)}`;
    const peers = new Peers({ settings, clock, events: desk.peersEvents, bus, boot });
    peers.start();
    bus.start();
    this.#desk = desk;
    this.#bus = bus;
    this.#peers = peers;
    return Promise.resolve();
  }

  onEvent(event: CtiEvent): void {
    this.#desk?.onEvent(event);
  }

  health(): AdapterHealth {
    const bus = this.#bus;
    const state = bus?.state;
    const error = state !== undefined && "error" in state ? state.error : undefined;
    const size = this.#desk?.size ?? { clients: 0, agents: 0 };
    return {
      adapter: this.name,
      state: this.#shown,
      since: this.#since,
      summary: this.#summary(state),
      ...(error !== undefined && { error: error.toJSON() }),
      figures: {
        ...size,
        ...this.#desk?.counts,
        dropped: bus?.figures.dropped ?? 0,
      },
      clients: this.#desk?.clients() ?? [],
      peers: this.#peers?.list() ?? [],
    };
  }

  async stop(): Promise<void> {
    this.#desk?.close();
    this.#peers?.stop();
    await this.#bus?.close();
  }

  #onState(state: BusState, port: CtiPort): void {
    const shown = shownState(state);
    if (shown === this.#shown && state.state !== "up") return;
    if (shown !== this.#shown) this.#since = new Date(port.clock.now()).toISOString();
    const changed = shown !== this.#shown;
    this.#shown = shown;
    if (changed) port.healthChanged();
    port.log(
      shown === "up" || shown === "stopped" ? "info" : "warn",
      `generic-connector: ${this.#summary(state)}`,
    );
  }

  #summary(state: BusState | undefined): string {
    const { queue, role, name } = this.#options.settings;
    const warning = this.#plain() === undefined ? "" : "; PASSWORDS TRAVEL UNENCRYPTED, use ssl://";
    const place = `queue ${queue}, ${role} as ${name}${warning}`;
    switch (state?.state) {
      case "up":
        return `${state.address}, ${place}`;
      case "interrupted":
      case "connecting": {
        const why = state.error === undefined ? "" : `: ${state.error.message}`;
        return `waiting for the broker at ${this.#brokers()}${why}; ${place}`;
      }
      case "closed":
      case undefined:
        return `stopped; ${place}`;
    }
  }

  #brokers(): string {
    const { brokers } = parseAddress(this.#options.settings.broker);
    return brokers.map(({ host, port }) => `${host}:${port}`).join(", ");
  }

  /** Every client sends passwords; hosts that they, and the broker's own, reach in clear. */
  #plain(): string | undefined {
    const hosts = plainHosts(this.#options.settings.broker);
    return hosts.length === 0 ? undefined : hosts.join(", ");
  }

  #warn(port: CtiPort): void {
    const plain = this.#plain();
    if (plain === undefined) return;
    const secure = this.#options.settings.securePassword !== undefined;
    port.log(
      "warn",
      `generic-connector: passwords travel over plain TCP to ${plain}${secure ? ", under Triple-DES only" : ", in clear"}: use ssl://`,
    );
  }
}

function shownState(state: BusState): AdapterHealth["state"] {
  switch (state.state) {
    case "up":
      return "up";
    case "interrupted":
      return "down";
    case "connecting":
      return state.error === undefined ? "starting" : "down";
    case "closed":
      return "stopped";
  }
}
