import type { Dialog, Participant } from "../model/dialog.ts";
import { addPlain, fieldError, idFromUri, setOwn, textOf, type XmlElement } from "./xml-tree.ts";

/**
 * A `<Dialog>` or `<dialog>` of §8. Children in any order and case, variable values with their white space.
 * Throws CtiError `finesse-protocol` naming the field when the id, or without `fallbackState` the state, is missing.
 * @param fallbackState for a DELETE, which may carry the id alone
 */
export function parseDialog(element: XmlElement, fallbackState?: string): Dialog {
  let id: string | undefined;
  let uri: string | undefined;
  let state: string | undefined;
  const dialog: Dialog = {
    id: "",
    state: "",
    mediaType: undefined,
    fromAddress: undefined,
    toAddress: undefined,
    secondaryId: undefined,
    associatedDialogUri: undefined,
    callType: undefined,
    dnis: undefined,
    dialedNumber: undefined,
    outboundClassification: undefined,
    wrapUpReason: undefined,
    wrapUpItems: [],
    queueNumber: undefined,
    queueName: undefined,
    callKey: undefined,
    variables: {},
    participants: [],
    unknown: {},
  };
  for (const part of element.children) {
    switch (part.name.toLowerCase()) {
      case "id":
        id = textOf(part);
        break;
      case "uri":
        uri = textOf(part);
        break;
      case "state":
        state = textOf(part);
        break;
      case "mediatype":
        dialog.mediaType = textOf(part);
        break;
      case "fromaddress":
        dialog.fromAddress = textOf(part);
        break;
      case "toaddress":
        dialog.toAddress = textOf(part);
        break;
      case "secondaryid":
        dialog.secondaryId = textOf(part);
        break;
      case "associateddialoguri":
        dialog.associatedDialogUri = textOf(part);
        break;
      case "mediaproperties":
        readMediaProperties(part, dialog);
        break;
      case "participants":
        dialog.participants = part.children
          .filter((participant) => participant.name.toLowerCase() === "participant")
          .map(readParticipant);
        break;
      default:
        addPlain(dialog.unknown, part);
    }
  }
  dialog.id = id ?? idFromUri(uri) ?? "";
  if (dialog.id === "") throw fieldError("Dialog", "<id> is missing or empty");
  dialog.state = state ?? fallbackState ?? "";
  if (dialog.state === "") throw fieldError("Dialog", `<state> of dialog ${dialog.id} is missing or empty`);
  return dialog;
}

/** `<Dialogs>` or `<dialogs>`; none, one or several. */
export function parseDialogs(element: XmlElement, fallbackState?: string): Dialog[] {
  return element.children
    .filter((part) => part.name.toLowerCase() === "dialog")
    .map((part) => parseDialog(part, fallbackState));
}

function readMediaProperties(element: XmlElement, dialog: Dialog): void {
  let prefix: string | undefined;
  let callId: string | undefined;
  let sequence: string | undefined;
  const rest: Record<string, unknown> = {};
  for (const part of element.children) {
    switch (part.name.toLowerCase()) {
      case "calltype":
        dialog.callType = textOf(part);
        break;
      case "dnis":
        dialog.dnis = textOf(part);
        break;
      case "dialednumber":
        dialog.dialedNumber = textOf(part);
        break;
      case "outboundclassification":
        dialog.outboundClassification = textOf(part);
        break;
      case "wrapupreason":
        dialog.wrapUpReason = textOf(part);
        break;
      case "wrapupitems":
        dialog.wrapUpItems = part.children.map((item) => item.text.trim()).filter((item) => item !== "");
        break;
      case "queuenumber":
        dialog.queueNumber = textOf(part);
        break;
      case "queuename":
        dialog.queueName = textOf(part);
        break;
      case "callkeyprefix":
        prefix = textOf(part);
        break;
      case "callkeycallid":
        callId = textOf(part);
        break;
      case "callkeysequencenum":
        sequence = textOf(part);
        break;
      case "callvariables":
        for (const variable of part.children) readVariable(variable, dialog.variables);
        break;
      default:
        addPlain(rest, part);
    }
  }
  if (prefix !== undefined && callId !== undefined) dialog.callKey = { prefix, callId, sequence };
  if (Object.keys(rest).length > 0) dialog.unknown.mediaProperties = rest;
}

function readVariable(element: XmlElement, variables: Record<string, string>): void {
  let name: string | undefined;
  let value = "";
  for (const part of element.children) {
    const field = part.name.toLowerCase();
    if (field === "name") name = textOf(part);
    else if (field === "value") value = part.text;
  }
  if (name !== undefined) setOwn(variables, name, value);
}

/** An outside caller may come without an address, and a participant without a state must not cost the whole dialog. */
function readParticipant(element: XmlElement): Participant {
  const participant: Participant = {
    mediaAddress: "",
    mediaAddressType: undefined,
    state: "UNKNOWN",
    stateCause: undefined,
    startTime: undefined,
    stateChangeTime: undefined,
    actions: [],
  };
  for (const part of element.children) {
    switch (part.name.toLowerCase()) {
      case "mediaaddress":
        participant.mediaAddress = textOf(part) ?? "";
        break;
      case "mediaaddresstype":
        participant.mediaAddressType = textOf(part);
        break;
      case "state":
        participant.state = textOf(part) ?? "UNKNOWN";
        break;
      case "statecause":
        participant.stateCause = textOf(part);
        break;
      case "starttime":
        participant.startTime = textOf(part);
        break;
      case "statechangetime":
        participant.stateChangeTime = textOf(part);
        break;
      case "actions":
        participant.actions = part.children.map((action) => action.text.trim()).filter(Boolean);
        break;
    }
  }
  return participant;
}
