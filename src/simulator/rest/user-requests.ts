import { noReason } from "../engine/agent-machine.ts";
import type { SignIn } from "../engine/desk.ts";
import type { Sim } from "../engine/sim.ts";
import type { Agent } from "../engine/world.ts";
import { fault } from "./api-fault.ts";
import { parseBody, type RequestElement } from "./request-body.ts";

type AskedState = "READY" | "NOT_READY" | "LOGOUT";

/** PUT /User/{id} (§5): sign in, sign out, change state; supervisors on their teams (§6). */
export function putUser(
  sim: Sim,
  requester: Agent,
  target: Agent,
  body: string,
  requestId: string | undefined,
): void {
  const user = parseBody(body, "User");
  const state = user.text("state");
  if (state === undefined || state === "") throw fault.missing("state");
  if (requester !== target) {
    putOther(sim, requester, target, user, state, requestId);
    return;
  }
  if (state === "LOGIN") {
    const request = signIn(sim, user);
    sim.link.submit(target, node(target), requestId, (echo) => sim.desk.signIn(target, request, echo));
    return;
  }
  if (!isAsked(state)) throw fault.invalidInput("state");
  if (sim.desk.wouldRefuse(target, state)) throw notAllowed(target, state);
  const reason = reasonFor(sim, user, state);
  if (state !== "LOGOUT") requireWrapUpData(sim, target);
  sim.link.submit(target, node(target), requestId, (echo) => sim.desk.ask(target, state, reason, echo));
}

function putOther(
  sim: Sim,
  requester: Agent,
  target: Agent,
  user: RequestElement,
  state: string,
  requestId: string | undefined,
): void {
  if (requester.entry.supervises === undefined) throw fault.otherUser(target.id);
  if (!sim.world.supervises(requester, target)) throw fault.notSupervised(target.id);
  if (!isAsked(state)) throw fault.invalidInput("state");
  if (user.text("reasonCodeId") !== undefined) throw fault.invalidInput("reasonCodeId");
  const from = target.status.state;
  const allowed =
    state === "LOGOUT"
      ? from !== "LOGOUT"
      : state === "NOT_READY"
        ? from === "READY" || from === "WORK" || from === "WORK_READY"
        : from === "NOT_READY" || from === "WORK" || from === "WORK_READY";
  if (!allowed) throw notAllowed(target, state);
  const uccx = sim.world.profile === "uccx";
  const code = uccx ? (state === "LOGOUT" ? 22 : 33) : 999;
  const category = state === "LOGOUT" ? "LOGOUT" : "NOT_READY";
  const reason = sim.world.systemReason(category, code);
  sim.link.submit(target, node(target), requestId, (echo) => {
    sim.desk.force(target, state, reason, echo);
    return undefined;
  });
}

function signIn(sim: Sim, user: RequestElement): SignIn {
  const extension = user.required("extension");
  // UCCE takes no +E164 at sign-in, UCCX does, up to 15 characters (§5).
  const wellFormed = sim.world.profile === "uccx" ? /^\+?\d{1,15}$/ : /^\d{1,20}$/;
  if (!wellFormed.test(extension)) throw fault.badRequest(`Invalid extension '${extension}'`);
  const activeDeviceId = user.text("activeDeviceId");
  const mobileAgent = user.child("mobileAgent");
  const request: SignIn = { extension, ...(activeDeviceId !== undefined && { activeDeviceId }) };
  if (mobileAgent === undefined) return request;
  const mode = mobileAgent.required("mode");
  if (mode !== "CALL_BY_CALL" && mode !== "NAILED_CONNECTION") throw fault.invalidInput("mode");
  return { ...request, mobile: { mode, dialNumber: mobileAgent.required("dialNumber") } };
}

/** The reason's id as asked, checked against the codes offered to agents in this category. */
function reasonFor(sim: Sim, user: RequestElement, state: AskedState): string {
  if (state === "READY") return noReason;
  const id = user.text("reasonCodeId");
  if (id === undefined || id === "" || id === noReason) {
    if (sim.world.population.requireReasons) throw fault.missing("reasonCodeId");
    return noReason;
  }
  const code = sim.world.reasonCode(id);
  if (code === undefined || code.category !== state || code.systemCode === true)
    throw fault.invalidInput("reasonCodeId");
  return code.id;
}

/** REQUIRED_WITH_WRAP_UP_DATA: wrap-up is left only with a reason set. */
function requireWrapUpData(sim: Sim, agent: Agent): void {
  for (const { call, party } of sim.world.partiesAt(agent.extension)) {
    if (party.state !== "WRAP_UP" || (call.wrapUpReason ?? "") !== "") continue;
    const mode = party.incoming ? agent.entry.wrapUpOnIncoming : agent.entry.wrapUpOnOutgoing;
    if (mode === "REQUIRED_WITH_WRAP_UP_DATA")
      throw fault.invalidState("wrapUpReason", "A wrap-up reason is required before leaving wrap-up");
  }
}

function isAsked(state: string): state is AskedState {
  return state === "READY" || state === "NOT_READY" || state === "LOGOUT";
}

function notAllowed(agent: Agent, state: string) {
  return fault.invalidState(
    "state",
    `The agent state change from ${agent.status.state} to ${state} is not allowed`,
  );
}

function node(agent: Agent): { node: string; source: string } {
  const uri = `/finesse/api/User/${agent.id}`;
  return { node: uri, source: uri };
}
