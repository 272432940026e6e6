import { clearTimers, isLive, setParty, type Call, type Party } from "./call.ts";
import type { Desk } from "./desk.ts";
import { farEndOf } from "./far-end.ts";
import type { Echo, Notices } from "./notices.ts";
import type { Releasing } from "./releasing.ts";
import type { World } from "./world.ts";

/** Most calls on one phone: one on the line, one held (Cisco's "maximum number of calls: 2"). */
const maximumCalls = 2;

/** The switch: what phones can do with calls. REST requests and hands on a phone come to the same methods. */
export class Exchange {
  /** A dialled number that leads into a queue; returns false when it does not. */
  routePoint: (call: Call, number: string) => boolean = () => false;
  /** A routed call rings at a phone by another way than from its queue: it must not ring for ever. */
  onRouted: (call: Call, party: Party) => void = () => {};

  constructor(
    readonly world: World,
    readonly notices: Notices,
    readonly desk: Desk,
    readonly releasing: Releasing,
  ) {}

  /** Whether the phone can start one more call: nothing ringing or on the line, at most one held. */
  mayStart(address: string): boolean {
    const live = this.world.liveAt(address);
    return live.length < maximumCalls && live.every(({ party }) => party.state === "HELD");
  }

  /** Lifts the handset: user TALKING, then a dialog without a destination (§14). */
  offHook(address: string, echo?: Echo, fields: Partial<Call> = {}): { call: Call; party: Party } {
    const call = this.world.newCall({
      state: "INITIATING",
      callType: "AGENT_INSIDE",
      from: address,
      to: "",
      ...fields,
    });
    const party = this.world.addParty(call, { address, device: true, state: "INITIATING", incoming: false });
    this.desk.refreshAt(address);
    this.notices.dialogPosted(call, party, echo);
    return { call, party };
  }

  /** Dials on a lifted handset; dialling, ringing and the far end's answer follow by the clock. */
  dial(call: Call, party: Party, number: string): void {
    const { dialAfter, farEndRingAfter } = this.world.knobs;
    this.world.later(call, dialAfter, () => {
      call.state = "INITIATED";
      setParty(party, "INITIATED", this.world.clock.now());
      call.to = number;
      call.dialedNumber = number;
      call.dnis = number;
      if (call.callType === "AGENT_INSIDE" && !this.world.extensions.has(number)) call.callType = "OUT";
      this.notices.dialogChanged(call);
      this.world.later(call, farEndRingAfter, () => this.#reach(call, party, number));
    });
  }

  /** The dialled number is reached, or not. */
  #reach(call: Call, caller: Party, number: string): void {
    if (this.world.extensions.has(number)) {
      const busy = this.world.liveAt(number).length >= this.world.population.busyTrigger;
      if (busy) this.fail(call, caller, "BUSY");
      else
        this.ringDevice(
          call,
          number,
          call.consult === undefined || this.world.profile === "uccx" ? undefined : "CONSULT_OFFERED",
        );
      return;
    }
    if (this.routePoint(call, number)) return;
    const farEnd = farEndOf(number);
    if (farEnd === "busy") this.fail(call, caller, "BUSY");
    else if (farEnd === "bad-destination") this.fail(call, caller, "BAD_DESTINATION");
    else this.ringOutside(call, number, farEnd === "answers");
  }

  /** A phone of the switch rings. */
  ringDevice(call: Call, address: string, callType?: string): Party {
    this.releasing.comesBack(call, address);
    const party = this.world.addParty(call, {
      address,
      device: true,
      state: "ALERTING",
      incoming: true,
      callType,
    });
    if (!call.established) call.state = "ALERTING";
    this.notices.dialogChanged(call);
    this.notices.dialogPosted(call, party);
    this.#refreshAll(call);
    return party;
  }

  ringOutside(call: Call, number: string, answers: boolean): Party {
    const party = this.world.addParty(call, { address: number, state: "ALERTING", incoming: true });
    if (!call.established) call.state = "ALERTING";
    this.notices.dialogChanged(call);
    this.#refreshAll(call);
    if (answers) this.world.later(call, this.world.knobs.farEndAnswerAfter, () => this.answered(call, party));
    return party;
  }

  fail(call: Call, caller: Party, cause: "BUSY" | "BAD_DESTINATION" | "OTHER"): void {
    clearTimers(call);
    call.state = "FAILED";
    setParty(caller, "FAILED", this.world.clock.now(), cause);
    this.notices.dialogChanged(call);
  }

  /** A ringing party answers: its agent TALKING first, then the dialog ACTIVE (§14). */
  answered(call: Call, party: Party, echo?: Echo): void {
    clearTimers(call);
    const now = this.world.clock.now();
    setParty(party, "ACTIVE", now);
    for (const other of call.parties)
      if (other.state === "INITIATED" || other.state === "INITIATING") setParty(other, "ACTIVE", now);
    call.state = "ACTIVE";
    call.established = true;
    if (party.device) this.desk.refreshAt(party.address, call);
    this.notices.dialogChanged(call, echo);
    // A hand can be quicker than CTI: the dialog is ACTIVE when it is first told.
    if (!party.visible) this.notices.dialogPosted(call, party, echo);
    for (const other of call.parties) if (other !== party) this.desk.refreshAt(other.address);
  }

  /** ANSWER at a phone; a call on the line there is put on hold first, as the phone does. */
  answer(call: Call, party: Party, echo?: Echo): boolean {
    if (party.state !== "ALERTING") return false;
    this.#holdOthers(call, party);
    this.answered(call, party, echo);
    return true;
  }

  hold(call: Call, party: Party, echo?: Echo): boolean {
    if (party.state !== "ACTIVE") return false;
    setParty(party, "HELD", this.world.clock.now());
    this.notices.dialogChanged(call, echo);
    this.desk.refreshAt(party.address);
    return true;
  }

  retrieve(call: Call, party: Party, echo?: Echo): boolean {
    if (party.state !== "HELD") return false;
    this.#holdOthers(call, party);
    setParty(party, "ACTIVE", this.world.clock.now());
    this.notices.dialogChanged(call, echo);
    this.desk.refreshAt(party.address);
    return true;
  }

  drop(call: Call, party: Party, echo?: Echo): boolean {
    if (!isLive(party) || (party.state === "ALERTING" && party.incoming)) return false;
    this.releasing.leave(call, party, echo);
    return true;
  }

  #holdOthers(call: Call, party: Party): void {
    for (const other of this.world.liveAt(party.address)) {
      if (other.call === call || other.party.state !== "ACTIVE") continue;
      setParty(other.party, "HELD", this.world.clock.now());
      this.notices.dialogChanged(other.call);
    }
  }

  #refreshAll(call: Call): void {
    for (const party of call.parties) if (party.device) this.desk.refreshAt(party.address);
  }
}
