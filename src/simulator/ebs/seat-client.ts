import type { Clock } from "../../platform/clock.ts";
import { type CalloutArguments, type CalloutName, calloutTarget, maskedTarget } from "./callouts.ts";
import { sendCallout } from "./caller.ts";
import type { CalloutRecord, CalloutResult, Problem, Seat, SeatState } from "./contract.ts";
import type { EventListener } from "./listener.ts";

export interface SeatOptions {
  seat: Seat;
  listener: EventListener;
  /** The third-party URL. */
  url: string;
  password: string;
  queue: string;
  clock: Clock;
  /** Aborted when EBS is closed: nothing is waited for any more. */
  ended: AbortSignal;
}

/** One agent's UWQ client: its listener, what it knows of itself, and the callouts it sends. */
export class SeatClient {
  readonly seat: Seat;
  readonly listener: EventListener;
  readonly #options: SeatOptions;
  registered = false;
  /** It has been, at some time. */
  wasRegistered = false;
  loggedIn = false;
  ready = false;
  link: SeatState["link"] = "unknown";
  telephony = true;

  constructor(options: SeatOptions) {
    this.#options = options;
    this.seat = options.seat;
    this.listener = options.listener;
  }

  state(): SeatState {
    const { registered, loggedIn, ready, link, telephony } = this;
    return { ...this.seat, listener: this.listener.url, registered, loggedIn, ready, link, telephony };
  }

  /** Sends it and learns from the reply. Never throws. */
  async callout(
    name: CalloutName,
    given: CalloutArguments,
  ): Promise<{ record: CalloutRecord; problems: Problem[] }> {
    const { seat, listener, url, password, queue, clock, ended } = this.#options;
    const facts = { ...seat, ipAddress: "127.0.0.1", port: listener.port, password, queue };
    const target = calloutTarget(name, facts, given);
    const at = new Date(clock.now()).toISOString();
    const before = this.registered;
    // Events may come before the reply does.
    if (name === "Register") this.registered = this.wasRegistered = true;
    const { result, problems } = await sendCallout(url, target, { clock, ended });
    if (name === "Register" && !before && !mayHaveBeenDone(result)) this.registered = false;
    if (result.outcome === "ok") this.#done(name);
    const record = { at, agent: seat.agent, callout: name, target: maskedTarget(target), result };
    return { record, problems };
  }

  #done(name: CalloutName): void {
    switch (name) {
      case "Login":
        this.loggedIn = true;
        return;
      case "Ready":
      case "NotReady":
        this.ready = name === "Ready";
        return;
      case "Unregister":
        this.registered = false;
        this.loggedIn = this.ready = false;
        return;
      case "Logout":
        this.loggedIn = this.ready = false;
        return;
      default:
    }
  }
}

/** Without a reply, or with one that cannot be read, the other end may hold the seat registered. */
function mayHaveBeenDone(result: CalloutResult): boolean {
  return (
    result.outcome === "ok" ||
    (result.outcome === "fault" && (result.fault === "timeout" || result.fault === "not-xml"))
  );
}
