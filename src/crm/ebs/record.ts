import { maskText } from "../../platform/redact.ts";
import type { CtiPort, Delivery } from "../adapter.ts";
import { eventXml, replyXml } from "./cctsdk.ts";
import type { Callout, CalloutError } from "./contract.ts";
import type { Heard } from "./post.ts";

/** What is told of the interaction itself; all else in a ScreenPop may come from a call variable. */
const plainKeys = new Set(["occtSourceID", "occtANI", "occtDNIS", "occtErrorMsg"]);

/**
 * Puts a callout into the trace, and its answer when it is there: answer by the function that this returns. `agent`: as the session is called.
 * A callout is written anew from what was read of it, so that a password is nowhere; CheckStatus, which EBS sends all the time, is not kept.
 */
export function recordCallout(
  port: Pick<CtiPort, "trace">,
  callout: Callout,
  { from, agent, cause }: { from: string; agent: string | undefined; cause: string },
): (answer: CalloutError | undefined) => void {
  if (callout.name === "CheckStatus") return () => {};
  const common = { channel: "http", peer: from, agent, cause } as const;
  const summary = `GET ${callout.name}`;
  port.trace({ ...common, direction: "in", summary, text: `GET /?${queryOf(callout)}` });
  return (answer) =>
    port.trace({
      ...common,
      direction: "out",
      summary: `${summary} → 200${answer === undefined ? "" : ` ${answer.key}`}`,
      text: replyXml(answer),
    });
}

function queryOf(callout: Exclude<Callout, { name: "CheckStatus" }>): string {
  const given: [string, string | undefined][] = [
    ["FunctionName", callout.name],
    ["telesetNumber", callout.extension],
    ["agentID", callout.agent],
  ];
  if (callout.name === "Register") given.push(["ipAddress", callout.host], ["port", String(callout.port)]);
  if (callout.name === "Login") given.push(["agentPassword", maskText], ["agentQueue", callout.queue]);
  if ("number" in callout) given.push(["dialString", callout.number]);
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join("&");
}

/** Puts an event that is being posted into the trace; what EBS answers, or that it does not, by the function that this returns. */
export function recordPost(
  port: Pick<CtiPort, "trace">,
  { id, kind, agent, cause }: Pick<Delivery, "id" | "kind" | "agent" | "cause">,
  peer: string,
  data: readonly (readonly [string, string])[],
): (heard: Heard) => void {
  const common = { channel: "http", peer, agent, cause, requestId: id } as const;
  const summary = `POST ${kind}`;
  port.trace({
    ...common,
    direction: "out",
    summary,
    text: eventXml(kind, data),
    masked: () =>
      eventXml(
        kind,
        data.map(([key, value]) => [key, value === "" || plainKeys.has(key) ? value : maskText]),
      ),
  });
  return (heard) =>
    port.trace({
      ...common,
      direction: "in",
      summary: `${summary} → ${"status" in heard ? heard.status : heard.failure}`,
      text: "status" in heard ? heard.body : "",
    });
}
