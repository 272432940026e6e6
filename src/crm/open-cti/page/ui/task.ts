import type { CallLog } from "../../contract.ts";
import { changedTask, taskContent } from "../../rest/task-content.ts";

/** What Open CTI's saveLog is given for the record of a call: a new Task, or with `id` the changes of the one that there is. */
export function taskValue(log: CallLog, id: string | undefined): Record<string, unknown> {
  if (id !== undefined) return { Id: id, ...changedTask(log) };
  return { entityApiName: "Task", ...taskContent(log, undefined), CallObject: log.callObject };
}
