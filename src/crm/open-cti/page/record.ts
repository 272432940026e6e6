import type { CtiPort } from "../../adapter.ts";
import type { FromPage, ToPage } from "./protocol.ts";

type Recorded =
  | (ToPage & { type: "pop" | "pop-now" | "save" })
  | (FromPage & { type: "click-to-dial" | "saved" | "not-saved" });

/** Puts into the trace what passes between a page and Salesforce: what comes up, what is saved, what is clicked. */
export function record(
  port: Pick<CtiPort, "trace">,
  what: { direction: "in" | "out"; agent: string; peer: string; message: Recorded; cause?: string },
): void {
  const { direction, agent, peer, message, cause } = what;
  port.trace({
    channel: "http",
    direction,
    peer,
    agent,
    cause,
    ...("id" in message && { requestId: message.id }),
    summary: `softphone page ${message.type}`,
    text: JSON.stringify(shown(message)),
  });
}

/** What an agent wrote of a customer is Salesforce's, not ours; so may be what it says of a record. */
function shown(message: Recorded): object {
  if (message.type === "save") {
    const { notes } = message.log;
    return { ...message, log: { ...message.log, ...(notes !== undefined && { notes: lengthOf(notes) }) } };
  }
  if (message.type === "click-to-dial" && message.recordName !== undefined)
    return { ...message, recordName: lengthOf(message.recordName) };
  return message.type === "not-saved" ? { ...message, error: lengthOf(message.error) } : message;
}

function lengthOf(text: string): string {
  return `${text.length} characters`;
}
