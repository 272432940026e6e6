import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { SimProfile } from "../contract.ts";
import { signedOut, type AgentStatus, type CallPhase } from "./agent-machine.ts";
import { clearTimers, isLive, partyActions, type Call, type Party } from "./call.ts";
import type { Knobs } from "./control.ts";
import type { AgentEntry, Population, QueueEntry, ReasonCodeEntry } from "./population.ts";

/** One user, signed in or not. */
export interface Agent {
  readonly entry: AgentEntry;
  readonly id: string;
  password: string;
  status: AgentStatus;
  /** Milliseconds since the epoch; undefined until a state was seen. */
  since: number | undefined;
  /** "" when signed out. */
  extension: string;
  mobile: { mode: string; dialNumber: string } | undefined;
  activeDeviceId: string | undefined;
  resources: string[];
  /** Id of the reason of a forced sign-out, until the next sign-in. */
  signedOutWith: string | undefined;
  /** CTI is still busy with an earlier request until then (§3: one queue per object). */
  busyUntil: number;
}

/** A queued customer, first come first served. */
export interface WaitingCall {
  call: Call;
  queue: QueueEntry;
  /** When it came into the queue, in milliseconds since the epoch. */
  since: number;
}

/** The facts: who there is, which calls, at which phones. Changes nothing by itself; the other modules act on it. */
export class World {
  readonly agents = new Map<string, Agent>();
  readonly calls = new Map<string, Call>();
  readonly extensions: Set<string>;
  readonly waiting: WaitingCall[] = [];
  readonly #names = new Map<string, Agent>();
  readonly #signedIn = new Map<string, Agent>();
  readonly #callsAt = new Map<string, Set<Call>>();
  readonly #timers = new Set<() => void>();
  #lastDialogId: number;
  #lastCallKey: number;

  constructor(
    readonly population: Population,
    readonly profile: SimProfile,
    readonly clock: Clock,
    readonly random: Random,
    readonly knobs: Knobs,
    password: string,
  ) {
    this.#lastDialogId = 16_777_216 + Math.floor(random() * 8_000_000);
    this.#lastCallKey = 100 + Math.floor(random() * 900);
    this.extensions = new Set(population.extensions);
    for (const entry of population.agents) {
      const agent: Agent = {
        entry,
        id: entry.id,
        password: entry.password ?? password,
        status: signedOut,
        since: undefined,
        extension: "",
        mobile: undefined,
        activeDeviceId: undefined,
        resources: [],
        signedOutWith: undefined,
        busyUntil: 0,
      };
      this.agents.set(entry.id, agent);
      this.#names.set(entry.loginName.toLowerCase(), agent);
      this.#names.set(entry.id.toLowerCase(), agent);
      this.extensions.add(entry.extension);
    }
  }

  /** By id or login name, in any case. */
  find(name: string): Agent | undefined {
    return this.#names.get(name.toLowerCase());
  }

  remove(agent: Agent): void {
    this.agents.delete(agent.id);
    this.#names.delete(agent.id.toLowerCase());
    this.#names.delete(agent.entry.loginName.toLowerCase());
  }

  /** The agent signed in on this extension. */
  agentAt(address: string): Agent | undefined {
    return this.#signedIn.get(address);
  }

  occupy(agent: Agent, extension: string): void {
    if (agent.extension !== "") this.#signedIn.delete(agent.extension);
    agent.extension = extension;
    if (extension !== "") this.#signedIn.set(extension, agent);
  }

  /** Calls with this phone as a party, also those in wrap-up. */
  callsAt(address: string): Call[] {
    return [...(this.#callsAt.get(address) ?? [])];
  }

  /** This phone's parties, with their calls. */
  partiesAt(address: string): { call: Call; party: Party }[] {
    if (address === "") return [];
    return this.callsAt(address).flatMap((call) =>
      call.parties
        .filter((party) => party.address === address && party.device)
        .map((party) => ({ call, party })),
    );
  }

  liveAt(address: string): { call: Call; party: Party }[] {
    return this.partiesAt(address).filter(({ party }) => isLive(party));
  }

  newDialogId(): string {
    this.#lastDialogId += 1 + Math.floor(this.random() * 9);
    return String(this.#lastDialogId);
  }

  newCall(fields: Pick<Call, "state" | "callType" | "from" | "to"> & Partial<Call>): Call {
    const call: Call = {
      id: fields.id ?? this.newDialogId(),
      dialedNumber: fields.to,
      dnis: "",
      secondaryId: "",
      queue: undefined,
      callKey: undefined,
      variables: new Map(),
      wrapUpReason: undefined,
      dtmf: "",
      parties: [],
      requeues: false,
      established: false,
      consult: undefined,
      timers: new Set(),
      ...fields,
    };
    this.calls.set(call.id, call);
    return call;
  }

  /** Day number and running number, as the router stamps calls. */
  newCallKey(): { prefix: string; callId: string; sequence: number } {
    this.#lastCallKey += 1;
    return {
      prefix: String(152_000 + (Math.floor(this.clock.now() / 86_400_000) % 1000)),
      callId: String(this.#lastCallKey),
      sequence: 1,
    };
  }

  addParty(
    call: Call,
    fields: Pick<Party, "address" | "state" | "incoming"> &
      Partial<Pick<Party, "device" | "acd" | "callType">>,
  ): Party {
    const now = this.clock.now();
    const party: Party = {
      device: false,
      acd: false,
      cause: "",
      startTime: now,
      changeTime: now,
      visible: false,
      shownActions: "",
      callType: undefined,
      left: false,
      wrapUpEnds: undefined,
      ...fields,
    };
    call.parties.push(party);
    if (party.device) {
      const calls = this.#callsAt.get(party.address) ?? new Set();
      this.#callsAt.set(party.address, calls.add(call));
    }
    return party;
  }

  dropParty(call: Call, party: Party): void {
    call.parties = call.parties.filter((other) => other !== party);
    if (!call.parties.some((other) => other.address === party.address)) this.#unlist(party.address, call);
  }

  /** Forgets the call. */
  removeCall(call: Call): void {
    clearTimers(call);
    this.calls.delete(call.id);
    for (const party of call.parties) this.#unlist(party.address, call);
    this.unqueue(call);
  }

  /** The call no longer waits for an agent. */
  unqueue(call: Call): void {
    const at = this.waiting.findIndex((entry) => entry.call === call);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Runs `task` after `delay` milliseconds unless cancelled or the simulator stops. */
  after(delay: number, task: () => void): () => void {
    const stop = this.clock.after(delay, () => {
      this.#timers.delete(stop);
      task();
    });
    this.#timers.add(stop);
    return () => {
      this.#timers.delete(stop);
      stop();
    };
  }

  /** As `after`, but gone when the call's timers are cleared. */
  later(call: Call, delay: number, task: () => void): void {
    const cancel = this.after(delay, () => {
      call.timers.delete(cancel);
      task();
    });
    call.timers.add(cancel);
  }

  stop(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }

  actionsOf(call: Call, party: Party): string[] {
    const others = party.device ? this.partiesAt(party.address).filter((other) => other.call !== call) : [];
    return partyActions(call, party, {
      talking: others.some(
        (other) =>
          other.party.state === "ACTIVE" ||
          (other.call.consult?.original === call && other.call.state === "ALERTING"),
      ),
      held: others.some((other) => other.party.state === "HELD"),
    });
  }

  /** What the calls at this phone amount to for its agent (§6). */
  phaseAt(address: string): CallPhase {
    const parties = this.partiesAt(address).map((entry) => entry.party);
    const first = (...states: Party["state"][]) => parties.find((party) => states.includes(party.state));
    const talking = first("ACTIVE", "INITIATING", "INITIATED", "FAILED");
    if (talking !== undefined) return { kind: "talking", acd: talking.acd };
    const held = first("HELD");
    if (held !== undefined) return { kind: "held", acd: held.acd };
    if (parties.some((party) => party.state === "ALERTING" && party.acd))
      return { kind: "reserved", acd: true };
    const wrapUp = first("WRAP_UP");
    return wrapUp !== undefined ? { kind: "wrap-up", acd: wrapUp.acd } : { kind: "idle", acd: false };
  }

  /** Id of a system reason code (§7), "-1" when the population lacks it. */
  systemReason(category: ReasonCodeEntry["category"], code: number): string {
    return (
      this.population.reasonCodes.find((entry) => entry.category === category && entry.code === code)?.id ??
      "-1"
    );
  }

  reasonCode(id: string | undefined): ReasonCodeEntry | undefined {
    return id === undefined ? undefined : this.population.reasonCodes.find((entry) => entry.id === id);
  }

  team(id: string): { id: string; name: string } {
    return this.population.teams.find((team) => team.id === id) ?? { id, name: id };
  }

  supervises(supervisor: Agent, agent: Agent): boolean {
    return supervisor.entry.supervises?.includes(agent.entry.team) === true;
  }

  #unlist(address: string, call: Call): void {
    const calls = this.#callsAt.get(address);
    calls?.delete(call);
    if (calls?.size === 0) this.#callsAt.delete(address);
  }
}
