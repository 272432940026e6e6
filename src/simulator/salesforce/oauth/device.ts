import type { Clock } from "../../../platform/clock.ts";
import type { SfUser } from "../contract.ts";
import type { RandomBytes } from "../random-bytes.ts";
import { OAuthError } from "../sf-error.ts";

interface Request {
  device: string;
  user: string;
  client: string;
  scope: string;
  ends: number;
  /** Milliseconds that must lie between two polls; grows with each that comes too soon (RFC 8628 §3.5). */
  interval: number;
  polled: number | undefined;
  answer: SfUser | "denied" | undefined;
}

/** Letters that are not mistaken for others. */
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const life = 10 * 60 * 1000;

/** The device flow: codes, polling, approval (RFC 8628, in Salesforce's words). */
export class DeviceFlow {
  readonly #clock: Clock;
  readonly #bytes: RandomBytes;
  readonly #interval: number;
  #requests: Request[] = [];

  /** `interval` between two polls, in milliseconds. */
  constructor(clock: Clock, interval: number, bytes: RandomBytes) {
    this.#clock = clock;
    this.#bytes = bytes;
    this.#interval = interval;
  }

  /** What the device is told, in the answer's own names; `interval` in seconds. */
  begin(client: string, scope: string): { device_code: string; user_code: string; interval: number } {
    // There are 32 letters: each byte is one of them as often as another.
    const user = [...this.#bytes(8)].map((byte) => letters.charAt(byte % letters.length)).join("");
    const device = this.#bytes(24).toString("base64url");
    const interval = this.#interval;
    const ends = this.#clock.now() + life;
    this.#requests.push({
      device,
      user,
      client,
      scope,
      ends,
      interval,
      polled: undefined,
      answer: undefined,
    });
    return { device_code: device, user_code: user, interval: interval / 1000 };
  }

  /** User codes that wait for somebody. */
  waiting(): string[] {
    return this.#open().map(({ user }) => user);
  }

  /** Answers a code, whatever its case and dashes; the code as it was shown. Undefined: there is none such. */
  answer(code: string, answer: SfUser | "denied"): string | undefined {
    const wanted = code.toUpperCase().replace(/[^A-Z0-9]/g, "");
    const found = this.#open().find(({ user }) => user === wanted);
    if (found !== undefined) found.answer = answer;
    return found?.user;
  }

  /** A poll. Throws authorization_pending, slow_down, access_denied, invalid_grant. */
  poll(device: string, client: string): { user: SfUser; scope: string } {
    const now = this.#clock.now();
    const found = this.#requests.find((each) => each.device === device && each.client === client);
    if (found === undefined || found.ends <= now)
      throw new OAuthError("invalid_grant", "device code is invalid or has expired");
    const early = found.polled !== undefined && now - found.polled < found.interval;
    found.polled = now;
    if (early) {
      found.interval += 5000;
      throw new OAuthError("slow_down", "polling too frequently");
    }
    if (found.answer === undefined)
      throw new OAuthError("authorization_pending", "user has not authorized this device yet");
    this.#requests = this.#requests.filter((each) => each !== found);
    if (found.answer === "denied") throw new OAuthError("access_denied", "end-user denied authorization");
    return { user: found.answer, scope: found.scope };
  }

  #open(): Request[] {
    const now = this.#clock.now();
    return this.#requests.filter(({ ends, answer }) => ends > now && answer === undefined);
  }
}
