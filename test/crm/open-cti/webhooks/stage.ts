import { setSystemTime } from "bun:test";
import { Webhook } from "standardwebhooks";
import type { Delivery, SendResult } from "../../../../src/crm/adapter.ts";
import { Webhooks, type WebhooksOptions } from "../../../../src/crm/open-cti/webhooks/webhooks.ts";
import type { CtiEvent } from "../../../../src/model/events.ts";
import { FakeCrm, type Life, Stage } from "../../outbox/stage.ts";
import type { Heard } from "./receiver.ts";

export const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
export const newer = `whsec_${Buffer.from("fedcba9876543210fedcba9876543210").toString("base64")}`;

/** The adapter's half that `Webhooks` is used by. */
class WebhookCrm extends FakeCrm {
  webhooks: Webhooks | undefined;

  override send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    this.seen.push(delivery);
    return this.webhooks?.send(delivery, signal) ?? Promise.reject(new Error("not made yet"));
  }
}

export interface WebhookLife extends Life {
  webhooks: Webhooks;
  logged: string[];
  traced: { direction: string; summary: string; text: string; masked: string | undefined }[];
  happen(event: CtiEvent): void;
  /** Time passes, in steps of so many milliseconds, until `done`: what is tried again is. */
  until(done: () => boolean, step?: number): Promise<void>;
}

export type Targets = Partial<WebhooksOptions> & { urls: Record<string, string> };

/** A worker's life with webhooks through the real outbox, on the disk of `stage`. */
export function live(stage: Stage, { urls, ...options }: Targets, before?: Life): WebhookLife {
  const crm = new WebhookCrm("open-cti");
  const life = stage.live({ crm, begun: false }, before);
  const logged: string[] = [];
  const traced: WebhookLife["traced"] = [];
  const webhooks = new Webhooks({
    targets: Object.entries(urls).map(([name, url]) => ({
      name,
      url,
      events: ["session", "service", "agent", "call", "command", "message", "delivery", "adapter"],
      variables: false,
    })),
    allowNetworks: ["127.0.0.1"],
    secrets: Object.fromEntries(Object.keys(urls).map((name) => [name, secret])),
    source: "urn:cti:test",
    port: {
      clock: life.clock,
      owe: life.owe,
      wake: (key) => life.deliveries.wake(crm.name, key),
      log: (level, message) => logged.push(`${level} ${message}`),
      trace: ({ direction, summary, text, masked }) =>
        traced.push({ direction, summary, text, masked: masked?.() }),
    },
    ...options,
  });
  webhooks.load(life.deliveries.kept(crm.name));
  crm.webhooks = webhooks;
  life.deliveries.begin(crm);
  return {
    ...life,
    webhooks,
    logged,
    traced,
    happen: (event) => life.owe((out) => webhooks.owe(event, out)),
    until: async (done, step = 50) => {
      while (!done()) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        life.clock.advance(step);
      }
    },
  };
}

/** What the public library says of a message, at the time at which it was signed. Throws when it does not believe it. */
export function verified({ headers, body }: Heard, withSecret = secret): Record<string, unknown> {
  setSystemTime(new Date(Number(headers["webhook-timestamp"]) * 1000));
  try {
    return new Webhook(withSecret).verify(body, headers) as Record<string, unknown>;
  } finally {
    setSystemTime();
  }
}

export const owed = (life: Life): number => [...life.deliveries.owed()].length;
