import { CtiError } from "../../model/errors.ts";
import type { SimControl } from "../engine/control.ts";
import { ns } from "../xmpp/namespaces.ts";
import type { XmppServer } from "../xmpp/server.ts";
import { type Fault, faults, passing, shared } from "./fault-names.ts";

export { type Fault, faultNamed, faults } from "./fault-names.ts";

/** How a node treats REST requests: `bad-gateway` is the web proxy without Finesse behind it, `silent` never answers. */
export type RestFault = "none" | "bad-gateway" | "silent";

/** How a node treats new notification streams: `refused` with 503; `silent` leaves the connection unanswered. */
export type StreamFault = "none" | "refused" | "silent";

/** What the listeners of one node look at before they serve. */
export class NodeFaults {
  rest: RestFault = "none";
  streams: StreamFault = "none";
}

export interface FaultDetails {
  agent?: string;
  count?: number;
  /** Milliseconds; only for `clock` may it be negative. */
  delay?: number;
  /** Name of the only node this happens to, in any case; default: all. */
  node?: string;
}

export interface FaultyNode {
  address: { name: string };
  xmpp: XmppServer;
  faults: NodeFaults;
}

/** Breaks and mends: the faults of the transports together with those of the engine. */
export class FaultBench {
  readonly #control: SimControl;
  readonly #nodes: readonly FaultyNode[];
  /** Lasting faults, with the names of the nodes they are in force at. */
  readonly #active = new Map<Fault, Set<string>>();
  readonly #ctiDelay: number;
  readonly #clockOffset: number;

  constructor(control: SimControl, nodes: readonly FaultyNode[]) {
    this.#control = control;
    this.#nodes = nodes;
    const { ctiDelay, clockOffset } = control.knobs();
    this.#ctiDelay = ctiDelay;
    this.#clockOffset = clockOffset;
  }

  /** Faults that last and are not healed yet. */
  get active(): Fault[] {
    return [...this.#active.keys()];
  }

  /** Makes `fault` happen. Returns what a person should know of it. */
  fail(fault: Fault, details: FaultDetails = {}): string {
    const nodes = this.#named(details.node);
    if (details.node !== undefined && shared.has(fault))
      throw wrong(`${fault} is of the switch, not of one node`);
    const effect = this.#apply(fault, details, nodes);
    if (!passing.has(fault)) {
      const at = this.#active.get(fault) ?? new Set();
      this.#active.set(fault, at);
      for (const { address } of nodes) at.add(address.name);
    }
    return effect;
  }

  #apply(fault: Fault, details: FaultDetails, nodes: readonly FaultyNode[]): string {
    const { agent, count = 1 } = details;
    const whose = agent === undefined ? "" : ` of ${agent}`;
    const each = (task: (node: FaultyNode) => void): void => nodes.forEach(task);
    const streams = (done: string, act: (xmpp: XmppServer) => number): string =>
      `${counted(
        nodes.reduce((sum, { xmpp }) => sum + act(xmpp), 0),
        "stream",
      )}${whose} ${done}`;
    switch (fault) {
      case "cti":
        if (nodes.length === this.#nodes.length) this.#control.outOfService();
        else each(({ address }) => this.#control.outOfService(address.name));
        break;
      case "tomcat":
        each(({ xmpp, faults }) => {
          faults.rest = "bad-gateway";
          xmpp.setFinessePresence("unavailable");
        });
        break;
      case "notification":
        each(({ xmpp, faults }) => {
          faults.streams = "refused";
          xmpp.kill();
        });
        break;
      case "network":
        each(({ xmpp, faults }) => {
          faults.rest = "silent";
          faults.streams = "silent";
          xmpp.mute(true);
        });
        break;
      case "rest":
        each(({ faults }) => (faults.rest = "silent"));
        break;
      case "mute":
        each(({ xmpp }) => xmpp.mute(true, agent));
        return `streams${whose} are muted`;
      case "stall":
        each(({ xmpp }) => xmpp.stall(agent));
        return `what is sent to streams${whose} is held back`;
      case "drop":
        return streams("cut", (xmpp) => xmpp.kill(agent));
      case "reset":
        return streams("reset", (xmpp) => xmpp.kill(agent, "reset"));
      case "vanish":
        return streams("forgotten", (xmpp) => xmpp.vanish(agent));
      case "presence":
        each(({ xmpp }) => xmpp.setFinessePresence("absent"));
        break;
      case "slow":
        this.#control.knobs({ ctiDelay: duration(details.delay) });
        break;
      case "clock":
        this.#control.knobs({ clockOffset: required(details.delay) });
        break;
      case "lag":
        each(({ xmpp }) => xmpp.delayBy(duration(details.delay)));
        break;
      case "reorder":
        each(({ xmpp }) => xmpp.disorder(duration(details.delay)));
        break;
      case "double":
        each(({ xmpp }) => xmpp.vary({ duplicates: 1 }));
        break;
      case "namespace":
        each(({ xmpp }) => xmpp.vary({ notificationNamespace: ns.push }));
        break;
      case "lowercase":
        each(({ xmpp }) => xmpp.vary({ lowerCaseEvent: true }));
        break;
      case "lose":
        this.#control.loseNextEvent({ agent, count });
        return `the next ${counted(count, "notification")}${whose} will vanish`;
      case "refuse":
        this.#control.failNextRequest({}, { agent, count, delay: details.delay });
        return `the next ${counted(count, "request")}${whose} will be refused late`;
    }
    return faults[fault];
  }

  /** Takes all lasting faults back, at one node or at all. Returns the names of those that are over now. */
  heal(node?: string): Fault[] {
    const nodes = this.#named(node);
    const before = this.active;
    const brokenLinks = [...(this.#active.get("cti") ?? [])];
    for (const each of nodes) {
      each.faults.rest = "none";
      each.faults.streams = "none";
      each.xmpp.heal();
      if (brokenLinks.includes(each.address.name)) this.#control.inService(each.address.name);
      for (const at of this.#active.values()) at.delete(each.address.name);
    }
    for (const [fault, at] of [...this.#active]) if (at.size === 0) this.#active.delete(fault);
    const healed = before.filter((fault) => !this.#active.has(fault));
    if (healed.includes("slow")) this.#control.knobs({ ctiDelay: this.#ctiDelay });
    if (healed.includes("clock")) this.#control.knobs({ clockOffset: this.#clockOffset });
    return healed;
  }

  #named(name: string | undefined): readonly FaultyNode[] {
    if (name === undefined) return this.#nodes;
    const found = this.#nodes.filter(({ address }) => address.name === name.toLowerCase());
    if (found.length > 0) return found;
    const known = this.#nodes.map(({ address }) => address.name).join(", ");
    throw wrong(`there is no node "${name}"`, `nodes: ${known}; cti sim --pair has two`);
  }
}

function duration(delay: number | undefined): number {
  const value = required(delay);
  if (value >= 0) return value;
  throw wrong("the delay must be 0 or more");
}

function required(delay: number | undefined): number {
  if (delay !== undefined) return delay;
  throw wrong("this fault needs a delay in milliseconds", "for example: --delay 3000");
}

function wrong(message: string, hint?: string): CtiError {
  return new CtiError({ code: "input-invalid", message, hint });
}

function counted(count: number, noun: string): string {
  return count === 1 ? (noun === "stream" ? "1 stream" : noun) : `${count} ${noun}s`;
}
