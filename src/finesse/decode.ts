import { XMLValidator } from "fast-xml-parser";
import type { Agent, ReasonCode, WrapUpReason } from "../model/agent.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { Refusal } from "../model/commands.ts";
import type { Dialog } from "../model/dialog.ts";
import { CtiError } from "../model/errors.ts";
import type { Queue } from "../model/queue.ts";
import type { Team } from "../model/team.ts";
import type { SystemInfo, Update } from "./contract.ts";
import { parseCallLayout, parseCallLayouts } from "./parse-call-layouts.ts";
import { parseDialog, parseDialogs } from "./parse-dialog.ts";
import { parseRefusals } from "./parse-errors.ts";
import { parseQueue, parseQueues } from "./parse-queues.ts";
import { parseReasonCode, parseReasonCodes, parseWrapUpReason, parseWrapUpReasons } from "./parse-reasons.ts";
import { parseNotifications, unescapePayload } from "./parse-stanza.ts";
import { parseSystemInfo } from "./parse-system-info.ts";
import { parseTeam } from "./parse-team.ts";
import { parseUpdate } from "./parse-update.ts";
import { parseUser, parseUsers } from "./parse-user.ts";
import { parseXml, plainValue, type XmlElement } from "./xml-tree.ts";

/** What a piece of Finesse's traffic says, for `cti decode`. */
export type Decoded =
  | { kind: "notification"; updates: Update[] }
  | { kind: "update"; update: Update }
  | { kind: "user"; user: Agent }
  | { kind: "users"; users: Agent[] }
  | { kind: "dialog"; dialog: Dialog }
  | { kind: "dialogs"; dialogs: Dialog[] }
  | { kind: "reason-code"; reasonCode: ReasonCode }
  | { kind: "reason-codes"; reasonCodes: ReasonCode[] }
  | { kind: "wrap-up-reason"; wrapUpReason: WrapUpReason }
  | { kind: "wrap-up-reasons"; wrapUpReasons: WrapUpReason[] }
  | { kind: "queue"; queue: Queue }
  | { kind: "queues"; queues: Queue[] }
  | { kind: "team"; team: Team }
  | { kind: "call-layout"; callLayout: CallLayout }
  | { kind: "call-layouts"; callLayouts: CallLayout[] }
  | { kind: "system-info"; systemInfo: SystemInfo }
  | { kind: "errors"; refusals: Refusal[] }
  /** Finesse's, as its root name says, or at least XML: shown as parsed. */
  | { kind: "other"; name: string; data: unknown };

const expected =
  "expected an XMPP message stanza, an <Update> (escaped or not), or a body of Finesse's REST API (User, Dialog, Dialogs, ReasonCodes, WrapUpReasons, Queue, Queues, Team, MediaPropertiesLayout, MediaPropertiesLayouts, SystemInfo, ApiErrors)";

/**
 * Reads a notification stanza, an Update or a REST body, with prolog, byte order mark and surrounding white space.
 * Throws CtiError `input-invalid` that says what was expected and, for broken XML, the line and column.
 */
export function decodeFinesse(text: string): Decoded {
  const input = unescapePayload(text.replace(/^\ufeff/, "")).trim();
  if (input === "") throw invalid("the input is empty");
  if (!input.startsWith("<")) throw invalid(`the input is not XML: it begins with “${firstWords(input)}”`);
  if (/^<(!doctype\s+html|html)\b/i.test(input)) throw invalid("the input is an HTML page");
  try {
    return decodeElement(parseXml(input));
  } catch (thrown) {
    if (!(thrown instanceof CtiError)) throw thrown;
    const { place, why } = whereBroken(input);
    throw invalid(`${thrown.message}${place}`, why ?? thrown.why);
  }
}

function decodeElement(root: XmlElement): Decoded {
  switch (root.name.toLowerCase()) {
    case "message": {
      const updates = parseNotifications(root);
      return updates.length > 0 ? { kind: "notification", updates } : other(root);
    }
    case "update":
      return { kind: "update", update: parseUpdate(root) };
    case "user":
      return { kind: "user", user: parseUser(root) };
    case "users":
      return { kind: "users", users: parseUsers(root) };
    case "dialog":
      return { kind: "dialog", dialog: parseDialog(root) };
    case "dialogs":
      return { kind: "dialogs", dialogs: parseDialogs(root) };
    case "reasoncode":
      return { kind: "reason-code", reasonCode: parseReasonCode(root) };
    case "reasoncodes":
      return { kind: "reason-codes", reasonCodes: parseReasonCodes(root) };
    case "wrapupreason":
      return { kind: "wrap-up-reason", wrapUpReason: parseWrapUpReason(root) };
    case "wrapupreasons":
      return { kind: "wrap-up-reasons", wrapUpReasons: parseWrapUpReasons(root) };
    case "queue":
      return { kind: "queue", queue: parseQueue(root) };
    case "queues":
      return { kind: "queues", queues: parseQueues(root) };
    case "team":
      return { kind: "team", team: parseTeam(root) };
    case "mediapropertieslayout":
      return { kind: "call-layout", callLayout: parseCallLayout(root) };
    case "mediapropertieslayouts":
      return { kind: "call-layouts", callLayouts: parseCallLayouts(root) };
    case "systeminfo":
      return { kind: "system-info", systemInfo: parseSystemInfo(root) };
    case "apierrors":
    case "apierror":
      return { kind: "errors", refusals: parseRefusals(root, root.name.startsWith("api")) };
    default:
      return other(root);
  }
}

function other(root: XmlElement): Decoded {
  return { kind: "other", name: root.name, data: plainValue(root) };
}

/** Our tokenizer keeps no positions; the validator does, and is asked only when there is something to explain. */
function whereBroken(text: string): { place: string; why: string | undefined } {
  const verdict = XMLValidator.validate(text);
  if (verdict === true) return { place: "", why: undefined };
  const { line, col, msg } = verdict.err;
  return { place: ` (line ${line}, column ${col})`, why: msg.length > 200 ? `${msg.slice(0, 200)}…` : msg };
}

function firstWords(text: string): string {
  const [line = ""] = text.split("\n", 1);
  return line.length > 30 ? `${line.slice(0, 30)}…` : line;
}

function invalid(message: string, why?: string): CtiError {
  return new CtiError({
    code: "input-invalid",
    message: `cannot decode: ${message}`,
    ...(why !== undefined && { why }),
    hint: expected,
  });
}
