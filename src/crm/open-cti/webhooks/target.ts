import type { Json, SendResult } from "../../adapter.ts";
import type { WebhookTarget } from "../contract.ts";
import { contentType } from "./cloud-event.ts";
import { judgeStatus } from "./judge.ts";
import type { Heard, Post } from "./post.ts";
import { longestWait } from "./retry-after.ts";
import { signatures } from "./signature.ts";

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

export interface TargetNews {
  /** It answered 410, or takes webhooks again. */
  turned(off: boolean): void;
  /** It took one after it had failed. */
  back(): void;
  /** It may be called again after so many milliseconds, and not before. */
  pause(wait: number): void;
}

const userAgent = "cti-webhooks/1";
/** Milliseconds after a 410 in which what was still owed is given up unasked; what comes later somebody wants to be tried. */
const stillOwed = 60_000;

/** The headers of one message, signed now. `now`: milliseconds since the epoch. */
export function signedHeaders(
  keys: readonly Buffer[],
  id: string,
  body: string,
  now: number,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    "content-type": contentType,
    "user-agent": userAgent,
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures(keys, { id, timestamp, body }),
  };
}

/** One receiver: whether it may be posted to now, and what its answers mean. */
export class Target {
  readonly settings: WebhookTarget;
  readonly #keys: readonly Buffer[];
  readonly #post: Post;
  readonly #news: TargetNews;
  #sent = 0;
  #failed = 0;
  #problem: string | undefined;
  /** Milliseconds since the epoch. */
  #offSince: number | undefined;
  #notBefore = 0;
  /** The last try did not reach it or was put off: until one does, one try at a time is enough to find out. */
  #away = false;
  #underWay = 0;

  constructor(settings: WebhookTarget, keys: readonly Buffer[], post: Post, news: TargetNews) {
    this.settings = settings;
    this.#keys = keys;
    this.#post = post;
    this.#news = news;
  }

  get host(): string {
    return this.#post.host;
  }

  get isOff(): boolean {
    return this.#offSince !== undefined;
  }

  get state(): TargetState {
    const offSince = this.#offSince === undefined ? undefined : new Date(this.#offSince).toISOString();
    const { name } = this.settings;
    return {
      name,
      host: this.host,
      sent: this.#sent,
      failed: this.#failed,
      offSince,
      problem: this.#problem,
    };
  }

  /** What is kept of it being off; a URL may hold a secret, on disk it is only known again. */
  get kept(): Json | undefined {
    return this.#offSince === undefined ? undefined : { url: this.#urlMark, since: this.#offSince };
  }

  /** What was kept before a restart. Another address is another receiver. */
  restore(kept: Json | undefined): void {
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return;
    if (kept.url === this.#urlMark && typeof kept.since === "number") this.#offSince = kept.since;
  }

  /** Why nothing may be posted now; `undefined` when something may. */
  closed(now: number): SendResult | undefined {
    const { name } = this.settings;
    if (this.#offSince !== undefined && now >= this.#offSince && now - this.#offSince < stillOwed)
      return { result: "rejected", why: `${name} wants no webhooks any more: it answered 410 Gone` };
    // With more than that ahead the system's clock was set back.
    if (now < this.#notBefore && this.#notBefore - now <= longestWait) {
      const until = new Date(this.#notBefore).toISOString();
      return { result: "retry", why: `${name} asked not to be called before ${until}` };
    }
    if (this.#away && this.#underWay > 0)
      return { result: "retry", why: this.#problem ?? `${name} is being asked whether it is there` };
    return undefined;
  }

  /** Posts one, signed at `now`; never rejects. `heardOf` is told of what came back. */
  async send(
    id: string,
    body: string,
    now: number,
    signal: AbortSignal,
    heardOf: (heard: Heard) => number,
  ): Promise<SendResult> {
    this.#underWay += 1;
    try {
      const heard = await this.#post.send(body, signedHeaders(this.#keys, id, body, now), signal);
      return this.#judge(heard, heardOf(heard));
    } finally {
      this.#underWay -= 1;
    }
  }

  close(): Promise<void> {
    return this.#post.close();
  }

  #judge(heard: Heard, now: number): SendResult {
    const where = `the receiver of ${this.settings.name} at ${this.host}`;
    if ("failure" in heard) return this.#later(`${where} ${heard.failure}`, 0, now);
    const judgement = judgeStatus(heard.status, heard.retryAfter, now);
    if (judgement.verdict === "taken") return this.#taken();
    const why = `${where} ${judgement.why}`;
    if (judgement.verdict === "later") return this.#later(why, judgement.wait, now);
    this.#failed += 1;
    this.#problem = why;
    // It is there.
    this.#isBack();
    if (judgement.verdict === "gone") {
      const known = this.isOff;
      this.#offSince = now;
      if (!known) this.#news.turned(true);
    }
    return { result: "rejected", why };
  }

  #taken(): SendResult {
    this.#sent += 1;
    this.#problem = undefined;
    if (this.isOff) {
      this.#offSince = undefined;
      this.#news.turned(false);
    }
    this.#isBack();
    return { result: "sent" };
  }

  #later(why: string, wait: number, now: number): SendResult {
    this.#failed += 1;
    this.#problem = why;
    this.#away = true;
    if (wait > 0) {
      this.#notBefore = Math.max(this.#notBefore, now + wait);
      this.#news.pause(wait);
    }
    return { result: "retry", why };
  }

  #isBack(): void {
    if (!this.#away) return;
    this.#away = false;
    this.#notBefore = 0;
    this.#news.back();
  }

  get #urlMark(): string {
    return Bun.hash(this.settings.url).toString(36);
  }
}
