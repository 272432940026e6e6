import { contentTypeProblem, readCctsdk, utf8 } from "./cctsdk.ts";
import type { CalloutResult, Problem } from "./contract.ts";

/** A reply to a callout, as read. */
export interface Reply {
  result: CalloutResult;
  /** What is wrong with it though it can be understood. */
  problems: Problem[];
}

/** Reads the reply to a callout (reference §3.1): 200 and a CCTSDK, an Error event in it is the refusal. */
export function readReply(status: number, contentType: string | null, body: ArrayBuffer): Reply {
  if (status !== 200) return fault("status", `HTTP ${status}, not 200`);
  const { text, problem } = utf8(body);
  const { events, problems, readable } = readCctsdk(text);
  if (!readable || problem !== undefined)
    return fault("not-xml", [problem, ...problems].flatMap((each) => each?.text ?? []).join("; "));
  const type = contentTypeProblem(contentType);
  const strange = events.filter(({ name }) => name !== "Error");
  const found = [
    ...(type === undefined ? [] : [type]),
    ...problems,
    ...events.flatMap((event) => event.problems),
    ...strange.map(({ name }): Problem => ({ kind: "reply", text: `an event ${name || "without a name"}` })),
  ];
  const notes = found.map(({ text: words }): Problem => ({ kind: "reply", text: `the reply: ${words}` }));
  const error = events.find(({ name }) => name === "Error");
  if (error === undefined) return { result: { outcome: "ok" }, problems: notes };
  const message = (error.data.occtErrorMsg ?? "").trim();
  const details = error.data.KeyErrorDetails?.trim();
  if (message === "") notes.push({ kind: "reply", text: "the reply: an Error without occtErrorMsg" });
  return {
    result: { outcome: "error", message, ...(details !== undefined && details !== "" && { details }) },
    problems: notes,
  };
}

function fault(kind: "status" | "not-xml", message: string): Reply {
  return { result: { outcome: "fault", fault: kind, message }, problems: [] };
}
