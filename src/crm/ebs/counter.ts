import type { AgentCommand, Outcome } from "../../model/commands.ts";
import { toCtiError } from "../../model/errors.ts";
import type { CommandOptions, CtiPort } from "../adapter.ts";
import type { Calls } from "./calls.ts";
import type { Callout, CalloutError, EbsSettings, Place, Registration } from "./contract.ts";
import { eventTarget } from "./event-target.ts";
import { Networks, sameHost } from "../../platform/networks.ts";
import { within } from "./patience.ts";
import { Presence } from "./presence.ts";
import { checkQueue } from "./queue-check.ts";
import { recordCallout } from "./record.ts";
import { placeKey, type Registrations } from "./registrations.ts";
import {
  atAnotherPhone,
  linkTrouble,
  notDialled,
  notLoggedIn,
  outcomeWords,
  refusedLogin,
  troubled,
  unexpected,
} from "./user-words.ts";

export interface CounterOptions {
  settings: EbsSettings;
  port: CtiPort;
  registrations: Registrations;
  calls: Calls;
}

/** Milliseconds in which EBS has its answer to everything but Login (ebs-basic-telephony.md §3.1); what comes later is an Error event. */
const answerTime = 900;
/** Milliseconds that a sign-in may take in all; beyond Login's own limit EBS hears of a failure by an event. */
const signInTime = 30_000;
/** Milliseconds in which EBS is told the ends of open interactions before it gives the link up. */
const farewell = 700;

type At<Name extends Callout["name"]> = Extract<Callout, { name: Name }>;

/** Does what callouts ask (ebs-basic-telephony.md §3, §6). */
export class Counter {
  readonly #options: CounterOptions;
  readonly #eventHosts: Networks;
  /** Registers of agents whom another address has proved: they count when that address logs in. */
  readonly #candidates = new Map<string, { from: string; target: Registration["target"] }>();
  readonly #presence: Presence;

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#presence = new Presence(options);
    this.#eventHosts = new Networks(options.settings.eventHosts);
  }

  /** Milliseconds since the epoch of the last callout about a place. */
  lastSeen(key: string): number | undefined {
    return this.#presence.lastSeen(key);
  }

  /** Never rejects. */
  async answer(callout: Callout, from: string): Promise<CalloutError | undefined> {
    const { port, registrations } = this.#options;
    const place = callout.name === "CheckStatus" ? callout.place : callout;
    const agent = place === undefined ? undefined : (registrations.get(place)?.session ?? place.agent);
    const cause = port.newCause();
    const answered = recordCallout(port, callout, { from, agent, cause });
    const error = await this.#answer(callout, from, cause).catch((thrown: unknown) =>
      unexpected(toCtiError(thrown)),
    );
    answered(error);
    return error;
  }

  async #answer(callout: Callout, from: string, cause: string): Promise<CalloutError | undefined> {
    switch (callout.name) {
      case "Register":
        return this.#register(callout, from);
      case "Login":
        return this.#login(callout, from, cause);
      case "Ready":
        return this.#command(callout, from, cause, { verb: "ready" });
      case "NotReady":
        return this.#command(callout, from, cause, { verb: "not-ready" });
      case "MakeCall":
      case "DialCanonical":
        return this.#command(callout, from, cause, { verb: "dial", number: callout.number });
      case "Logout":
        return this.#command(callout, from, cause, { verb: "logout" });
      case "CheckStatus":
        return this.#check(callout.place, from);
      case "Unregister":
        return this.#unregister(callout, from);
    }
  }

  async #register(callout: At<"Register">, from: string): Promise<CalloutError | undefined> {
    const { registrations, port } = this.#options;
    const target = await eventTarget(callout, from, this.#eventHosts);
    if (typeof target === "string") return { key: "UnexpectedError", details: target };
    const { agent, extension } = callout;
    const key = placeKey(callout);
    const known = registrations.get(key);
    if (known?.proved !== undefined && !sameHost(known.proved, from)) {
      // Only the password shows that the agent has moved, and not somebody else wants to hear of his calls.
      this.#candidates.set(key, { from, target });
      return undefined;
    }
    port.owe((out) =>
      registrations.put(
        {
          session: undefined,
          proved: undefined,
          queue: undefined,
          ...known,
          agent,
          extension,
          target,
          from,
          since: new Date(port.clock.now()).toISOString(),
        },
        out,
      ),
    );
    port.log("info", `EBS registered: events go to ${target.name}:${target.port}`, agent);
    this.#presence.note(key, from);
    port.wake(key);
    return undefined;
  }

  async #login(callout: At<"Login">, from: string, cause: string): Promise<CalloutError | undefined> {
    const { settings, port } = this.#options;
    const { agent, extension, password } = callout;
    port.addSecret(password);
    const signingIn = port.signIn(
      { agent, extension, password, lease: this.#presence.lease(placeKey(callout), from) },
      { ...this.#once(callout, cause), timeout: signInTime },
    );
    const done = signingIn.then(
      (outcome) => this.#loggedIn(callout, from, outcome),
      (thrown: unknown) => refusedLogin(toCtiError(thrown)),
    );
    const soon = await within(port, settings.loginTimeout, done);
    if (soon !== "late") return soon.error;
    void done.then((late) => {
      if (late !== undefined) this.#sayLater(callout, `Login failed: ${late.details ?? late.key}`, cause);
    });
    return undefined;
  }

  #loggedIn(callout: At<"Login">, from: string, outcome: Outcome): CalloutError | undefined {
    if (outcome.outcome === "refused") return { key: "LoginFailed", details: outcomeWords(outcome) };
    if (outcome.outcome === "unknown") return { key: "UnexpectedError", details: outcome.message };
    const { registrations, port } = this.#options;
    const { agent, extension, queue } = callout;
    const key = placeKey(callout);
    const candidate = this.#candidates.get(key);
    this.#candidates.delete(key);
    const known = registrations.get(key);
    const moved = candidate !== undefined && sameHost(candidate.from, from) ? candidate.target : undefined;
    const status = port.status(agent);
    const session = status?.agent ?? agent;
    if (status !== undefined && status.extension !== extension) {
      this.#presence.end(key, session);
      return atAnotherPhone(callout, status.extension);
    }
    const target = moved ?? (known !== undefined && sameHost(known.from, from) ? known.target : undefined);
    port.owe((out) =>
      registrations.put(
        {
          agent,
          extension,
          target,
          from,
          proved: from,
          session,
          queue,
          since: known?.since ?? new Date(port.clock.now()).toISOString(),
        },
        out,
      ),
    );
    this.#presence.note(key, from);
    port.wake(key);
    if (queue !== undefined) void checkQueue(port, session, queue);
    return undefined;
  }

  async #command(
    callout: At<"Ready" | "NotReady" | "MakeCall" | "DialCanonical" | "Logout" | "Unregister">,
    from: string,
    cause: string,
    command: AgentCommand,
  ): Promise<CalloutError | undefined> {
    const { port } = this.#options;
    const registration = this.#provedBy(callout, from);
    if (registration === undefined) return this.#isOut(callout) ? undefined : notLoggedIn(callout);
    this.#presence.note(placeKey(callout), from);
    const done = port
      .execute(registration.session ?? callout.agent, command, this.#once(callout, cause))
      .then(
        (outcome) => this.#outcome(callout, outcome),
        (thrown: unknown) => troubled(registration, toCtiError(thrown), port),
      );
    const soon = await within(port, answerTime, done);
    if (soon !== "late") return soon.error;
    void done.then((late) => {
      if (late !== undefined)
        this.#sayLater(callout, `${callout.name} failed: ${late.details ?? late.key}`, cause);
    });
    return undefined;
  }

  /** Whoever logs out for the second time, or after Finesse has signed him out, is told that it is so. */
  #isOut(callout: Callout & Place): boolean {
    const { registrations, port } = this.#options;
    const known = registrations.get(callout);
    if (callout.name !== "Logout" || known === undefined || known.proved !== undefined) return false;
    return port.status(known.session ?? callout.agent) === undefined;
  }

  #outcome(callout: Callout & Place, outcome: Outcome): CalloutError | undefined {
    if (outcome.outcome === "refused" && "number" in callout) {
      const calls = this.#options.port.status(outcome.agent)?.calls ?? [];
      return { key: "UnexpectedError", details: notDialled(outcome, calls) };
    }
    if (outcome.outcome === "refused" || outcome.outcome === "unknown")
      return { key: "UnexpectedError", details: outcomeWords(outcome) };
    if (callout.name === "Logout") this.#loggedOut(callout);
    return undefined;
  }

  /** The agent is signed out: nobody acts for him until the next Login. What is owed still goes out. */
  #loggedOut(place: Place): void {
    const { registrations, port } = this.#options;
    const known = registrations.get(place);
    if (known?.proved === undefined) return;
    port.owe((out) => registrations.put({ ...known, proved: undefined }, out));
  }

  async #check(place: Place | undefined, from: string): Promise<CalloutError | undefined> {
    const { registrations, port } = this.#options;
    const mine = registrations
      .all()
      .filter(
        (each) => sameHost(each.from, from) && (place === undefined || placeKey(place) === placeKey(each)),
      );
    const troubles: string[] = [];
    for (const each of mine) {
      const key = placeKey(each);
      this.#presence.note(key, from);
      if (each.proved === undefined) continue;
      const trouble = linkTrouble(each, port);
      if (trouble === undefined) port.wake(key);
      else troubles.push(trouble);
    }
    await Promise.resolve();
    if (troubles.length === 0) return undefined;
    return { key: "UnexpectedError", details: [...new Set(troubles)].slice(0, 3).join("; ") };
  }

  async #unregister(callout: At<"Unregister">, from: string): Promise<CalloutError | undefined> {
    const { registrations, port, calls } = this.#options;
    const key = placeKey(callout);
    const known = registrations.get(key);
    if (known === undefined) return undefined;
    if (!sameHost(known.proved ?? known.from, from)) return notLoggedIn(callout);
    port.owe((out) => {
      calls.release(key, out);
      registrations.remove(key, out);
    });
    this.#presence.end(key, known.session);
    this.#candidates.delete(key);
    // EBS stops to listen when it has its answer.
    await port.drained(key, farewell);
    registrations.forget(key);
    port.log("info", "EBS unregistered", callout.agent);
    return undefined;
  }

  #provedBy(place: Place, from: string): Registration | undefined {
    const known = this.#options.registrations.get(place);
    return known?.proved !== undefined && sameHost(known.proved, from) ? known : undefined;
  }

  #sayLater(place: Place, words: string, cause: string): void {
    const { registrations, port, calls } = this.#options;
    const known = registrations.get(place);
    port.log("warn", words, place.agent);
    if (known !== undefined) port.owe((out) => calls.say(known, "Error", words, out, cause));
  }

  /** Callouts carry no id: each is a new one. */
  #once(callout: Callout & Place, cause: string): CommandOptions {
    const { port } = this.#options;
    return {
      cause,
      idempotencyKey: `ebs:${callout.name}:${port.clock.now().toString(36)}:${port.random().toString(36).slice(2)}`,
    };
  }
}
