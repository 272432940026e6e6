import { clearTimers, isLive, setParty, type Call, type Party } from "./call.ts";
import type { AsyncError } from "./control.ts";
import type { Desk } from "./desk.ts";
import type { Exchange } from "./exchange.ts";
import { farEndOf } from "./far-end.ts";
import { callFailure, invalidAction } from "./late-errors.ts";
import type { Echo, Notices } from "./notices.ts";
import type { Releasing } from "./releasing.ts";
import type { World } from "./world.ts";

/** Two calls of one agent: consult, transfer, conference (§9 "Consult transfer", §10, §14). */
export class Consults {
  constructor(
    readonly world: World,
    readonly notices: Notices,
    readonly desk: Desk,
    readonly releasing: Releasing,
    readonly exchange: Exchange,
  ) {}

  /** Holds the call and dials a second one that belongs to it. */
  consult(call: Call, party: Party, to: string, echo?: Echo): boolean {
    if (party.state !== "ACTIVE" || this.world.liveAt(party.address).length > 1) return false;
    setParty(party, "HELD", this.world.clock.now());
    this.notices.dialogChanged(call);
    const second = this.exchange.offHook(party.address, echo, {
      callType: "CONSULT",
      consult: { original: call, controller: party.address },
      variables: new Map(call.variables),
    });
    this.exchange.dial(second.call, second.party, to);
    return true;
  }

  /** The other call of this phone that a held call can be joined with: on the line, or a consult still ringing. */
  partner(call: Call, party: Party): { call: Call; party: Party } | undefined {
    if (party.state !== "HELD") return undefined;
    return this.world
      .liveAt(party.address)
      .find(
        (other) =>
          other.call !== call &&
          (other.party.state === "ACTIVE" ||
            (other.call.state === "ALERTING" && other.call.consult?.original === call)),
      );
  }

  /**
   * The held call gets the consulted party, the agent leaves both. The receiver is told the original call before the consult ends, as in the
   * captures (§14), or after it, as documented (§9).
   */
  transfer(call: Call, party: Party, echo?: Echo): boolean {
    const second = this.partner(call, party);
    if (second === undefined) return false;
    const { documentedOrder } = this.world.knobs;
    const moved = this.#others(second);
    const wrapsUp = this.releasing.wrapsUp(call, party);
    this.#nowOfType([call, second.call], "TRANSFER");
    call.secondaryId = second.call.id;
    if (second.call.queue !== undefined) {
      call.queue = second.call.queue;
      call.callKey = second.call.callKey;
    }
    setParty(party, "DROPPED", this.world.clock.now(), "OTHER");
    const arrived = moved.map((one) => this.#join(call, one));
    const post = () => {
      for (const one of arrived) this.notices.dialogPosted(call, one);
    };
    if (documentedOrder) {
      this.#leaveBehind(call, party, wrapsUp, echo);
      this.#dissolve(second.call, echo);
      post();
      this.#tellOthers(call, arrived);
    } else {
      post();
      this.#dissolve(second.call, echo);
      this.#leaveBehind(call, party, wrapsUp, echo);
      // Twice, as captured.
      this.#tellOthers(call);
      this.#tellOthers(call);
    }
    this.#refresh(call);
    this.desk.refreshAt(party.address);
    return true;
  }

  /** All parties in the held call; its agent stays. */
  conference(call: Call, party: Party, echo?: Echo): boolean {
    const second = this.partner(call, party);
    if (second === undefined || second.party.state !== "ACTIVE") return false;
    this.#nowOfType([call], "CONFERENCE");
    call.secondaryId = second.call.id;
    setParty(party, "ACTIVE", this.world.clock.now());
    const arrived = this.#others(second).map((one) => this.#join(call, one));
    for (const one of arrived) this.notices.dialogPosted(call, one);
    this.#dissolve(second.call);
    this.notices.dialogChanged(call, echo);
    this.#refresh(call);
    return true;
  }

  /** TRANSFER_SST: the number rings, or the call waits in the queue behind it, in the place of the agent, who leaves at once. */
  transferBlind(call: Call, party: Party, to: string, echo?: Echo): AsyncError | undefined {
    if (party.state !== "ACTIVE" || this.world.liveAt(party.address).length > 1)
      return invalidAction("TRANSFER_SST", party.address);
    const { extensions, population } = this.world;
    const isExtension = extensions.has(to);
    const isRoutePoint = population.queues.some((queue) => queue.routePoint === to);
    const farEnd = isExtension || isRoutePoint ? "answers" : farEndOf(to);
    if (farEnd === "bad-destination") return callFailure.destination;
    const busy = isExtension ? this.world.liveAt(to).length >= population.busyTrigger : farEnd === "busy";
    if (busy) return callFailure.state;
    this.#nowOfType([call], "TRANSFER");
    const wrapsUp = this.releasing.wrapsUp(call, party);
    setParty(party, "DROPPED", this.world.clock.now(), "OTHER");
    this.#leaveBehind(call, party, wrapsUp, echo);
    // UCCX has a word of its own for what the receiver sees (§8).
    if (isExtension)
      this.exchange.ringDevice(call, to, this.world.profile === "uccx" ? "OFFERED" : undefined);
    else if (isRoutePoint) this.exchange.routePoint(call, to);
    else this.exchange.ringOutside(call, to, farEnd === "answers");
    this.#refresh(call);
    this.desk.refreshAt(party.address);
    return undefined;
  }

  /** All sides see this type from now on. */
  #nowOfType(calls: readonly Call[], callType: string): void {
    for (const call of calls) {
      call.callType = callType;
      for (const party of call.parties) party.callType = undefined;
    }
  }

  #others(second: { call: Call; party: Party }): Party[] {
    return second.call.parties.filter((one) => one !== second.party && isLive(one));
  }

  #join(call: Call, party: Party): Party {
    this.releasing.comesBack(call, party.address);
    const joined = this.world.addParty(call, {
      address: party.address,
      device: party.device,
      state: party.state,
      incoming: true,
      acd: party.acd,
    });
    joined.startTime = party.startTime;
    joined.changeTime = party.changeTime;
    if (joined.state === "ALERTING") {
      if (joined.acd) this.exchange.onRouted(call, joined);
      else if (!joined.device && farEndOf(joined.address) === "answers")
        this.world.later(call, this.world.knobs.farEndAnswerAfter, () =>
          this.exchange.answered(call, joined),
        );
    }
    return joined;
  }

  /** The consult call is gone: all of it DROPPED, OTHER. The agents' states wait until both calls are settled. */
  #dissolve(call: Call, echo?: Echo): void {
    clearTimers(call);
    call.state = "DROPPED";
    const now = this.world.clock.now();
    for (const party of call.parties) setParty(party, "DROPPED", now, "OTHER");
    for (const party of call.parties) this.notices.dialogDeleted(call, party, "DROPPED", echo);
    this.world.removeCall(call);
  }

  /** The agent who hands the call on no longer belongs to it, except for wrap-up. */
  #leaveBehind(call: Call, party: Party, wrapsUp: boolean, echo?: Echo): void {
    const agent = this.world.agentAt(party.address);
    party.left = true;
    if (wrapsUp && agent !== undefined) {
      this.releasing.beginWrapUp(call, party, agent);
      this.notices.dialogTold(call, party, agent, echo);
      return;
    }
    this.notices.dialogDeleted(call, party, "DROPPED", echo);
    this.world.dropParty(call, party);
  }

  /** PUT to those who go on, without the one who left; not to those who know already. */
  #tellOthers(call: Call, knowing: readonly Party[] = []): void {
    for (const party of call.parties) {
      const agent = party.visible && !party.left ? this.world.agentAt(party.address) : undefined;
      if (agent !== undefined && !knowing.includes(party)) this.notices.dialogTold(call, party, agent);
    }
  }

  #refresh(call: Call): void {
    for (const party of call.parties) if (party.device) this.desk.refreshAt(party.address);
  }
}
