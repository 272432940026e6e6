import type { Refusal } from "../model/commands.ts";
import { refusalOf } from "./refusal.ts";
import { childText, type XmlElement } from "./xml-tree.ts";

/**
 * `<ApiErrors><ApiError>` of an HTTP answer, or `<apiErrors><apiError>` of a notification (§4); a bare `<ApiError>` too.
 * The three `peripheral*` members are optional.
 * @param late true for the notification
 */
export function parseRefusals(element: XmlElement, late: boolean): Refusal[] {
  const errors = element.name.toLowerCase() === "apierror" ? [element] : element.children;
  return errors.map((error) =>
    refusalOf(
      {
        type: childText(error, "errortype") ?? "Generic Error",
        data: childText(error, "errordata"),
        message: childText(error, "errormessage"),
        peripheralCode: childText(error, "peripheralerrorcode"),
        peripheralText: childText(error, "peripheralerrortext"),
        peripheralMessage: childText(error, "peripheralerrormsg"),
      },
      late,
    ),
  );
}
