import type { DialogAction, UserRequest } from "./contract.ts";
import { toXml, type XmlPart } from "./xml-write.ts";

/** Body of PUT /User/{id} (§5). */
export function userBody(request: UserRequest): string {
  const parts: (XmlPart | undefined)[] = [["state", request.state]];
  if (request.state === "LOGIN") {
    parts.push(["extension", request.extension]);
    parts.push(optional("activeDeviceId", request.activeDeviceId));
    if (request.mobileAgent !== undefined) {
      parts.push([
        "mobileAgent",
        [
          ["mode", request.mobileAgent.mode],
          ["dialNumber", request.mobileAgent.dialNumber],
        ],
      ]);
    }
  } else if (request.state !== "READY") {
    parts.push(optional("reasonCodeId", request.reasonCodeId));
  }
  return toXml(["User", parts]);
}

/** Body of POST /User/{id}/Dialogs (§10). */
export function makeCallBody(fromAddress: string, toAddress: string): string {
  return toXml([
    "Dialog",
    [
      ["requestedAction", "MAKE_CALL"],
      ["fromAddress", fromAddress],
      ["toAddress", toAddress],
    ],
  ]);
}

/** Body of PUT /Dialog/{id} (§10). The address element is `targetMediaAddress`; notes that say `mediaAddress` are wrong. */
export function dialogBody(action: DialogAction): string {
  const parts: (XmlPart | undefined)[] = [
    ["targetMediaAddress", action.targetMediaAddress],
    ["requestedAction", action.requestedAction],
  ];
  if ("toAddress" in action) parts.push(["toAddress", action.toAddress]);
  if ("dtmfString" in action) {
    parts.push([
      "actionParams",
      [
        [
          "ActionParam",
          [
            ["name", "dtmfString"],
            ["value", action.dtmfString],
          ],
        ],
      ],
    ]);
  }
  const media = mediaProperties(action);
  if (media.length > 0) parts.push(["mediaProperties", media]);
  return toXml(["Dialog", parts]);
}

function mediaProperties(action: DialogAction): XmlPart[] {
  const parts: XmlPart[] = [];
  if ("wrapUpReason" in action && action.wrapUpReason !== undefined) {
    parts.push(["wrapUpReason", action.wrapUpReason]);
  }
  if ("wrapUpItems" in action && action.wrapUpItems !== undefined) {
    parts.push(["wrapUpItems", action.wrapUpItems.map((item) => ["wrapUpItem", item] as const)]);
  }
  if ("variables" in action && action.variables !== undefined) {
    parts.push([
      "callvariables",
      Object.entries(action.variables).map(
        ([name, value]) =>
          [
            "CallVariable",
            [
              ["name", name],
              ["value", value],
            ],
          ] as const,
      ),
    ]);
  }
  return parts;
}

function optional(name: string, value: string | undefined): XmlPart | undefined {
  return value === undefined ? undefined : [name, value];
}
