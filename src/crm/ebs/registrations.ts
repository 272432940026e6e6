import type { Outbox } from "../adapter.ts";
import type { Json } from "../adapter.ts";
import type { Place, Registration } from "./contract.ts";

const prefix = "registration:";

export function placeKey({ extension, agent }: Place): string {
  return `${extension}|${agent}`;
}

/** Places that are remembered without a Login: whoever may call can make them up. */
const mostUnproved = 500;

/** Who is at EBS: places by key, remembered across restarts (ebs-basic-telephony.md §6). */
export class Registrations {
  readonly #places = new Map<string, Registration>();
  /** Of the ones given up: where what is still owed to them goes, until they are forgotten. */
  readonly #leaving = new Map<string, Registration>();

  /** What was remembered. */
  load(kept: ReadonlyMap<string, Json>): void {
    for (const [name, value] of kept)
      // Written by `put` of this version.
      if (name.startsWith(prefix)) this.#places.set(name.slice(prefix.length), value as never);
  }

  get(place: Place | string): Registration | undefined {
    return this.#places.get(typeof place === "string" ? place : placeKey(place));
  }

  all(): Registration[] {
    return [...this.#places.values()];
  }

  put(registration: Registration, out: Outbox): void {
    const key = placeKey(registration);
    if (!this.#places.has(key)) this.#makeRoom(out);
    this.#places.set(key, registration);
    this.#leaving.delete(key);
    // Without what is undefined, which JSON does not know.
    out.keep(`${prefix}${key}`, JSON.parse(JSON.stringify(registration)) as Json);
  }

  /** Given up; what is owed may still be sent until `forget`. */
  remove(key: string, out: Outbox): void {
    const registration = this.#places.get(key);
    if (registration === undefined) return;
    this.#places.delete(key);
    this.#leaving.set(key, registration);
    out.keep(`${prefix}${key}`, undefined);
  }

  forget(key: string): void {
    this.#leaving.delete(key);
  }

  target(key: string): Registration["target"] {
    return (this.#places.get(key) ?? this.#leaving.get(key))?.target;
  }

  /** Every place that has proved the password of a session's agent. */
  provedOf(session: string): Registration[] {
    return this.all().filter((each) => each.proved !== undefined && each.session === session);
  }

  /**
   * The place that hears of a session's calls: one that has proved the agent's password, if there are several the one of the session's
   * extension.
   */
  ofSession(agent: string, extension: string | undefined): Registration | undefined {
    const proved = this.provedOf(agent);
    return proved.find((each) => each.extension === extension) ?? proved.at(-1);
  }

  /** The oldest of those who never logged in go first. */
  #makeRoom(out: Outbox): void {
    const unproved = this.all().filter((each) => each.proved === undefined);
    for (const each of unproved.slice(0, Math.max(0, unproved.length - mostUnproved + 1))) {
      const key = placeKey(each);
      this.#places.delete(key);
      out.keep(`${prefix}${key}`, undefined);
    }
  }
}
