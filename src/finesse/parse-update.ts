import type { Update, UpdateEnvelope } from "./contract.ts";
import { parseDialog, parseDialogs } from "./parse-dialog.ts";
import { parseRefusals } from "./parse-errors.ts";
import { parseUser } from "./parse-user.ts";
import { childText, fieldError, plainValue, textOf, type XmlElement } from "./xml-tree.ts";

/**
 * An `<Update>` of §13: `data`, `event`, `requestId` and `source` in any order, the event in either case.
 * Throws CtiError `finesse-protocol` naming the field.
 * @param node where it was published; stands in for an absent source
 */
export function parseUpdate(element: XmlElement, node?: string): Update {
  if (element.name.toLowerCase() !== "update") {
    throw fieldError("notification", `it holds <${element.name}>, not <Update>`);
  }
  let data: XmlElement | undefined;
  let event: string | undefined;
  let requestId: string | undefined;
  let source: string | undefined;
  for (const part of element.children) {
    switch (part.name.toLowerCase()) {
      case "data":
        data = part;
        break;
      case "event":
        event = textOf(part);
        break;
      case "requestid":
        requestId = textOf(part);
        break;
      case "source":
        source = textOf(part);
        break;
    }
  }
  source ??= node;
  if (event === undefined) throw fieldError("notification", "<event> of the Update is missing or empty");
  if (source === undefined) throw fieldError("notification", "<source> of the Update is missing or empty");
  return readData(data?.children ?? [], { event: event.toUpperCase(), source, requestId });
}

function readData(children: XmlElement[], envelope: UpdateEnvelope): Update {
  const [first] = children;
  const gone = envelope.event === "DELETE" ? "DROPPED" : undefined;
  switch (first?.name.toLowerCase()) {
    case undefined:
      return { ...envelope, kind: "other", name: undefined, data: undefined };
    case "user":
      return { ...envelope, kind: "user", user: parseUser(first) };
    case "dialog":
      return {
        ...envelope,
        kind: "dialogs",
        dialogs: children
          .filter((part) => part.name.toLowerCase() === "dialog")
          .map((part) => parseDialog(part, gone)),
      };
    case "dialogs":
      return { ...envelope, kind: "dialogs", dialogs: parseDialogs(first, gone) };
    case "apierrors":
    case "apierror":
      return { ...envelope, kind: "errors", refusals: parseRefusals(first, true) };
    case "systeminfo":
      return {
        ...envelope,
        kind: "system-info",
        status: childText(first, "status"),
        reason: childText(first, "statusreason"),
      };
    default:
      return { ...envelope, kind: "other", name: first.name, data: plainValue(first) };
  }
}
