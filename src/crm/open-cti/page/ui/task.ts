import type { CallLog } from "../../contract.ts";

/** What Open CTI's saveLog is given for the record of a call (open-cti.md §5): a new Task, or with `id` the changes of the one that there is. */
export function taskValue(log: CallLog, id: string | undefined): Record<string, unknown> {
  const changes = {
    Status: log.endedAt === undefined ? "In Progress" : "Completed",
    CallType: log.callType,
    ...(log.seconds !== undefined && {
      CallDurationInSeconds: Math.min(99_999_999, Math.max(0, Math.round(log.seconds))),
    }),
    ...(log.disposition !== undefined && { CallDisposition: cut(log.disposition, 255) }),
    ...related(log),
  };
  if (id !== undefined)
    return {
      Id: id,
      ...changes,
      ...((log.notes !== undefined || log.estimated) && { Description: description(log) }),
    };
  const started = new Date(log.startedAt);
  return {
    entityApiName: "Task",
    Subject: cut(subject(log, started), 255),
    TaskSubtype: "Call",
    CallObject: log.callObject,
    ...(!Number.isNaN(started.getTime()) && { ActivityDate: dateText(started) }),
    ...changes,
    Description: description(log),
  };
}

/** WhoId takes a Contact or a Lead, all else is WhatId; beside a Lead there is no WhatId (a rule of Salesforce's). */
function related({ who, what }: CallLog): Record<string, string> {
  const isPerson = who !== undefined && /^00[3Q]/.test(who);
  const thing = what ?? (isPerson ? undefined : who);
  return {
    ...(isPerson && { WhoId: who }),
    ...(thing !== undefined && !(isPerson && who.startsWith("00Q")) && { WhatId: thing }),
  };
}

function subject(log: CallLog, started: Date): string {
  const number = log.number.trim() === "" ? "an unknown number" : log.number;
  const missed = log.endedAt !== undefined && log.answeredAt === undefined;
  const what = {
    Inbound: missed ? `Missed call from ${number}` : `Call from ${number}`,
    Outbound: missed ? `Call to ${number}, not answered` : `Call to ${number}`,
    Internal: missed ? `Internal call with ${number}, not answered` : `Internal call with ${number}`,
  }[log.callType];
  const at = Number.isNaN(started.getTime())
    ? undefined
    : `${dateText(started)} ${two(started.getHours())}:${two(started.getMinutes())}`;
  return [what, log.queue, at].filter((part) => part !== undefined && part !== "").join(", ");
}

/** The agent's words first, then what no field of a Task holds. */
function description(log: CallLog): string {
  const facts = [
    `Number: ${log.number}`,
    log.dialed === undefined ? undefined : `Dialled: ${log.dialed}`,
    log.queue === undefined ? undefined : `Queue: ${log.queue}`,
    `Agent: ${log.agent}`,
    log.estimated ? "The end of the call was not seen: its time is estimated." : undefined,
  ];
  const notes = log.notes?.trim() ?? "";
  const text = facts.filter((line) => line !== undefined).join("\n");
  return notes === "" ? cut(text, longest) : `${cut(notes, longest - text.length - 2)}\n\n${text}`;
}

const longest = 32_000;

function dateText(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** At most so many UTF-16 units; no character is cut in half. */
function cut(text: string, length: number): string {
  const clean = text.toWellFormed();
  if (clean.length <= length) return clean;
  const short = clean.slice(0, Math.max(0, length - 1));
  return `${/[\ud800-\udbff]$/.test(short) ? short.slice(0, -1) : short}…`;
}
