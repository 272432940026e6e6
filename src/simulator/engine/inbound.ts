import { CtiError } from "../../model/errors.ts";
import { clearTimers, setParty, type Call, type Party } from "./call.ts";
import type { CallPlaced, CallRequest } from "./control.ts";
import { standardVariables } from "./call-variables.ts";
import type { Desk } from "./desk.ts";
import type { Notices } from "./notices.ts";
import type { QueueEntry } from "./population.ts";
import type { Releasing } from "./releasing.ts";
import type { Agent, World } from "./world.ts";

/** Customers' calls: into queues, to the longest-available agent, unanswered and abandoned (§14). */
export class Inbound {
  constructor(
    readonly world: World,
    readonly notices: Notices,
    readonly desk: Desk,
    readonly releasing: Releasing,
  ) {}

  place(request: CallRequest): CallPlaced {
    if (request.from === "") throw wrong("A call needs the number it comes from.");
    const agent = request.agent === undefined ? undefined : this.#agent(request.agent);
    if (agent === undefined && request.queue === undefined) throw wrong("Name an agent or a queue to call.");
    if (request.kind === "direct") {
      if (agent === undefined) throw wrong("A direct call goes to an agent, not to a queue.");
      return this.#direct(request, agent);
    }
    const queue = request.queue === undefined ? this.#queueOf(agent) : this.#queue(request.queue);
    if (agent !== undefined && !this.desk.isAvailable(agent)) {
      throw wrong(
        `Agent ${agent.id} is ${agent.status.state}: a routed call only reaches a READY agent.`,
        "Make the agent ready first, call a queue (the call then waits), or place a direct call.",
      );
    }
    const call = this.#routedCall(request, queue);
    if (agent !== undefined) return this.#deliver(call, agent);
    const free = queue === undefined ? undefined : this.#longestAvailable(queue);
    if (free !== undefined) return this.#deliver(call, free);
    if (queue !== undefined) this.world.waiting.push({ call, queue, since: this.world.clock.now() });
    return { dialogId: call.id, agent: undefined, state: "queued" };
  }

  /** An agent became READY: the longest-waiting call of the team's queues goes there. */
  serve(agent: Agent): void {
    if (!this.desk.isAvailable(agent)) return;
    const at = this.world.waiting.findIndex(({ queue }) => queue.teams.includes(agent.entry.team));
    const next = at < 0 ? undefined : this.world.waiting.splice(at, 1)[0];
    if (next !== undefined) this.#deliver(next.call, agent);
  }

  /** A number an agent dialled or handed the call on to, if it is a queue's route point: the call is routed on from there. */
  routePoint(call: Call, number: string): boolean {
    const queue = this.world.population.queues.find((entry) => entry.routePoint === number);
    if (queue === undefined) return false;
    call.queue = queue;
    call.callKey =
      call.callKey === undefined
        ? this.world.newCallKey()
        : { ...call.callKey, sequence: call.callKey.sequence + 1 };
    if (call.consult === undefined && !call.established) call.callType = this.#routedType;
    const free = this.#longestAvailable(queue);
    if (free !== undefined) this.#deliver(call, free);
    else this.world.waiting.push({ call, queue, since: this.world.clock.now() });
    return true;
  }

  /** Ends the ringing of a routed call when nobody answers. */
  watch(call: Call, party: Party): void {
    const agent = this.world.agentAt(party.address);
    if (agent === undefined) return;
    this.world.later(call, this.world.knobs.ringTimeout, () => this.#unanswered(call, party, agent));
  }

  #direct(request: CallRequest, agent: Agent): CallPlaced {
    const extension = agent.extension === "" ? agent.entry.extension : agent.extension;
    if (this.world.liveAt(extension).length >= this.world.population.busyTrigger)
      throw wrong(`The phone ${extension} of agent ${agent.id} is busy.`);
    const call = this.world.newCall({
      state: "ALERTING",
      callType: "OTHER_IN",
      from: request.from,
      to: request.to ?? extension,
      dnis: extension,
      variables: new Map(Object.entries(request.variables ?? {})),
    });
    this.world.addParty(call, { address: request.from, state: "INITIATED", incoming: false });
    const party = this.world.addParty(call, {
      address: extension,
      device: true,
      state: "ALERTING",
      incoming: true,
    });
    this.notices.dialogPosted(call, party);
    return { dialogId: call.id, agent: agent.id, state: "ringing" };
  }

  #routedCall(request: CallRequest, queue: QueueEntry | undefined): Call {
    const to = request.to ?? queue?.routePoint ?? "811000";
    const call = this.world.newCall({
      state: "ALERTING",
      callType: this.#routedType,
      from: request.from,
      to,
      queue,
      callKey: this.world.newCallKey(),
      requeues: request.agent === undefined,
    });
    const standard =
      request.bare === true
        ? new Map<string, string>()
        : standardVariables(this.world.random, request.from, this.world.population.eccVariables);
    call.variables = new Map([...standard, ...Object.entries(request.variables ?? {})]);
    this.world.addParty(call, { address: request.from, state: "INITIATED", incoming: false });
    return call;
  }

  /** RESERVED at once, the dialog a moment later, ring-no-answer in the end. */
  #deliver(call: Call, agent: Agent): CallPlaced {
    const { deliverAfter, ringTimeout } = this.world.knobs;
    this.releasing.comesBack(call, agent.extension);
    const consulted = call.consult !== undefined;
    const party = this.world.addParty(call, {
      address: agent.extension,
      device: true,
      state: "ALERTING",
      incoming: true,
      acd: true,
      // Through a route point the called side of a consult sees a routed call, which keeps the route point as DNIS (§8).
      callType: consulted ? this.#routedType : undefined,
    });
    if (!consulted) call.dnis = agent.extension;
    this.desk.refreshAt(agent.extension);
    this.world.later(call, deliverAfter, () => {
      if (!call.established) call.state = "ALERTING";
      this.notices.dialogChanged(call);
      this.notices.dialogPosted(call, party);
      this.#refresh(call);
    });
    this.world.later(call, deliverAfter + ringTimeout, () => this.#unanswered(call, party, agent));
    return { dialogId: call.id, agent: agent.id, state: "ringing" };
  }

  #unanswered(call: Call, party: Party, agent: Agent): void {
    this.withdraw(call, party);
    this.desk.notAnswered(agent);
    this.requeue(call);
  }

  /** Takes a ringing routed call away from the agent; the caller stays. */
  withdraw(call: Call, party: Party): void {
    clearTimers(call);
    setParty(party, "DROPPED", this.world.clock.now());
    this.notices.dialogDeleted(call, party);
    this.world.dropParty(call, party);
    // Who dialled into the queue sees that it no longer rings.
    if (call.established || call.parties.some((other) => other.state === "ALERTING")) return;
    call.state = "INITIATED";
    this.notices.dialogChanged(call);
    this.#refresh(call);
  }

  /** Redirection on no answer: the next agent sees a new dialog of the same call key; a call meant for one agent is lost. */
  requeue(call: Call): void {
    const { queue } = call;
    // An agent's own call into a queue keeps its dialog: the caller is watching it. So does one that was handed on.
    const stays = call.parties[0]?.device === true || call.established;
    if (queue === undefined || (!call.requeues && !stays)) {
      this.world.removeCall(call);
      return;
    }
    let next = call;
    if (!stays) {
      this.world.removeCall(call);
      next = this.world.newCall({ ...call, id: this.world.newDialogId(), parties: [], timers: new Set() });
      if (next.callKey !== undefined) next.callKey = { ...next.callKey, sequence: next.callKey.sequence + 1 };
      this.world.addParty(next, { address: call.from, state: "INITIATED", incoming: false });
    }
    const free = this.#longestAvailable(queue);
    if (free !== undefined) this.#deliver(next, free);
    else this.world.waiting.unshift({ call: next, queue, since: this.world.clock.now() });
  }

  get #routedType(): string {
    return this.world.profile === "uccx" ? "ACD_IN" : "PREROUTE_ACD_IN";
  }

  #refresh(call: Call): void {
    for (const party of call.parties) if (party.device) this.desk.refreshAt(party.address);
  }

  #longestAvailable(queue: QueueEntry): Agent | undefined {
    let best: Agent | undefined;
    for (const agent of this.world.agents.values()) {
      if (agent.status.state !== "READY" || !queue.teams.includes(agent.entry.team)) continue;
      if (!this.desk.isAvailable(agent)) continue;
      if (best === undefined || (agent.since ?? 0) < (best.since ?? 0)) best = agent;
    }
    return best;
  }

  #agent(name: string): Agent {
    const agent = this.world.find(name);
    if (agent === undefined) throw wrong(`There is no agent ${name}.`);
    return agent;
  }

  #queue(name: string): QueueEntry {
    const queue = this.world.population.queues.find((entry) => entry.name === name || entry.number === name);
    if (queue === undefined) {
      const known = this.world.population.queues.map((entry) => entry.name).join(", ");
      throw wrong(`There is no queue ${name}.`, `Queues: ${known}`);
    }
    return queue;
  }

  #queueOf(agent: Agent | undefined): QueueEntry | undefined {
    return agent && this.world.population.queues.find((queue) => queue.teams.includes(agent.entry.team));
  }
}

function wrong(message: string, hint?: string): CtiError {
  return new CtiError({ code: "input-invalid", message, ...(hint !== undefined && { hint }) });
}
