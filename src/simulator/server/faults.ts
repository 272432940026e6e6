import { CtiError } from "../../model/errors.ts";
import type { SimControl } from "../engine/control.ts";
import type { XmppServer } from "../xmpp/server.ts";

/** How a node treats REST requests: `bad-gateway` is the web proxy without Finesse behind it, `silent` never answers. */
export type RestFault = "none" | "bad-gateway" | "silent";

/** How a node treats new notification streams: `refused` with 503; `silent` leaves the connection unanswered. */
export type StreamFault = "none" | "refused" | "silent";

/** What the listeners of one node look at before they serve. */
export class NodeFaults {
  rest: RestFault = "none";
  streams: StreamFault = "none";
}

/** One line each: `cti sim fail --help` and wrong names print them. */
export const faults = {
  cti: "the link to CTI breaks: REST answers 503, SystemInfo goes OUT_OF_SERVICE",
  tomcat: "Finesse's web application is down: REST answers 502, finesse@ goes unavailable",
  notification: "the notification service is down: streams are cut, new ones refused",
  network: "nothing answers any more, nothing is closed: REST hangs, streams are silent",
  rest: "REST accepts requests and never answers",
  mute: "streams accept everything and answer nothing (half-open); --agent for one user",
  drop: "cuts streams without a close frame, once; --agent for one user",
  presence: "finesse@ is never announced to new streams",
  slow: "the switch acts --delay milliseconds after the 202",
  lag: "notifications arrive --delay milliseconds late",
  lose: "the next --count notifications vanish; --agent for one user's",
  refuse: "the next --count requests are refused late, by the switch; --agent for one user's",
} as const satisfies Record<string, string>;

export type Fault = keyof typeof faults;

export interface FaultDetails {
  agent?: string;
  count?: number;
  /** Milliseconds. */
  delay?: number;
}

interface Node {
  xmpp: XmppServer;
  faults: NodeFaults;
}

/** Breaks and mends: the faults of the transports together with those of the engine. */
export class FaultBench {
  readonly #control: SimControl;
  readonly #nodes: readonly Node[];
  readonly #active = new Set<Fault>();
  readonly #ctiDelay: number;

  constructor(control: SimControl, nodes: readonly Node[]) {
    this.#control = control;
    this.#nodes = nodes;
    this.#ctiDelay = control.knobs().ctiDelay;
  }

  /** Faults that last and are not healed yet. */
  get active(): Fault[] {
    return [...this.#active];
  }

  /** Makes `fault` happen. Returns what a person should know of it. */
  fail(fault: Fault, details: FaultDetails = {}): string {
    const effect = this.#apply(fault, details);
    if (fault !== "drop" && fault !== "lose" && fault !== "refuse") this.#active.add(fault);
    return effect;
  }

  #apply(fault: Fault, details: FaultDetails): string {
    const { agent, count = 1 } = details;
    const whose = agent === undefined ? "" : ` of ${agent}`;
    switch (fault) {
      case "cti":
        this.#control.outOfService();
        break;
      case "tomcat":
        this.#each(({ xmpp, faults }) => {
          faults.rest = "bad-gateway";
          xmpp.setFinessePresence("unavailable");
        });
        break;
      case "notification":
        this.#each(({ xmpp, faults }) => {
          faults.streams = "refused";
          xmpp.kill();
        });
        break;
      case "network":
        this.#each(({ xmpp, faults }) => {
          faults.rest = "silent";
          faults.streams = "silent";
          xmpp.mute(true);
        });
        break;
      case "rest":
        this.#each(({ faults }) => (faults.rest = "silent"));
        break;
      case "mute":
        this.#each(({ xmpp }) => xmpp.mute(true, agent));
        return `streams${whose} are muted`;
      case "drop": {
        const cut = this.#nodes.reduce((sum, { xmpp }) => sum + xmpp.kill(agent), 0);
        return `${cut} stream${cut === 1 ? "" : "s"}${whose} cut`;
      }
      case "presence":
        this.#each(({ xmpp }) => xmpp.setFinessePresence("absent"));
        break;
      case "slow":
        this.#control.knobs({ ctiDelay: required(details.delay) });
        break;
      case "lag":
        this.#each(({ xmpp }) => xmpp.delayBy(required(details.delay)));
        break;
      case "lose":
        this.#control.loseNextEvent({ agent, count });
        return `the next ${counted(count, "notification")}${whose} will vanish`;
      case "refuse":
        this.#control.failNextRequest({}, { agent, count });
        return `the next ${counted(count, "request")}${whose} will be refused late`;
    }
    return faults[fault];
  }

  /** Takes all lasting faults back. Returns their names. */
  heal(): Fault[] {
    const healed = this.active;
    this.#active.clear();
    this.#each(({ xmpp, faults }) => {
      faults.rest = "none";
      faults.streams = "none";
      xmpp.heal();
    });
    if (healed.includes("cti")) this.#control.inService();
    if (healed.includes("slow")) this.#control.knobs({ ctiDelay: this.#ctiDelay });
    return healed;
  }

  #each(task: (node: Node) => void): void {
    this.#nodes.forEach(task);
  }
}

/** Names the faults when `name` is none of them. */
export function faultNamed(name: string): Fault {
  if (isFault(name)) return name;
  throw new CtiError({
    code: "input-invalid",
    message: `there is no fault "${name}"`,
    hint: `one of: ${Object.keys(faults).join(", ")}`,
  });
}

function isFault(name: string): name is Fault {
  return Object.hasOwn(faults, name);
}

function required(delay: number | undefined): number {
  if (delay !== undefined) return delay;
  throw new CtiError({
    code: "input-invalid",
    message: "this fault needs a delay in milliseconds",
    hint: "for example: --delay 3000",
  });
}

function counted(count: number, noun: string): string {
  return count === 1 ? noun : `${count} ${noun}s`;
}
