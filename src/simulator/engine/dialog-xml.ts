import type { Call, DialogState, Party } from "./call.ts";
import { isoTime } from "./user-xml.ts";
import type { World } from "./world.ts";
import { element, type XmlElement } from "./xml.ts";

/**
 * A Dialog as one of its participants is shown it (§8, order of the captures); without a viewer, as nobody in particular. `state` overrides the dialog's: a DELETE says
 * DROPPED to an agent who leaves while others go on.
 */
export function dialogXml(
  world: World,
  call: Call,
  root: "Dialog" | "dialog",
  viewer?: Party,
  state: DialogState = call.state,
): XmlElement {
  const offHookOnly = call.state === "INITIATING";
  const uccx = world.profile === "uccx";
  return element(root, [
    element(
      "associatedDialogUri",
      call.consult === undefined ? "" : `/finesse/api/Dialog/${call.consult.original.id}`,
    ),
    element("fromAddress", call.from),
    element("id", call.id),
    element("secondaryId", call.secondaryId),
    element("mediaProperties", [
      element("mediaId", "1"),
      element("DNIS", offHookOnly ? "" : call.dnis),
      element("callType", viewer?.callType ?? call.callType),
      element("dialedNumber", offHookOnly ? "" : call.dialedNumber),
      element("outboundClassification", ""),
      call.wrapUpReason === undefined ? undefined : element("wrapUpReason", call.wrapUpReason),
      call.wrapUpReason === undefined || !uccx
        ? undefined
        : element(
            "wrapUpItems",
            call.wrapUpReason.split(",").map((item) => element("wrapUpItem", item)),
          ),
      ...(call.queue === undefined
        ? []
        : [element("queueNumber", call.queue.number), element("queueName", call.queue.name)]),
      ...(call.callKey === undefined || uccx
        ? []
        : [
            element("callKeyCallId", call.callKey.callId),
            element("callKeySequenceNum", String(call.callKey.sequence)),
            element("callKeyPrefix", call.callKey.prefix),
          ]),
      element(
        "callvariables",
        [...call.variables].map(([name, value]) =>
          element("CallVariable", [element("name", name), element("value", value)]),
        ),
      ),
    ]),
    element("mediaType", "Voice"),
    element(
      "participants",
      call.parties
        .filter((party) => !party.left || party === viewer)
        .map((party) => partyXml(world, call, party)),
    ),
    element("state", state),
    element("toAddress", offHookOnly ? "" : call.to),
    element("uri", `/finesse/api/Dialog/${call.id}`),
  ]);
}

function partyXml(world: World, call: Call, party: Party): XmlElement {
  return element("Participant", [
    element(
      "actions",
      world.actionsOf(call, party).map((action) => element("action", action)),
    ),
    element("mediaAddress", party.address),
    element("mediaAddressType", party.device ? "AGENT_DEVICE" : ""),
    element("startTime", isoTime(world, party.startTime)),
    element("state", party.state),
    element("stateCause", party.cause),
    element("stateChangeTime", isoTime(world, party.changeTime)),
  ]);
}
