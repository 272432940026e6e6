import { createHash } from "node:crypto";
import type { CallLog } from "../contract.ts";
import { taskContent, type TaskFields } from "./task-content.ts";
import { cut, lengths } from "./task-text.ts";

export { changedTask, type TaskFields } from "./task-content.ts";

/** What CallObject holds: the log's own key, shortened where it does not fit without becoming another's. */
export function taskKey(callObject: string): string {
  if (callObject.length <= lengths.CallObject && cut(callObject, lengths.CallObject) === callObject)
    return callObject;
  return `sha256:${createHash("sha256").update(callObject).digest("hex")}`;
}

/** A new Task (open-cti.md §5). `owner`: the agent's user at Salesforce; else whoever signed in owns it. */
export function newTask(log: CallLog, zone: string | undefined, owner: string | undefined): TaskFields {
  return {
    ...taskContent(log, zone),
    CallObject: taskKey(log.callObject),
    ...(owner !== undefined && { OwnerId: owner }),
  };
}
