import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../platform/clock.ts";
import type { Json, Outbox } from "../../adapter.ts";

/** Milliseconds. */
const pairingTime = 2 * 60_000;
const ticketTime = 30_000;
const cookieTime = 12 * 3_600_000;
/** Seconds that a browser holds a cookie at most, however often it is used. */
const browserTime = 30 * 86_400;
/** A cookie in use is remembered for longer this often: every time is a write to disk. */
const renewEvery = 10 * 60_000;
const mostPairings = 3;
const mostCookies = 20;
const keptAs = "page-pass:";

/** How somebody came to be at a page. */
export type Way = "paired" | "signed-in";

export interface Pass {
  agent: string;
  way: Way;
}

interface Held extends Pass {
  hash: Buffer;
  /** Milliseconds since the epoch. */
  until: number;
}

export interface PassesOptions {
  clock: Clock;
  owe: (work: (out: Outbox) => void) => void;
}

/**
 * The secrets that let a browser in: pairing tokens (two minutes, once), tickets (half a minute, once) that are exchanged for cookies, and
 * cookies (twelve hours from their last use). 256 random bits each; only hashes are held, those of cookies on disk too, so that a restart of the
 * connector is nothing an agent notices.
 */
export class Passes {
  readonly #options: PassesOptions;
  #pairings: Held[] = [];
  #tickets: (Held & { cookie: string })[] = [];
  /** By hash. */
  readonly #cookies = new Map<string, Held>();

  constructor(options: PassesOptions) {
    this.#options = options;
  }

  /** What a connector before this one gave out. */
  load(kept: ReadonlyMap<string, Json>): void {
    for (const [name, value] of kept) {
      if (!name.startsWith(keptAs)) continue;
      const held = heldFrom(name.slice(keptAs.length), value);
      if (held !== undefined && held.until > this.#now) this.#cookies.set(hexOf(held.hash), held);
      else this.#options.owe((out) => out.keep(name, undefined));
    }
  }

  /** A new token for a page of the agent's; the oldest of too many is void. */
  mintPairing(agent: string): { token: string; expiresAt: number } {
    const token = secret();
    const until = this.#now + pairingTime;
    const mine = this.#pairings.filter((each) => each.agent === agent);
    const stale = mine.slice(0, Math.max(0, mine.length - mostPairings + 1));
    this.#pairings = this.#pairings.filter((each) => each.until > this.#now && !stale.includes(each));
    this.#pairings.push({ agent, way: "paired", hash: hash(token), until });
    return { token, expiresAt: until };
  }

  /** The agent whose token this is; it is void from then on. */
  pair(token: string): Pass | undefined {
    const found = this.#find(this.#pairings, token);
    if (found === undefined) return undefined;
    this.#pairings = this.#pairings.filter((each) => each !== found);
    return { agent: found.agent, way: found.way };
  }

  /** A ticket for a cookie, and the name under which `revoke` takes the cookie back. */
  mintTicket({ agent, way }: Pass): { ticket: string; pass: string } {
    const ticket = secret();
    const cookie = secret();
    this.#tickets = this.#tickets.filter((each) => each.until > this.#now);
    this.#tickets.push({ agent, way, hash: hash(ticket), until: this.#now + ticketTime, cookie });
    return { ticket, pass: hexOf(hash(cookie)) };
  }

  /** The value of the cookie that a ticket stands for, once. */
  redeem(ticket: string): { cookie: string; seconds: number } | undefined {
    const found = this.#find(this.#tickets, ticket);
    if (found === undefined) return undefined;
    this.#tickets = this.#tickets.filter((each) => each !== found);
    const { agent, way, cookie } = found;
    const mine = [...this.#cookies].filter(([, each]) => each.agent === agent);
    for (const [old] of mine.slice(0, Math.max(0, mine.length - mostCookies + 1))) this.revoke(old);
    this.#keep({ agent, way, hash: hash(cookie), until: this.#now + cookieTime });
    return { cookie, seconds: browserTime };
  }

  /** Who a cookie lets in, and the name under which `revoke` takes it back. */
  admit(cookie: string): (Pass & { pass: string }) | undefined {
    const pass = hexOf(hash(cookie));
    const held = this.#cookies.get(pass);
    if (held === undefined) return undefined;
    if (held.until <= this.#now) {
      this.revoke(pass);
      return undefined;
    }
    this.renew(pass);
    return { agent: held.agent, way: held.way, pass };
  }

  /** A page that was let in by it is still there. */
  renew(pass: string): void {
    const held = this.#cookies.get(pass);
    if (held !== undefined && held.until - this.#now < cookieTime - renewEvery)
      this.#keep({ ...held, until: this.#now + cookieTime });
  }

  revoke(pass: string): void {
    this.#tickets = this.#tickets.filter(({ cookie }) => hexOf(hash(cookie)) !== pass);
    if (this.#cookies.delete(pass)) this.#options.owe((out) => out.keep(`${keptAs}${pass}`, undefined));
  }

  /** Whoever signed in as the agent must do it again; who is paired stays so. */
  revokeSignIns(agent: string): void {
    this.#tickets = this.#tickets.filter((each) => each.agent !== agent || each.way !== "signed-in");
    for (const [pass, each] of [...this.#cookies])
      if (each.agent === agent && each.way === "signed-in") this.revoke(pass);
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #keep(held: Held): void {
    const pass = hexOf(held.hash);
    // A map keeps the order of insertion: whoever was there last stands last.
    this.#cookies.delete(pass);
    this.#cookies.set(pass, held);
    const { agent, way, until } = held;
    this.#options.owe((out) => out.keep(`${keptAs}${pass}`, { agent, way, until }));
  }

  /** Looks at all of them, whichever fits: how long it takes says nothing. */
  #find<Entry extends Held>(among: readonly Entry[], token: string): Entry | undefined {
    const given = hash(token);
    let found: Entry | undefined;
    for (const each of among) if (timingSafeEqual(each.hash, given) && each.until > this.#now) found = each;
    return found;
  }
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function hexOf(bytes: Buffer): string {
  return bytes.toString("hex");
}

function heldFrom(hex: string, value: Json): Held | undefined {
  if (!/^[\da-f]{64}$/.test(hex) || typeof value !== "object" || value === null || Array.isArray(value))
    return undefined;
  const { agent, way, until } = value;
  if (typeof agent !== "string" || typeof until !== "number") return undefined;
  return way === "paired" || way === "signed-in"
    ? { agent, way, until, hash: Buffer.from(hex, "hex") }
    : undefined;
}
