import { maskText } from "../../platform/redact.ts";
import type { CrmRecord, CtiPort } from "../adapter.ts";
import type { GcMessage } from "./contract.ts";
import type { Asked } from "./desk-parts.ts";
import { isJsonBody } from "./request-arguments.ts";
import { commandNames } from "./requests.ts";

/** Where a request with a password has it in text, and of how many parts the text then is. */
const passwordAt: Readonly<Record<string, { at: number; of: number }>> = {
  connect: { at: 1, of: 2 },
  login: { at: 0, of: 2 },
  mobileagentlogin: { at: 0, of: 4 },
};
/** What such a request in JSON holds besides. */
const open = new Set([
  "destination",
  "clientdestination",
  "client_destination",
  "extension",
  "dialnumber",
  "dial_number",
  "connectionmode",
  "connection_mode",
]);

/** Puts a request into the trace, as it came from the queue. */
export function recordRequest(
  port: Pick<CtiPort, "trace" | "status">,
  queue: string,
  { command, key, cause }: Asked,
  { type, body }: Pick<GcMessage, "type" | "body">,
): void {
  port.trace({
    channel: "openwire",
    direction: "in",
    peer: queue,
    agent: port.status(key)?.agent ?? key,
    cause,
    summary: (type ?? "").trim(),
    ...recordedBody(command, body ?? ""),
  });
}

/**
 * A request's body as it may be kept. A password is left out by its place; where the body is not what it should be, or the command is none
 * that we know (and perhaps a misspelt Login), all of it is.
 */
export function recordedBody(command: string, body: string): Pick<CrmRecord, "text" | "masked"> {
  if (body === "") return { text: "" };
  if (!commandNames.some((known) => known === command)) return { text: maskText };
  if (command in passwordAt) return { text: withoutPassword(command, body) };
  if (command === "updatecallvariable") return { text: body, masked: () => withoutValues(body) };
  return { text: body };
}

function withoutPassword(command: string, body: string): string {
  const named = jsonObject(body);
  if (named !== undefined) {
    const entries = Object.entries(named);
    return JSON.stringify(
      Object.fromEntries(
        entries.map(([name, value]) => [name, open.has(name.toLowerCase()) ? value : maskText]),
      ),
    );
  }
  const parts = body.split(",");
  const { at, of } = passwordAt[command] ?? { at: 0, of: 0 };
  if (isJsonBody(body) || parts.length !== of) return maskText;
  return parts.map((part, place) => (place === at ? maskText : part)).join(",");
}

/** Of UpdateCallVariable: `dialogId,name=value`, or `variables` or `name` and `value` in JSON. */
function withoutValues(body: string): string {
  const named = jsonObject(body);
  if (named !== undefined) {
    return JSON.stringify(
      Object.fromEntries(
        Object.entries(named).map(([name, value]) => {
          switch (name.toLowerCase()) {
            case "dialogid":
            case "dialog_id":
            case "name":
              return [name, value];
            case "variables":
              return [name, valuesMasked(value)];
            default:
              return [name, maskText];
          }
        }),
      ),
    );
  }
  const [, known] = /^([^,]*,[^=,]{0,200}=)./s.exec(body) ?? [];
  return known === undefined ? maskText : `${known}${maskText}`;
}

function valuesMasked(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return maskText;
  return Object.fromEntries(Object.keys(value).map((name) => [name, maskText]));
}

function jsonObject(body: string): Record<string, unknown> | undefined {
  if (!isJsonBody(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    // Checked: an object, whose values are looked at one by one.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
