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

  /** The held call gets the consulted party, the agent leaves both. */
  transfer(call: Call, party: Party, echo?: Echo): boolean {
    const second = this.partner(call, party);
    if (second === undefined) return false;
    const moved = this.#others(second);
    const wrapsUp = this.releasing.wrapsUp(call, party);
    call.callType = "TRANSFER";
    second.call.callType = "TRANSFER";
    call.secondaryId = second.call.id;
    setParty(party, "DROPPED", this.world.clock.now(), "OTHER");
    const arrived = moved.map((one) => this.#join(call, one));
    for (const one of arrived) this.notices.dialogPosted(call, one);
    this.#dissolve(second.call, echo);
    this.#leaveBehind(call, party, wrapsUp, echo);
    this.#refresh(call);
    this.desk.refreshAt(party.address);
    return true;
  }

  /** All parties in the held call; its agent stays. */
  conference(call: Call, party: Party, echo?: Echo): boolean {
    const second = this.partner(call, party);
    if (second === undefined || second.party.state !== "ACTIVE") return false;
    call.callType = "CONFERENCE";
    call.secondaryId = second.call.id;
    setParty(party, "ACTIVE", this.world.clock.now());
    const arrived = this.#others(second).map((one) => this.#join(call, one));
    for (const one of arrived) this.notices.dialogPosted(call, one);
    this.#dissolve(second.call);
    this.notices.dialogChanged(call, echo);
    this.#refresh(call);
    return true;
  }

  /** TRANSFER_SST: the number rings in the place of the agent, who leaves at once. */
  transferBlind(call: Call, party: Party, to: string, echo?: Echo): AsyncError | undefined {
    if (party.state !== "ACTIVE" || this.world.liveAt(party.address).length > 1)
      return invalidAction("TRANSFER_SST", party.address);
    const isExtension = this.world.extensions.has(to);
    const farEnd = farEndOf(to);
    if (!isExtension && farEnd === "bad-destination") return callFailure.destination;
    const busy = isExtension
      ? this.world.liveAt(to).length >= this.world.population.busyTrigger
      : farEnd === "busy";
    if (busy) return callFailure.state;
    call.callType = "TRANSFER";
    const wrapsUp = this.releasing.wrapsUp(call, party);
    setParty(party, "DROPPED", this.world.clock.now(), "OTHER");
    if (isExtension) this.exchange.ringDevice(call, to);
    else this.exchange.ringOutside(call, to, farEnd === "answers");
    this.#leaveBehind(call, party, wrapsUp, echo);
    this.#refresh(call);
    this.desk.refreshAt(party.address);
    return undefined;
  }

  #others(second: { call: Call; party: Party }): Party[] {
    return second.call.parties.filter((one) => one !== second.party && isLive(one));
  }

  #join(call: Call, party: Party): Party {
    const joined = this.world.addParty(call, {
      address: party.address,
      device: party.device,
      state: party.state,
      incoming: true,
    });
    joined.startTime = party.startTime;
    joined.changeTime = party.changeTime;
    if (joined.state === "ALERTING" && !joined.device && farEndOf(joined.address) === "answers") {
      this.world.later(call, this.world.knobs.farEndAnswerAfter, () => this.exchange.answered(call, joined));
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

  /** The transferring agent no longer belongs to the call, except for wrap-up; the others are told without it (§14). */
  #leaveBehind(call: Call, party: Party, wrapsUp: boolean, echo?: Echo): void {
    const agent = this.world.agentAt(party.address);
    if (wrapsUp && agent !== undefined) {
      this.releasing.beginWrapUp(call, party, agent);
      this.notices.dialogChanged(call, echo);
      return;
    }
    this.notices.dialogDeleted(call, party, "DROPPED", echo);
    this.world.dropParty(call, party);
    this.notices.dialogChanged(call);
  }

  #refresh(call: Call): void {
    for (const party of call.parties) if (party.device) this.desk.refreshAt(party.address);
  }
}
