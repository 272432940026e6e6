import type { AdapterHealth } from "../../model/adapter.ts";
import type { CtiError } from "../../model/errors.ts";
import { toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { CrmAdapter, CtiPort, Delivery, Outbox, SendResult } from "../adapter.ts";
import { Calls } from "./calls.ts";
import type { EbsSettings, Registration } from "./contract.ts";
import { Counter } from "./counter.ts";
import { listen, type Listener } from "./listener.ts";
import { EventPost } from "./post.ts";
import { placeKey, Registrations } from "./registrations.ts";

/** From what `readEbsSettings` made in the face. */
export function createEbs(settings: unknown): CrmAdapter {
  // They came through the guardian from our own reader; nobody else writes there.
  return new EbsAdapter(settings as EbsSettings);
}

interface Work {
  port: CtiPort;
  calls: Calls;
  counter: Counter;
}

/** Milliseconds between two looks at what nobody attends to. */
const sweepEvery = 60_000;

/** Oracle E-Business Suite's Basic Telephony: callouts come in by HTTP, events go out (reference/ebs-basic-telephony.md). */
export class EbsAdapter implements CrmAdapter {
  readonly name = "ebs";
  readonly #settings: EbsSettings;
  readonly #registrations = new Registrations();
  readonly #post = new EventPost();
  #work: Work | undefined;
  #listener: Listener | undefined;
  #state: AdapterHealth["state"] = "starting";
  #since = new Date(0).toISOString();
  #error: CtiError | undefined;
  #cancel: () => void = () => {};
  #callouts = 0;
  #refused = 0;

  constructor(settings: EbsSettings) {
    this.#settings = settings;
  }

  load(port: CtiPort): void {
    const parts = { settings: this.#settings, port, registrations: this.#registrations, post: this.#post };
    const calls = new Calls(parts);
    this.#registrations.load(port.kept());
    calls.load(port.kept());
    this.#work = { port, calls, counter: new Counter({ ...parts, calls }) };
    this.#since = new Date(port.clock.now()).toISOString();
  }

  async start(port: CtiPort): Promise<void> {
    const { clock } = port;
    const { counter } = this.#at();
    this.#listener = await listen({
      settings: this.#settings,
      clock,
      log: (level, message) => port.log(level, message),
      answer: async (callout, from) => {
        this.#callouts += 1;
        const error = await counter.answer(callout, from);
        if (error !== undefined) this.#refused += 1;
        return error;
      },
    });
    this.#state = "up";
    this.#since = new Date(clock.now()).toISOString();
    port.healthChanged();
    this.#sweep();
  }

  owe(event: CtiEvent, out: Outbox): void {
    if (this.#work === undefined) return;
    this.#work.calls.owe(event, out);
    this.#oweNews(event, out);
  }

  send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    return this.#at().calls.send(delivery, signal);
  }

  health(): AdapterHealth {
    const all = this.#registrations.all();
    const { counter, calls } = this.#work ?? {};
    const away = all.filter((each) => this.#isStale(each)).length;
    const where = this.#listener?.url ?? "";
    const hosts = new Map<string, Registration[]>();
    for (const each of all) hosts.set(each.from, [...(hosts.get(each.from) ?? []), each]);
    return {
      adapter: this.name,
      state: this.#state,
      since: this.#since,
      summary: `listening at ${where}, ${all.length} registered${away === 0 ? "" : `, ${away} silent`}`,
      ...(this.#error !== undefined && { error: this.#error.toJSON() }),
      figures: {
        callouts: this.#callouts,
        "answered Error": this.#refused,
        registrations: all.length,
        "open interactions": calls?.open ?? 0,
      },
      clients: [...hosts].slice(0, 100).map(([from, places]) => ({
        name: from,
        agents: places.map(({ agent, extension, queue }) =>
          queue === undefined ? `${agent} on ${extension}` : `${agent} on ${extension} (queue ${queue})`,
        ),
        lastSeen: new Date(
          Math.max(...places.map((each) => counter?.lastSeen(placeKey(each)) ?? Date.parse(each.since))),
        ).toISOString(),
      })),
      peers: [],
    };
  }

  async stop(): Promise<void> {
    this.#cancel();
    this.#state = "stopped";
    await this.#listener?.stop();
    await this.#post.close();
  }

  #at(): Work {
    if (this.#work === undefined) throw toCtiError(new Error("the EBS adapter was not loaded"));
    return this.#work;
  }

  /** What else the person at EBS must know: that the phone does not work, and that it does again. */
  #oweNews(event: CtiEvent, out: Outbox): void {
    if (event.agent === undefined) return;
    const { calls } = this.#at();
    const { agent } = event;
    const places = this.#registrations.provedOf(agent);
    const say = (kind: "Error" | "TelephonyEnabled" | "TelephonyDisabled", words: string): void => {
      // Two places of one agent may be one window on one screen.
      const windows = new Map(places.map((each) => [windowOf(each), each]));
      for (const each of windows.values()) calls.say(each, kind, words, out);
    };
    const { direct } = this.#settings;
    switch (event.type) {
      case "service.out-of-service":
        if (direct) say("TelephonyDisabled", "");
        else say("Error", "Finesse is out of service");
        return;
      case "service.in-service":
        if (direct) say("TelephonyEnabled", "");
        return;
      case "session.conflict":
        say("Error", `agent ${agent} is signed in elsewhere: log in again to work here`);
        return;
      case "session.unattended":
        if (event.then !== "keep")
          say("Error", `nobody was heard of at EBS for too long: ${unattendedWords(agent, event.then)}`);
        return;
      case "session.signed-out":
        if (event.by === "finesse") say("Error", `Finesse has signed agent ${agent} out: log in again`);
        for (const each of places) this.#registrations.put({ ...each, proved: undefined }, out);
        return;
      default:
    }
  }

  #isStale(registration: Registration): boolean {
    const { counter, port } = this.#at();
    const seen = counter.lastSeen(placeKey(registration)) ?? Date.parse(registration.since);
    return port.clock.now() - seen > this.#settings.staleAfter;
  }

  #sweep(): void {
    const { calls, port } = this.#at();
    calls.sweep();
    this.#cancel = port.clock.after(sweepEvery, () => this.#sweep());
  }
}

function windowOf(registration: Registration): string {
  const { target } = registration;
  return target === undefined ? placeKey(registration) : `${target.host}:${target.port}`;
}

function unattendedWords(agent: string, then: "not-ready" | "logout"): string {
  return then === "logout" ? `agent ${agent} is signed out` : `agent ${agent} is made not ready`;
}
