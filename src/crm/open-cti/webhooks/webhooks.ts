import type { CtiEvent } from "../../../model/events.ts";
import { maskValues } from "../../../platform/redact.ts";
import type { CtiPort, Delivery, Json, Outbox, SendResult } from "../../adapter.ts";
import type { CallLog, WebhookTarget } from "../contract.ts";
import { AllowedNetworks } from "./addresses.ts";
import { CallValues } from "./call-values.ts";
import {
  type CloudEvent,
  cloudEvent,
  logEvent,
  logType,
  wants,
  wantsLogs,
  webhookKind,
} from "./cloud-event.ts";
import type { Lookup } from "./guarded-connect.ts";
import { laneKey, laneKeys, lanes, targetOfLane } from "./lane-key.ts";
import { type Heard, Post, type PostTimes } from "./post.ts";
import { signingKeys } from "./signature.ts";
import { Target, type TargetState } from "./target.ts";

export type { TargetState } from "./target.ts";

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

/** What is owed goes to disk as the very bytes that are sent, each time again; but for values of call variables, see `CallValues`. */
interface Payload {
  type: string;
  /** The event's id. */
  event: string;
  body: string;
}

const keptName = (name: string): string => `webhook off ${name}`;

/**
 * Tells programs of events: each event that a target wants is owed to it, signed as Standard Webhooks says and posted, in order for each agent
 * (design §5.4). At least once: a receiver knows a repetition by `webhook-id`. `secrets` must hold one of each target; throws `Invalid` else.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #targets = new Map<string, Target>();
  readonly #values = new CallValues();
  /** By target. */
  readonly #wakes = new Map<string, () => void>();

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
        connections: lanes,
        ...(lookup !== undefined && { lookup }),
        ...(times !== undefined && { times }),
      });
      const target: Target = new Target(settings, signingKeys(secrets[name] ?? ""), post, {
        turned: (off) => this.#turned(target, off),
        back: () => this.#wake(name),
        pause: (wait) => {
          this.#wakes.get(name)?.();
          this.#wakes.set(
            name,
            port.clock.after(wait, () => this.#wake(name)),
          );
        },
      });
      this.#targets.set(name, target);
    }
  }

  /** Reads what was kept: which targets are off. Before `owe`. */
  load(kept: ReadonlyMap<string, Json>): void {
    for (const [name, target] of this.#targets) target.restore(kept.get(keptName(name)));
  }

  /** What an event owes to targets. Synchronous, does not throw. */
  owe(event: CtiEvent, out: Outbox): void {
    let body: string | undefined;
    for (const target of this.#targets.values()) {
      if (target.isOff || !wants(target.settings, event)) continue;
      const { name, variables } = target.settings;
      body ??= JSON.stringify(cloudEvent(event, this.#options.source, false));
      if (variables) this.#values.hold(name, event);
      const { agent, cause } = event;
      out.add({
        kind: webhookKind,
        policy: "record",
        key: laneKey(name, agent),
        text: `${event.type}${agent === undefined ? "" : ` of agent ${agent}`} to ${name}`,
        ...(agent !== undefined && { agent }),
        ...("call" in event && { interaction: event.call.interaction }),
        ...(cause !== undefined && { cause }),
        payload: { type: event.type, event: event.id, body } satisfies Payload,
      });
    }
  }

  /** What a record of a leg owes to targets. As `owe`. */
  oweLog(log: CallLog, version: number, out: Outbox, cause: string | undefined): void {
    const { source, port } = this.#options;
    const at = new Date(port.clock.now()).toISOString();
    let event: CloudEvent | undefined;
    for (const target of this.#targets.values()) {
      if (target.isOff || !wantsLogs(target.settings)) continue;
      event ??= logEvent(log, { version, at, source, cause });
      const { name } = target.settings;
      out.add({
        kind: webhookKind,
        policy: "record",
        key: laneKey(name, log.agent),
        text: `${logType} of agent ${log.agent} to ${name}`,
        agent: log.agent,
        interaction: log.interaction,
        ...(cause !== undefined && { cause }),
        payload: { type: logType, event: event.id, body: JSON.stringify(event) } satisfies Payload,
      });
    }
  }

  /** Posts one. Never rejects; `why` names a target's host, and nothing else of its URL. */
  async send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    const { clock } = this.#options.port;
    const name = targetOfLane(delivery.key);
    const target = this.#targets.get(name);
    const payload = payloadOf(delivery.payload);
    if (target === undefined || payload === undefined)
      return { result: "rejected", why: `there is no webhook target ${name} any more` };
    const now = clock.now();
    const closed = target.closed(now);
    if (closed !== undefined) return closed;
    const body = target.settings.variables
      ? this.#values.fill(name, payload.event, payload.body)
      : payload.body;
    const trace = this.#trace(target, delivery, { type: payload.type, body });
    const result = await target.send(delivery.id, body, now, signal, (heard) => {
      trace(heard);
      return clock.now();
    });
    if (result.result === "sent" && target.settings.variables) this.#values.drop(name, payload.event);
    return result;
  }

  states(): TargetState[] {
    return [...this.#targets.values()].map(({ state }) => state);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    for (const cancel of this.#wakes.values()) cancel();
    await Promise.all([...this.#targets.values()].map((target) => target.close()));
  }

  #wake(name: string): void {
    for (const key of laneKeys(name)) this.#options.port.wake(key);
  }

  /** Off, or on again; told once, and known after a restart. */
  #turned(target: Target, off: boolean): void {
    const { name } = target.settings;
    const { log, owe } = this.#options.port;
    if (off)
      log(
        "warn",
        `webhooks to ${name} are off: its receiver answered 410 Gone. Another "url" turns them on, or a delivery tried again that it takes: cti deliveries retry --missed`,
      );
    else log("info", `webhooks to ${name} are on again: it took one`);
    owe((out) => out.keep(keptName(name), target.kept));
  }

  #trace(
    target: Target,
    { id, agent, cause }: Delivery,
    { type, body }: Pick<Payload, "type" | "body">,
  ): (heard: Heard) => void {
    const { trace } = this.#options.port;
    const common = { channel: "http", peer: target.host, agent, cause, requestId: id } as const;
    const summary = `POST webhook ${type} → ${target.settings.name}`;
    trace({
      ...common,
      direction: "out",
      summary,
      text: type === logType ? withoutNotes(body) : body,
      ...(target.settings.variables && type !== logType && { masked: () => maskBody(body) }),
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

function payloadOf(payload: Json): Payload | undefined {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  const { type, event, body } = payload;
  if (typeof type !== "string" || typeof event !== "string" || typeof body !== "string") return undefined;
  return { type, event, body };
}

/** What an agent wrote of a customer is the receiver's, not ours. */
function withoutNotes(body: string): string {
  return JSON.stringify(JSON.parse(body), (key, value: unknown) =>
    key === "notes" && typeof value === "string" ? `${value.length} characters` : value,
  );
}

/** Without the values of call variables. */
function maskBody(body: string): string {
  return JSON.stringify(JSON.parse(body), (key, value: unknown) =>
    key === "variables" && typeof value === "object" && value !== null
      ? maskValues(value as Record<string, string>)
      : value,
  );
}
