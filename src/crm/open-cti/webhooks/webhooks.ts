import type { CtiEvent } from "../../../model/events.ts";
import { maskValues } from "../../../platform/redact.ts";
import type { CtiPort, Delivery, Json, Outbox, SendResult } from "../../adapter.ts";
import type { WebhookTarget } from "../contract.ts";
import { AllowedNetworks } from "./addresses.ts";
import { cloudEvent, contentType, wants, webhookKind } from "./cloud-event.ts";
import type { Lookup } from "./guarded-connect.ts";
import { type Heard, Post, type PostTimes } from "./post.ts";
import { retryAfter } from "./retry-after.ts";
import { signatures, signingKeys } from "./signature.ts";

export interface WebhooksOptions {
  targets: readonly (WebhookTarget & { ca?: readonly string[] })[];
  allowNetworks: readonly string[];
  /** By target: its secret, or several with white space between. */
  secrets: Readonly<Record<string, string>>;
  /** CloudEvents' `source`: which connector it is, `urn:cti:HOST`. */
  source: string;
  port: Pick<CtiPort, "clock" | "owe" | "wake" | "log" | "trace">;
  lookup?: Lookup;
  times?: PostTimes;
}

/** How a target is, for the adapter's health. */
export interface TargetState {
  name: string;
  /** Of its URL, host and port alone. */
  host: string;
  sent: number;
  failed: number;
  /** It answered 410 Gone. ISO 8601 UTC. */
  offSince: string | undefined;
  /** Why the last try failed; `undefined` when it did not. */
  problem: string | undefined;
}

interface Target {
  settings: WebhookTarget;
  keys: Buffer[];
  post: Post;
  sent: number;
  failed: number;
  problem: string | undefined;
  /** Milliseconds since the epoch. */
  offSince: number | undefined;
  notBefore: number;
  cancelWake: () => void;
}

/** What is owed goes to disk as the very bytes that are sent, each time again. */
interface Payload {
  type: string;
  body: string;
}

const userAgent = "cti-webhooks/1";
/** Milliseconds after a 410 in which what was still owed is given up unasked; what comes later somebody wants to be tried. */
const stillOwed = 60_000;
/** They look like refusals, and are not: the same message may well be taken later. */
const temporary = new Set([408, 425, 429]);
const keptName = (name: string): string => `webhook off ${name}`;

/**
 * Tells programs of events: each event that a target wants is owed to it, signed as Standard Webhooks says and posted, in order for each target
 * (design §5.4). At least once: a receiver knows a repetition by `webhook-id`. `secrets` must hold one of each target; throws `Invalid` else.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #targets = new Map<string, Target>();

  constructor(options: WebhooksOptions) {
    this.#options = options;
    const { targets, allowNetworks, secrets, port, lookup, times } = options;
    const allowed = new AllowedNetworks(allowNetworks);
    for (const settings of targets) {
      const { name, url, ca = [] } = settings;
      const post = new Post({
        url,
        ca,
        allowed,
        clock: port.clock,
        ...(lookup !== undefined && { lookup }),
        ...(times !== undefined && { times }),
      });
      this.#targets.set(name, {
        settings,
        keys: signingKeys(secrets[name] ?? ""),
        post,
        sent: 0,
        failed: 0,
        problem: undefined,
        offSince: undefined,
        notBefore: 0,
        cancelWake: () => {},
      });
    }
  }

  /** Reads what was kept: which targets are off. Before `owe`. */
  load(kept: ReadonlyMap<string, Json>): void {
    for (const [name, target] of this.#targets) {
      const off = kept.get(keptName(name));
      // Another address is another receiver.
      if (typeof off === "object" && off !== null && !Array.isArray(off) && off.url === urlMark(target))
        target.offSince = Number(off.since);
    }
  }

  /** What an event owes to targets. Synchronous, does not throw. */
  owe(event: CtiEvent, out: Outbox): void {
    const bodies = new Map<boolean, string>();
    for (const { settings, offSince } of this.#targets.values()) {
      if (offSince !== undefined || !wants(settings, event)) continue;
      const { name, variables } = settings;
      const body =
        bodies.get(variables) ?? JSON.stringify(cloudEvent(event, this.#options.source, variables));
      bodies.set(variables, body);
      const { agent, cause } = event;
      out.add({
        kind: webhookKind,
        policy: "record",
        key: name,
        text: `${event.type}${agent === undefined ? "" : ` of agent ${agent}`} to ${name}`,
        ...(agent !== undefined && { agent }),
        ...("call" in event && { interaction: event.call.interaction }),
        ...(cause !== undefined && { cause }),
        payload: { type: event.type, body } satisfies Payload,
      });
    }
  }

  /** Posts one. Never rejects; `why` names a target's host, and nothing else of its URL. */
  async send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    const { clock } = this.#options.port;
    const target = this.#targets.get(delivery.key);
    const payload = payloadOf(delivery.payload);
    if (target === undefined || payload === undefined)
      return { result: "rejected", why: `there is no webhook target ${delivery.key} any more` };
    const now = clock.now();
    if (target.offSince !== undefined && now - target.offSince < stillOwed)
      return { result: "rejected", why: `${delivery.key} wants no webhooks any more: it answered 410 Gone` };
    if (now < target.notBefore)
      return {
        result: "retry",
        why: `${delivery.key} asked not to be called before ${new Date(target.notBefore).toISOString()}`,
      };
    const timestamp = String(Math.floor(now / 1000));
    const { id } = delivery;
    const heardOf = this.#trace(target, delivery, payload);
    const heard = await target.post.send(
      payload.body,
      {
        "content-type": contentType,
        "user-agent": userAgent,
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signatures(target.keys, { id, timestamp, body: payload.body }),
      },
      signal,
    );
    heardOf(heard);
    return this.#judge(target, heard);
  }

  states(): TargetState[] {
    return [...this.#targets.values()].map(({ settings, post, sent, failed, offSince, problem }) => ({
      name: settings.name,
      host: post.host,
      sent,
      failed,
      offSince: offSince === undefined ? undefined : new Date(offSince).toISOString(),
      problem,
    }));
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#targets.values()].map((target) => {
        target.cancelWake();
        return target.post.close();
      }),
    );
  }

  #judge(target: Target, heard: Heard): SendResult {
    const { name } = target.settings;
    const where = `the receiver of ${name} at ${target.post.host}`;
    if ("failure" in heard) return this.#failed(target, "retry", `${where} ${heard.failure}`);
    const { status } = heard;
    if (status >= 200 && status < 300) {
      target.sent += 1;
      target.problem = undefined;
      if (target.offSince !== undefined) this.#turn(target, undefined);
      return { result: "sent" };
    }
    const why = `${where} answered HTTP ${status}`;
    if (status === 410) {
      this.#turn(target, this.#options.port.clock.now());
      return this.#failed(target, "rejected", `${why}: it wants no webhooks any more`);
    }
    if (status >= 300 && status < 400)
      return this.#failed(target, "retry", `${why}: redirects are not followed, correct "url"`);
    if (status < 500 && !temporary.has(status)) return this.#failed(target, "rejected", why);
    const wait = this.#wait(target, heard.retryAfter);
    return this.#failed(
      target,
      "retry",
      wait === 0 ? why : `${why}, and not to be called for ${Math.ceil(wait / 1000)} s`,
    );
  }

  #failed(target: Target, result: "retry" | "rejected", why: string): SendResult {
    target.failed += 1;
    target.problem = why;
    return { result, why };
  }

  /** Milliseconds until the target may be called again; the outbox is told when it may. */
  #wait(target: Target, header: string | undefined): number {
    const { clock, wake } = this.#options.port;
    const wait = retryAfter(header, clock.now());
    target.notBefore = clock.now() + wait;
    target.cancelWake();
    if (wait > 0) target.cancelWake = clock.after(wait, () => wake(target.settings.name));
    return wait;
  }

  /** Off since then, or on again; told once, and known after a restart. */
  #turn(target: Target, offSince: number | undefined): void {
    const { name } = target.settings;
    const { log, owe } = this.#options.port;
    if (offSince === undefined) log("info", `webhooks to ${name} are on again: it took one`);
    else if (target.offSince === undefined)
      log(
        "warn",
        `webhooks to ${name} are off: its receiver answered 410 Gone. Another "url" turns them on, or a delivery tried again that it takes: cti deliveries retry`,
      );
    target.offSince = offSince;
    owe((out) =>
      out.keep(
        keptName(name),
        offSince === undefined ? undefined : { url: urlMark(target), since: offSince },
      ),
    );
  }

  #trace(target: Target, { id, agent, cause }: Delivery, { type, body }: Payload): (heard: Heard) => void {
    const { trace } = this.#options.port;
    const common = { channel: "http", peer: target.post.host, agent, cause, requestId: id } as const;
    const summary = `POST webhook ${type} → ${target.settings.name}`;
    trace({
      ...common,
      direction: "out",
      summary,
      text: body,
      ...(target.settings.variables && { masked: () => maskBody(body) }),
    });
    return (heard) =>
      trace({
        ...common,
        direction: "in",
        summary: `${summary}: ${"status" in heard ? heard.status : heard.failure}`,
        text: "",
      });
  }
}

/** A URL may hold a secret: on disk it is only known again. */
function urlMark({ settings }: Target): string {
  return Bun.hash(settings.url).toString(36);
}

function payloadOf(payload: Json): Payload | undefined {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  const { type, body } = payload;
  return typeof type === "string" && typeof body === "string" ? { type, body } : undefined;
}

/** Without the values of call variables. */
function maskBody(body: string): string {
  return JSON.stringify(JSON.parse(body), (key, value: unknown) =>
    key === "variables" && typeof value === "object" && value !== null
      ? maskValues(value as Record<string, string>)
      : value,
  );
}
