import type {
  LinkEnd,
  NotificationHandlers,
  NotificationLink,
  NotificationOptions,
} from "../../src/finesse/contract.ts";
import { parseUpdate } from "../../src/finesse/parse-update.ts";
import { parseXml } from "../../src/finesse/xml-tree.ts";
import { CtiError, toCtiError } from "../../src/model/errors.ts";
import type { WireParts } from "./rest-wire.ts";
import type { Lifetime } from "./stepped-clock.ts";

/** One notification stream: what each end believes, and whether anything passes between them. */
interface Stream {
  agent: string;
  handlers: NotificationHandlers;
  life: Lifetime;
  passes: boolean;
  clientEnded: boolean;
  /** When the last notification arrives: one stream keeps its order unless the weather says otherwise. */
  lastArrival: number;
}

/** The notification service: streams of all agents, as the server sees them and as the clients do. */
export class Streams {
  readonly #parts: WireParts;
  /** The streams that the server believes in. */
  readonly #served = new Map<string, Stream>();
  finesseAvailable = true;

  constructor(parts: WireParts) {
    this.#parts = parts;
    parts.backend.onPublish(({ xml, automatic }) => {
      for (const agent of automatic) {
        const stream = this.#served.get(agent);
        if (stream !== undefined) this.#send(stream, xml);
      }
    });
  }

  async connect(options: NotificationOptions, life: Lifetime): Promise<NotificationLink> {
    const { weather, backend, story } = this.#parts;
    const { userId: agent, handlers } = options;
    const wait = (milliseconds: number) =>
      new Promise<void>((resolve) => void life.after(milliseconds, resolve));
    const cannot = (code: "notifications-unreachable" | "timeout") =>
      new CtiError({ code, message: `no notifications (network ${weather.reach})` });
    await wait(this.#latency() * 4);
    if (weather.reach === "refused") throw cannot("notifications-unreachable");
    if (weather.reach === "silent" || !this.finesseAvailable) {
      await wait(10_000);
      throw cannot("timeout");
    }
    if (backend.authenticate(agent, options.password.reveal()) !== "ok")
      throw new CtiError({ code: "credentials-refused", message: "SASL: not-authorized" });
    const stream: Stream = {
      agent,
      handlers,
      life,
      passes: true,
      clientEnded: false,
      lastArrival: 0,
    };
    this.#replace(agent, stream);
    life.onDeath(() => this.#serverSees(stream, 5, false));
    await wait(this.#latency() * 2);
    story.tell(agent, "stream up");
    return {
      transport: "memory",
      jid: `${agent}@simulated/cti`,
      subscribe: async () => {},
      unsubscribe: async () => {},
      close: async () => {
        if (stream.clientEnded) return;
        stream.clientEnded = true;
        if (stream.passes) this.#serverSees(stream, this.#latency(), true);
        await wait(1);
        handlers.onEnd({ reason: "closed" });
      },
    };
  }

  /** Another client binds the same name; it stays for `milliseconds`. */
  steal(agent: string, milliseconds: number): void {
    const { story, clock } = this.#parts;
    const thief: Stream = {
      agent,
      handlers: deaf,
      life: this.#served.get(agent)?.life as Lifetime,
      passes: false,
      clientEnded: true,
      lastArrival: 0,
    };
    if (!this.#served.has(agent)) return;
    story.tell(agent, "another client takes the name");
    this.#replace(agent, thief);
    clock.after(milliseconds, () => this.#serverSees(thief, 0, true));
  }

  /** The connection breaks: the client is told soon, the server soon or after its own time-out. */
  cut(agent: string): boolean {
    const stream = this.#served.get(agent);
    if (stream === undefined || !stream.passes) return false;
    const { chance } = this.#parts;
    stream.passes = false;
    this.#clientSees(stream, chance.between(0, 60));
    this.#serverSees(
      stream,
      chance.happens(0.6) ? chance.between(0, 60) : chance.between(5_000, 110_000),
      false,
    );
    return true;
  }

  /** Nothing passes any more and nobody is told: pings find out. */
  halfOpen(agent: string): boolean {
    const stream = this.#served.get(agent);
    if (stream === undefined || !stream.passes) return false;
    const { chance } = this.#parts;
    stream.passes = false;
    this.#clientSees(stream, chance.between(20_000, 30_000));
    this.#serverSees(stream, chance.between(60_000, 120_000), false);
    return true;
  }

  presence(available: boolean): void {
    this.finesseAvailable = available;
    for (const stream of this.#served.values())
      this.#arrive(stream, this.#latency(), () => stream.handlers.onFinessePresence(available));
  }

  #replace(agent: string, stream: Stream): void {
    const { backend } = this.#parts;
    const before = this.#served.get(agent);
    this.#served.set(agent, stream);
    backend.presenceChanged(agent, ["cti"], true);
    // Told to whoever still listens: a dead ghost hears nothing.
    if (before !== undefined && before.passes && !before.clientEnded && before.life.alive) {
      before.passes = false;
      before.life.after(this.#latency(), () => this.#end(before, { reason: "conflict" }));
    }
  }

  #send(stream: Stream, xml: string): void {
    const { weather, chance, clock, story } = this.#parts;
    if (!stream.passes) return;
    if (chance.happens(weather.loseEvent)) {
      story.count("fault: event lost");
      story.tell(stream.agent, `lost: ${brief(xml)}`);
      return;
    }
    const copies = chance.happens(weather.doubleEvent) ? 2 : 1;
    if (copies === 2) story.count("fault: event doubled");
    for (let copy = 0; copy < copies; copy++) {
      let at = clock.now() + this.#latency();
      if (weather.stalledUntil > at) at = weather.stalledUntil;
      if (chance.happens(weather.reorderEvent)) {
        at += chance.between(10, 3_000);
        story.count("fault: event overtaken");
      } else at = stream.lastArrival = Math.max(stream.lastArrival, at);
      this.#arrive(stream, at - clock.now(), () => {
        story.tell(stream.agent, `hears ${brief(xml)}`);
        try {
          stream.handlers.onUpdate(parseUpdate(parseXml(xml)));
        } catch (thrown) {
          stream.handlers.onUnreadable(toCtiError(thrown), xml);
        }
      });
    }
  }

  #arrive(stream: Stream, delay: number, task: () => void): void {
    stream.life.after(delay, () => {
      if (stream.passes && !stream.clientEnded) task();
    });
  }

  #clientSees(stream: Stream, delay: number): void {
    const error = new CtiError({ code: "session-lost", message: "the notification stream is lost" });
    stream.life.after(delay, () => this.#end(stream, { reason: "lost", error }));
  }

  #end(stream: Stream, end: LinkEnd): void {
    if (stream.clientEnded) return;
    stream.clientEnded = true;
    this.#parts.story.tell(stream.agent, `stream ends: ${end.reason}`);
    stream.handlers.onEnd(end);
  }

  #serverSees(stream: Stream, delay: number, clean: boolean): void {
    const { clock, backend } = this.#parts;
    clock.after(delay, () => {
      if (this.#served.get(stream.agent) !== stream) return;
      this.#served.delete(stream.agent);
      backend.presenceChanged(stream.agent, [], clean);
    });
  }

  #latency(): number {
    return this.#parts.chance.between(...this.#parts.weather.latency);
  }
}

const deaf: NotificationHandlers = {
  onUpdate: () => {},
  onUnreadable: () => {},
  onFinessePresence: () => {},
  onOtherResources: () => {},
  onEnd: () => {},
  onRoundTrip: () => {},
};

/** An Update in one line of a story. */
export function brief(xml: string): string {
  const all = (name: string) =>
    [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map((match) => match[1]);
  const requestId = all("requestId").at(-1) ?? "";
  const ids = all("id").concat(all("loginId"));
  const what = xml.includes("apiErrors")
    ? `errors ${all("errorMessage").join()}`
    : `${ids[0] ?? ""} ${all("state").join()}`;
  return `${all("event").at(-1)} ${all("source").at(-1)?.replace("/finesse/api", "")} ${what}${requestId === "" ? "" : ` [${requestId}]`}`;
}
