import { isLive, type Call, type Party } from "../engine/call.ts";
import type { AsyncError } from "../engine/control.ts";
import { callFailure, invalidAction } from "../engine/late-errors.ts";
import type { Echo } from "../engine/notices.ts";
import type { Sim } from "../engine/sim.ts";
import type { Agent } from "../engine/world.ts";
import { ApiFault, fault } from "./api-fault.ts";
import { callVariables, wrapUpReason } from "./call-data.ts";
import { parseBody, type RequestElement } from "./request-body.ts";

/** Actions Finesse knows and this simulator answers with 501. */
const notSimulated = new Set([
  "SILENT_MONITOR",
  "BARGE_CALL",
  "PARTICIPANT_DROP",
  "START_RECORDING",
  "ACCEPT",
  "CLOSE",
  "REJECT",
  "RECLASSIFY",
  "UPDATE_SCHEDULED_CALLBACK",
  "CANCEL_SCHEDULED_CALLBACK",
]);

/** What a checked request will do on the switch, once CTI gets to it; an error is told late. */
type Work = (echo: Echo) => AsyncError | undefined;

/** POST /User/{id}/Dialogs (§10). */
export function postDialogs(sim: Sim, agent: Agent, body: string, requestId: string | undefined): void {
  const dialog = parseBody(body, "Dialog");
  const action = dialog.required("requestedAction");
  if (notSimulated.has(action)) throw fault.notImplemented(action);
  if (action !== "MAKE_CALL") throw fault.invalidInput("requestedAction");
  const from = dialog.required("fromAddress");
  const to = dialog.required("toAddress");
  if (agent.status.state === "LOGOUT") throw fault.invalidState("state", "The agent is not signed in");
  if (from !== agent.extension) throw fault.invalidInput("fromAddress");
  if (from === to) throw fault.invalidDestination("toAddress", "From and to address are the same");
  const properties = dialog.child("mediaProperties");
  if (properties !== undefined && sim.world.profile === "uccx") throw fault.invalidInput("mediaProperties");
  if (properties?.text("wrapUpReason") !== undefined) throw fault.invalidInput("wrapUpReason");
  const variables =
    properties === undefined ? new Map<string, string>() : callVariables(sim.world, properties);
  const node = `/finesse/api/User/${agent.id}/Dialogs`;
  sim.link.submit(agent, { node, source: node }, requestId, (echo) => {
    if (!sim.exchange.mayStart(agent.extension)) return callFailure.state;
    const { call, party } = sim.exchange.offHook(agent.extension, echo, { variables });
    sim.exchange.dial(call, party, to);
    return undefined;
  });
}

/** PUT /Dialog/{id} (§10). */
export function putDialog(
  sim: Sim,
  agent: Agent,
  dialogId: string,
  body: string,
  requestId: string | undefined,
): void {
  const dialog = parseBody(body, "Dialog");
  const action = dialog.required("requestedAction");
  if (notSimulated.has(action)) throw fault.notImplemented(action);
  const { call, party } = ownCall(sim, agent, dialogId);
  const target =
    action === "UPDATE_CALL_DATA" ? dialog.text("targetMediaAddress") : dialog.required("targetMediaAddress");
  if (target !== undefined && target !== "" && target !== agent.extension)
    throw fault.invalidInput("targetMediaAddress");
  const work = prepare(sim, action, dialog, call, party);
  const address = {
    node: `/finesse/api/User/${agent.id}/Dialogs`,
    source: `/finesse/api/Dialog/${dialogId}`,
  };
  sim.link.submit(agent, address, requestId, (echo) => {
    // Between the request and CTI's turn the call may be gone, or no longer this agent's.
    if (!sim.world.calls.has(call.id) || !call.parties.includes(party))
      return invalidAction(action, party.address);
    return work(echo);
  });
}

/** The agent's party in a dialog that the agent is shown. */
export function ownCall(sim: Sim, agent: Agent, dialogId: string): { call: Call; party: Party } {
  const call = sim.world.calls.get(dialogId);
  if (call === undefined) throw fault.unknownDialog(dialogId);
  const party = call.parties.find((one) => one.visible && one.address === agent.extension);
  if (party !== undefined) return { call, party };
  throw call.parties.some((one) => one.visible)
    ? fault.unauthorized(agent.id)
    : fault.unknownDialog(dialogId);
}

function prepare(sim: Sim, action: string, dialog: RequestElement, call: Call, party: Party): Work {
  const { exchange, consults } = sim;
  const orInvalid = (done: boolean): AsyncError | undefined =>
    done ? undefined : invalidAction(action, party.address);
  switch (action) {
    case "ANSWER":
      return (echo) => orInvalid(exchange.answer(call, party, echo));
    case "HOLD":
      return (echo) => orInvalid(exchange.hold(call, party, echo));
    case "RETRIEVE":
      return (echo) => orInvalid(exchange.retrieve(call, party, echo));
    case "DROP":
      return (echo) => orInvalid(exchange.drop(call, party, echo));
    case "UPDATE_CALL_DATA":
      return updateCallData(sim, dialog, call, party);
    case "SEND_DTMF":
      return sendDtmf(sim, dialog, call, party);
    case "CONSULT_CALL":
    case "TRANSFER_SST": {
      const to = dialog.required("toAddress");
      if (to === party.address)
        throw fault.invalidDestination("toAddress", "From and to address are the same");
      return action === "CONSULT_CALL"
        ? (echo) => orInvalid(consults.consult(call, party, to, echo))
        : (echo) => consults.transferBlind(call, party, to, echo);
    }
    case "TRANSFER":
    case "CONFERENCE": {
      if (consults.partner(call, party) === undefined) {
        throw fault.invalidState(action, `No Active call available on agent for ${action}`);
      }
      return (echo) =>
        orInvalid(
          action === "TRANSFER"
            ? consults.transfer(call, party, echo)
            : consults.conference(call, party, echo),
        );
    }
    default:
      throw fault.invalidInput("requestedAction");
  }
}

function updateCallData(sim: Sim, dialog: RequestElement, call: Call, party: Party): Work {
  const properties = dialog.child("mediaProperties");
  if (properties === undefined) throw fault.missing("mediaProperties");
  const variables = callVariables(sim.world, properties);
  const reason = wrapUpReason(sim.world, properties);
  return (echo) => {
    if (
      party.state === "ALERTING" ||
      (!isLive(party) && party.state !== "WRAP_UP") ||
      party.state === "FAILED"
    )
      return invalidAction("UPDATE_CALL_DATA", party.address);
    // All of it unknown to the system: neither event nor error (§10).
    if (variables.size === 0 && reason === undefined) return undefined;
    for (const [name, value] of variables) call.variables.set(name, value);
    if (reason !== undefined) call.wrapUpReason = reason;
    sim.notices.dialogChanged(call, echo);
    return undefined;
  };
}

function sendDtmf(sim: Sim, dialog: RequestElement, call: Call, party: Party): Work {
  const parameter = dialog
    .child("actionParams")
    ?.all("ActionParam")
    .find((entry) => entry.text("name") === "dtmfString");
  const digits = parameter?.text("value");
  if (digits === undefined || digits === "") throw fault.missing("dtmfString");
  const digitsAllowed = sim.world.profile === "ucce" ? /^[0-9*#A-D]+$/ : /^[0-9*#]+$/;
  if (!digitsAllowed.test(digits)) {
    // UCCX lets CTI find out: value out of range, 3 (§4).
    if (sim.world.profile === "uccx")
      return () => ({ errorType: "Generic Error", errorMessage: "CF_VALUE_OUT_OF_RANGE", errorData: "3" });
    throw fault.invalidInput("dtmfString");
  }
  if (party.state === "HELD")
    throw new ApiFault(401, "Invalid State", "SEND_DTMF", "DTMF cannot be sent on a held call");
  return () => {
    if (party.state !== "ACTIVE") return invalidAction("SEND_DTMF", party.address);
    call.dtmf += digits;
    return undefined;
  };
}
