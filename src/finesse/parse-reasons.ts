import type { ReasonCode, WrapUpReason } from "../model/agent.ts";
import { childText, fieldError, idFromUri, type XmlElement } from "./xml-tree.ts";

/** One `<ReasonCode>` of §7. `category` comes from the list around it where the element itself does not say. */
export function parseReasonCode(element: XmlElement, category?: string): ReasonCode {
  const id = childText(element, "id") ?? idFromUri(childText(element, "uri"));
  if (id === undefined) throw fieldError("ReasonCode", "neither <id> nor <uri> says which it is");
  return {
    id,
    category: childText(element, "category") ?? category ?? "",
    code: childText(element, "code") ?? "",
    label: childText(element, "label") ?? "",
    forAll: isTrue(childText(element, "forall")),
    systemCode: isTrue(childText(element, "systemcode")),
  };
}

/** `<ReasonCodes category="NOT_READY">` of §5; an empty list is an empty list. */
export function parseReasonCodes(element: XmlElement): ReasonCode[] {
  return element.children
    .filter((part) => part.name.toLowerCase() === "reasoncode")
    .map((part) => parseReasonCode(part, element.attributes.category));
}

/** One `<WrapUpReason>` of §5: requests carry its label. */
export function parseWrapUpReason(element: XmlElement): WrapUpReason {
  const label = childText(element, "label");
  if (label === undefined) throw fieldError("WrapUpReason", "<label> is missing or empty");
  return {
    id: childText(element, "id") ?? idFromUri(childText(element, "uri")) ?? "",
    label,
    forAll: isTrue(childText(element, "forall")),
  };
}

/** `<WrapUpReasons>` of §5. */
export function parseWrapUpReasons(element: XmlElement): WrapUpReason[] {
  return element.children.filter((part) => part.name.toLowerCase() === "wrapupreason").map(parseWrapUpReason);
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === "true";
}
