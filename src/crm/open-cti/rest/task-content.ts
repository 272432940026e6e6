import type { CallLog } from "../contract.ts";
import { cut, lengths, localDate, localMinute } from "./task-text.ts";

/** What a Task says of a call (open-cti.md §5), whichever back end writes it: the softphone page in its browser has this file too. */

/** Fields of a Task; `null` empties one. */
export type TaskFields = Readonly<Record<string, string | number | null>>;

/** Digits of CallDurationInSeconds. */
const longestTalk = 99_999_999;

/** A new Task, but for its key and its owner. `zone`: whose date and time it has; this machine's without. */
export function taskContent(log: CallLog, zone: string | undefined): TaskFields {
  const date = localDate(log.startedAt, zone);
  return {
    Subject: subject(log, zone),
    TaskSubtype: "Call",
    CallType: log.callType,
    ...(date !== undefined && { ActivityDate: date }),
    ...progress(log),
    ...(log.disposition !== undefined && { CallDisposition: cut(log.disposition, lengths.CallDisposition) }),
    ...related(log, false),
    Description: description(log),
  };
}

/** What a Task that is there is brought up to date by: subject, date and owner stay as people at Salesforce may have changed them. */
export function changedTask(log: CallLog): TaskFields {
  return {
    ...progress(log),
    CallType: log.callType,
    ...(log.disposition !== undefined && { CallDisposition: cut(log.disposition, lengths.CallDisposition) }),
    ...related(log, true),
    ...((log.notes !== undefined || log.estimated) && { Description: description(log) }),
  };
}

function progress({ endedAt, seconds }: CallLog): TaskFields {
  return {
    Status: endedAt === undefined ? "In Progress" : "Completed",
    ...(seconds !== undefined && {
      CallDurationInSeconds: Math.min(longestTalk, Math.max(0, Math.round(seconds))),
    }),
  };
}

/**
 * WhoId takes a Contact or a Lead, all else is WhatId; beside a Lead there is no WhatId (a rule of Salesforce's). `change`: the Task is there, and
 * may have one from before.
 */
function related({ who, what }: CallLog, change: boolean): TaskFields {
  const isPerson = who !== undefined && /^00[3Q]/.test(who);
  const person = isPerson ? who : undefined;
  const thing = what ?? (isPerson ? undefined : who);
  if (person?.startsWith("00Q") === true) return { WhoId: person, ...(change && { WhatId: null }) };
  return {
    ...(person !== undefined && { WhoId: person }),
    ...(thing !== undefined && { WhatId: thing }),
  };
}

function subject(log: CallLog, zone: string | undefined): string {
  const number = numberOf(log);
  const missed = log.endedAt !== undefined && log.answeredAt === undefined;
  const words = {
    Inbound: missed ? `Missed call from ${number}` : `Call from ${number}`,
    Outbound: missed ? `Call to ${number}, not answered` : `Call to ${number}`,
    Internal: missed ? `Internal call with ${number}, not answered` : `Internal call with ${number}`,
  }[log.callType];
  const at = localMinute(log.startedAt, zone);
  return cut(
    [words, log.queue, at].filter((part) => part !== undefined && part !== "").join(", "),
    lengths.Subject,
  );
}

/** The agent's words first, then what no field of a Task holds. */
function description(log: CallLog): string {
  const facts = [
    `Number: ${numberOf(log)}`,
    log.dialed === undefined ? undefined : `Dialled: ${log.dialed}`,
    log.queue === undefined ? undefined : `Queue: ${log.queue}`,
    `Agent: ${log.agent}`,
    log.estimated ? "The end of the call was not seen: its time is estimated." : undefined,
  ]
    .filter((line) => line !== undefined)
    .join("\n");
  if (log.notes === undefined || log.notes.trim() === "") return cut(facts, lengths.Description);
  const room = lengths.Description - facts.length - 2;
  return cut(`${cut(log.notes, Math.max(1000, room))}\n\n${facts}`, lengths.Description);
}

function numberOf({ number }: CallLog): string {
  return number.trim() === "" ? "an unknown number" : number;
}
