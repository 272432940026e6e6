import { transition, type AgentEvent, type AgentRefusal, type AgentStatus } from "./agent-machine.ts";
import { isLive, type Call } from "./call.ts";
import type { AsyncError } from "./control.ts";
import { lateState, lateUccxAcd, lateUccxNonAcd, lateLogin } from "./late-errors.ts";
import type { Echo, Notices } from "./notices.ts";
import type { Agent, World } from "./world.ts";

export interface SignIn {
  extension: string;
  mobile?: { mode: string; dialNumber: string };
  activeDeviceId?: string;
}

/** Agents and their states: runs the state machine, publishes what changed, and tells the other parts what follows from it. */
export class Desk {
  /** A request ended the agent's wrap-up: clear the dialogs away. */
  onWrapUpOver: (agent: Agent) => void = () => {};
  /** The agent became READY with nothing at the phone. */
  onAvailable: (agent: Agent) => void = () => {};
  /** The agent is about to be signed out; the extension is still known. */
  onSignOut: (agent: Agent) => void = () => {};

  constructor(
    readonly world: World,
    readonly notices: Notices,
  ) {}

  /** LOGIN; forced sign-in keeps extension and state (§5). */
  signIn(agent: Agent, request: SignIn, echo?: Echo): AsyncError | undefined {
    if (agent.status.state !== "LOGOUT") {
      this.#apply(agent, { type: "sign-in" }, echo);
      return undefined;
    }
    if (request.mobile !== undefined && agent.entry.mobile !== true) return lateLogin.modeNotAllowed;
    if (!this.world.extensions.has(request.extension)) return lateLogin.unknownDevice;
    const holder = this.world.agentAt(request.extension);
    if (holder !== undefined) {
      if (this.world.profile === "ucce") return lateLogin.deviceBusy;
      // UCCX: the one who had the extension is signed out (§16).
      this.force(holder, "LOGOUT", this.world.systemReason("LOGOUT", 32_741));
    }
    this.world.occupy(agent, request.extension);
    agent.signedOutWith = undefined;
    agent.mobile = request.mobile;
    agent.activeDeviceId = request.activeDeviceId;
    this.#apply(agent, { type: "sign-in" }, echo);
    for (const { call, party } of this.world.liveAt(request.extension))
      this.notices.dialogPosted(call, party);
    return undefined;
  }

  /** READY, NOT_READY, LOGOUT as the agent asked. `now` says whether Finesse itself would refuse at once. */
  wouldRefuse(agent: Agent, state: "READY" | "NOT_READY" | "LOGOUT"): boolean {
    const step = transition(
      agent.status,
      { type: "ask", state, reason: "-1" },
      this.world.phaseAt(agent.extension),
      this.world.profile,
    );
    return step.refused === "invalid-state";
  }

  ask(
    agent: Agent,
    state: "READY" | "NOT_READY" | "LOGOUT",
    reason: string,
    echo?: Echo,
  ): AsyncError | undefined {
    return late(this.#apply(agent, { type: "ask", state, reason }, echo));
  }

  /** The system, a supervisor or the switch decides; nothing happens to a signed-out agent. */
  force(agent: Agent, state: "READY" | "NOT_READY" | "LOGOUT", reason = "-1", echo?: Echo): void {
    if (state === "LOGOUT" && agent.status.state !== "LOGOUT") agent.signedOutWith = reason;
    this.#apply(agent, { type: "force", state, reason }, echo);
  }

  /** Ring no answer (§6): NOT_READY with 32767, on UCCX 32763. */
  notAnswered(agent: Agent): void {
    const code = this.world.profile === "ucce" ? 32_767 : 32_763;
    this.#apply(agent, { type: "not-answered", reason: this.world.systemReason("NOT_READY", code) });
  }

  /**
   * The calls at this phone changed: the agent's state follows, and so do the actions of the other calls. `told` is a call whose
   * own event is still to come.
   */
  refreshAt(address: string, told?: Call): void {
    const agent = this.world.agentAt(address);
    if (agent === undefined) return;
    this.#apply(agent, { type: "calls" });
    for (const { call, party } of this.world.partiesAt(address)) {
      if (
        call !== told &&
        party.visible &&
        party.shownActions !== this.world.actionsOf(call, party).join(" ")
      )
        this.notices.dialogChanged(call);
    }
  }

  #apply(agent: Agent, event: AgentEvent, echo?: Echo): AgentRefusal | undefined {
    const phase = this.world.phaseAt(agent.extension);
    const step = transition(agent.status, event, phase, this.world.profile);
    if (step.refused !== undefined) return step.refused;
    if (step.endsWrapUp === true) {
      agent.status = step.status;
      this.onWrapUpOver(agent);
      this.#apply(agent, { type: "calls" }, echo);
      return undefined;
    }
    // Everything asked for is answered by an event, even when it changes nothing; that calls changed only when it shows.
    this.#become(agent, step.status, echo, event.type !== "calls");
    return undefined;
  }

  #become(agent: Agent, status: AgentStatus, echo: Echo | undefined, always: boolean): void {
    const before = agent.status;
    const moved = before.state !== status.state || before.reason !== status.reason;
    const shows = moved || before.pending?.state !== status.pending?.state;
    const signsOut = moved && status.state === "LOGOUT";
    if (signsOut) this.onSignOut(agent);
    agent.status = status;
    if (moved) agent.since = this.world.clock.now();
    if (signsOut) {
      this.world.occupy(agent, "");
      agent.mobile = undefined;
      agent.activeDeviceId = undefined;
    }
    if (shows || always) this.notices.user(agent, echo);
    if (status.state === "READY" && moved) this.onAvailable(agent);
  }

  /** READY with no call at the phone, not even a ringing direct one. */
  isAvailable(agent: Agent): boolean {
    return (
      agent.status.state === "READY" &&
      !this.world.partiesAt(agent.extension).some(({ party }) => isLive(party))
    );
  }
}

function late(refusal: AgentRefusal | undefined): AsyncError | undefined {
  switch (refusal) {
    case undefined:
      return undefined;
    case "late-265":
      return lateUccxAcd;
    case "late-33":
      return lateUccxNonAcd;
    case "late-22":
    case "invalid-state":
      return lateState;
  }
}
