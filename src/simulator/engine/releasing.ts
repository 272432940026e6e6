import { clearTimers, isLive, setParty, type Call, type Party } from "./call.ts";
import type { Desk } from "./desk.ts";
import type { Echo, Notices } from "./notices.ts";
import type { Agent, World } from "./world.ts";

/** How calls end: parties leaving, the whole call ending, wrap-up beginning and ending (§14). */
export class Releasing {
  constructor(
    readonly world: World,
    readonly notices: Notices,
    readonly desk: Desk,
  ) {}

  /** One party hangs up. With fewer than two left on the line the call is over for all. */
  leave(call: Call, party: Party, echo?: Echo): void {
    const others = call.parties.filter((other) => other !== party && isLive(other));
    if (!call.established) this.#endUnanswered(call, echo);
    else if (others.length < 2) this.#end(call, party, others, echo);
    else this.#leaveOthers(call, party, echo);
  }

  /** Never answered: gone at once, the dialog keeps its last state (captures of §14; DROPPED by the documents, §9). */
  #endUnanswered(call: Call, echo?: Echo): void {
    clearTimers(call);
    const now = this.world.clock.now();
    const parties = [...call.parties];
    for (const party of parties) setParty(party, "DROPPED", now);
    if (this.world.knobs.documentedOrder) call.state = "DROPPED";
    for (const party of parties) this.notices.dialogDeleted(call, party, call.state, echo);
    this.world.removeCall(call);
    for (const party of parties) this.desk.refreshAt(party.address);
  }

  #end(call: Call, leaver: Party, others: Party[], echo?: Echo): void {
    clearTimers(call);
    // Handed on to a queue where it still waited.
    this.world.unqueue(call);
    const now = this.world.clock.now();
    this.#finish(call, leaver, now);
    // The side that did not hang up is still ACTIVE in the first event, as in the captures.
    if (!leaver.device || leaver.state === "WRAP_UP") this.notices.dialogChanged(call, echo);
    if (leaver.state === "WRAP_UP") this.desk.refreshAt(leaver.address);
    for (const other of others) this.#finish(call, other, now);
    const inWrapUp = call.parties.some((party) => party.state === "WRAP_UP");
    if (!inWrapUp) call.state = "DROPPED";
    this.notices.dialogChanged(call, echo);
    for (const party of call.parties)
      if (party.state === "DROPPED") this.notices.dialogDeleted(call, party, "DROPPED", echo);
    const addresses = call.parties.filter((party) => party.device).map((party) => party.address);
    if (!inWrapUp) this.world.removeCall(call);
    for (const address of addresses) this.desk.refreshAt(address);
  }

  /** Out of a conference: the others go on. */
  #leaveOthers(call: Call, party: Party, echo?: Echo): void {
    this.#finish(call, party, this.world.clock.now());
    this.notices.dialogChanged(call, echo);
    if (party.state === "DROPPED") {
      this.notices.dialogDeleted(call, party, "DROPPED", echo);
      this.world.dropParty(call, party);
    }
    this.desk.refreshAt(party.address);
  }

  /** The last state of a party on the line: wrap-up where its agent's settings ask for it, else DROPPED. */
  #finish(call: Call, party: Party, now: number): void {
    const agent = party.device ? this.world.agentAt(party.address) : undefined;
    // Who never answered has nothing to wrap up.
    const talked = party.visible && party.state !== "ALERTING";
    if (agent === undefined || !talked || !this.#wrapsUp(call, party, agent)) {
      setParty(party, "DROPPED", now);
      return;
    }
    this.beginWrapUp(call, party, agent);
  }

  /** The talk is over for this agent, the dialog stays for the paper work. */
  beginWrapUp(call: Call, party: Party, agent: Agent): void {
    const now = this.world.clock.now();
    setParty(party, "WRAP_UP", now);
    const duration = agent.entry.wrapUpTimer * 1000;
    party.wrapUpEnds = now + duration;
    // Not one of the call's own timers: those end with the talk.
    this.world.after(duration, () => {
      if (party.state !== "WRAP_UP") return;
      this.endWrapUp(call, party);
      this.desk.refreshAt(party.address);
    });
  }

  #wrapsUp(call: Call, party: Party, agent: Agent): boolean {
    if (party.incoming) return party.acd && agent.entry.wrapUpOnIncoming !== "NOT_ALLOWED";
    const outside = call.parties.some((other) => other.incoming && !other.device);
    return outside && agent.entry.wrapUpOnOutgoing !== "NOT_ALLOWED";
  }

  wrapsUp(call: Call, party: Party): boolean {
    const agent = party.device ? this.world.agentAt(party.address) : undefined;
    return agent !== undefined && party.visible && this.#wrapsUp(call, party, agent);
  }

  /** DELETE of a wrapped-up dialog; the state of the agent follows by `refreshAt`. */
  endWrapUp(call: Call, party: Party): void {
    setParty(party, "DROPPED", this.world.clock.now());
    party.wrapUpEnds = undefined;
    if (!call.parties.some((other) => other.state === "WRAP_UP" || isLive(other))) call.state = "DROPPED";
    this.notices.dialogDeleted(call, party, "DROPPED");
    if (call.state === "DROPPED") this.world.removeCall(call);
    else this.world.dropParty(call, party);
  }

  /** The call comes back to a phone whose agent has not finished the paper work of its first visit. */
  comesBack(call: Call, address: string): void {
    for (const party of [...call.parties])
      if (party.address === address && party.state === "WRAP_UP") this.endWrapUp(call, party);
  }

  /** All wrap-up of this agent, because a request or sign-out ended it. */
  endAllWrapUp(agent: Agent): void {
    for (const { call, party } of this.world.partiesAt(agent.extension))
      if (party.state === "WRAP_UP") this.endWrapUp(call, party);
  }
}
