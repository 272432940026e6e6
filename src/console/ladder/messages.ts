import { printable } from "../../platform/terminal.ts";
import type { LadderKind, TraceEntry } from "./contract.ts";

/** Characters of a label; a message has them all. */
const longest = 200;

export interface Message {
  from: string;
  to: string;
  kind: LadderKind;
  label: string;
  failed: boolean;
}

/** A recorded message as an arrow. */
export function messageOf(record: TraceEntry): Message {
  const { from, to, kind } = wayOf(record);
  const label = shown(labelOf(record));
  return { from, to, kind, label, failed: isFailure(kind, label) };
}

export function shown(label: string): string {
  const line = printable(label.replace(/\s+/g, " ").trim());
  return line.length > longest ? `${line.slice(0, longest).toWellFormed()}…` : line;
}

function wayOf({ channel, direction, summary }: TraceEntry): Pick<Message, "from" | "to" | "kind"> {
  const out = direction === "out";
  switch (channel) {
    case "rest":
      return out
        ? { from: "connector", to: "finesse", kind: "request" }
        : { from: "finesse", to: "connector", kind: "answer" };
    case "xmpp":
      return out
        ? { from: "connector", to: "finesse", kind: "request" }
        : { from: "finesse", to: "connector", kind: "notification" };
    case "openwire":
    case "http": {
      const ends = out ? { from: "connector", to: "crm" } : { from: "crm", to: "connector" };
      const isAnswer = summary.includes(" → ");
      return { ...ends, kind: isAnswer ? "answer" : out ? "message" : "request" };
    }
  }
}

function labelOf({ channel, direction, summary, text }: TraceEntry): string {
  const answer = /→ (.*)$/.exec(summary)?.[1];
  switch (channel) {
    case "rest":
      return direction === "in" && answer !== undefined ? answer : restRequest(summary, text);
    case "xmpp":
      return summary.replace(/^message\s+\/finesse\/api\//, "").replace(/\/[^/]+(?=\/|$)/, "");
    case "openwire":
      return direction === "in" ? (summary.split("#")[0] ?? summary) : gcEvent(summary, text);
    case "http":
      return answer ?? webRequest(summary);
  }
}

/** `PUT Dialog ANSWER`, `POST User/Dialogs MAKE_CALL 5551234`. */
function restRequest(summary: string, text: string): string {
  const [method = "", path = ""] = summary.split(" ");
  const names = path
    .replace(/^\/finesse\/api\//, "")
    .replace(/\?.*$/, "")
    .split("/")
    .filter((_part, at) => at % 2 === 0);
  const what = /<(?:requestedAction|state)>([^<]+)</.exec(text)?.[1];
  const to = /<(?:toAddress)>([^<]+)</.exec(text)?.[1];
  return [method, names.join("/"), what, to].filter((part) => part !== undefined).join(" ");
}

/** `ScreenPop` of EBS, `POST sobjects/Task` of Salesforce. */
function webRequest(summary: string): string {
  const [, method, path] = /^(\w+) \/services\/(?:data\/v[\d.]+\/)?(.+?)\/?$/.exec(summary) ?? [];
  return path === undefined ? summary.replace(/^(?:GET|POST) /, "") : `${method} ${path}`;
}

/** The event's name and the state it tells: `InboundCall ACTIVE`. */
function gcEvent(summary: string, text: string): string {
  const [name = "", rest = ""] = summary.split("#");
  const trouble = rest.includes(",") ? rest.slice(rest.indexOf(",")) : "";
  return `${[name, gcState(name, text)].filter((part) => part !== "").join(" ")}${trouble}`;
}

function gcState(name: string, text: string): string {
  if (text.startsWith("{")) {
    // Long ones are cut in the trace, and are no JSON any more.
    const state = /"state":"([^"]+)"/.exec(text)?.[1] ?? /"code":"([^"]+)"/.exec(text)?.[1];
    return state ?? "";
  }
  const [, , first = "", second = ""] = text.split("#");
  if (name === "Error") return `${first} ${second}`.trim();
  return name === "NewInboundCall" || name === "AgentInfo" ? "" : first.slice(0, 40);
}

function isFailure(kind: LadderKind, label: string): boolean {
  if (kind === "answer") return !/^[123]\d\d$/.test(label);
  return kind === "message" && (/^Error\b/.test(label) || label.includes("thrown away"));
}
