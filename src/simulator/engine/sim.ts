import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { SimProfile } from "../contract.ts";
import type { Knobs } from "./control.ts";
import { Consults } from "./consults.ts";
import { CtiLink } from "./cti-link.ts";
import { Desk } from "./desk.ts";
import { Exchange } from "./exchange.ts";
import { Inbound } from "./inbound.ts";
import { Lockout } from "./lockout.ts";
import { Nodes } from "./nodes.ts";
import { Notices } from "./notices.ts";
import { Phone } from "./phone.ts";
import type { Population } from "./population.ts";
import { Presence } from "./presence.ts";
import { Publisher } from "./publisher.ts";
import { Releasing } from "./releasing.ts";
import { World, type Agent } from "./world.ts";

export interface SimOptions {
  /** Names of the Finesse nodes, the primary first. */
  nodes: readonly string[];
  population: Population;
  profile: SimProfile;
  clock: Clock;
  random: Random;
  password: string;
  knobs: Knobs;
}

/** The parts of the engine, put together. */
export class Sim {
  readonly world: World;
  readonly nodes: Nodes;
  readonly publisher: Publisher;
  readonly notices: Notices;
  readonly desk: Desk;
  readonly releasing: Releasing;
  readonly exchange: Exchange;
  readonly consults: Consults;
  readonly inbound: Inbound;
  readonly phone: Phone;
  readonly presence: Presence;
  readonly lockout: Lockout;
  readonly link: CtiLink;
  readonly counts = { requests: 0, refused: 0 };

  constructor(options: SimOptions) {
    const { population, profile, clock, random, knobs, password } = options;
    this.world = new World(population, profile, clock, random, knobs, password);
    this.nodes = new Nodes(options.nodes);
    this.publisher = new Publisher(this.world);
    this.notices = new Notices(this.world, this.nodes, this.publisher);
    this.desk = new Desk(this.world, this.notices);
    this.releasing = new Releasing(this.world, this.notices, this.desk);
    this.exchange = new Exchange(this.world, this.notices, this.desk, this.releasing);
    this.consults = new Consults(this.world, this.notices, this.desk, this.releasing, this.exchange);
    this.inbound = new Inbound(this.world, this.notices, this.desk, this.releasing);
    this.phone = new Phone(this.world, this.exchange);
    this.presence = new Presence(this.world, this.desk, this.nodes);
    this.lockout = new Lockout(this.world);
    this.link = new CtiLink(this.world, this.notices);
    this.desk.onWrapUpOver = (agent) => this.releasing.endAllWrapUp(agent);
    this.desk.onAvailable = (agent) => this.inbound.serve(agent);
    this.desk.onSignOut = (agent) => this.#clearDialogs(agent);
    this.exchange.onRouted = (call, party) => this.inbound.watch(call, party);
    this.exchange.routePoint = (call, number) => this.inbound.routePoint(call, number);
  }

  stop(): void {
    this.publisher.stop();
    this.world.stop();
  }

  /** A signed-out agent is shown no calls; what is on the phone stays there, what only rang for the agent goes elsewhere. */
  #clearDialogs(agent: Agent): void {
    this.releasing.endAllWrapUp(agent);
    for (const { call, party } of this.world.liveAt(agent.extension)) {
      if (party.state === "ALERTING" && party.acd) {
        this.inbound.withdraw(call, party);
        this.inbound.requeue(call);
      } else this.notices.dialogDeleted(call, party);
    }
  }
}
