import { CtiError } from "../../../model/errors.ts";
import type { LogLevel } from "../../../platform/log.ts";
import type { CallLog } from "../contract.ts";
import type { SalesforceClient } from "./client.ts";
import { errorCodeOf, isUncertain, listOf, oddAnswer } from "./errors.ts";
import { isRecord, textOf } from "./json.ts";
import type { Owners } from "./owners.ts";
import { soqlText } from "./query-text.ts";
import { changedTask, newTask, type TaskFields, taskKey } from "./task-fields.ts";

export interface TaskParts {
  client: SalesforceClient;
  owners: Owners;
  /** A unique external-id field of Task: Salesforce itself then sees to it that there is one. */
  externalId: string | undefined;
  zone: string | undefined;
  now: () => number;
  log: (level: LogLevel, words: string) => void;
}

export interface SavedTask {
  id: string;
  created: boolean;
}

/** Tasks whose ids are remembered, so that an update needs no look first. */
const remembered = 5000;

/**
 * Milliseconds for which a create whose answer did not come may still be at work at Salesforce: as long, a look that finds nothing proves
 * nothing, and no second one is made.
 */
const atWork = 60_000;

/** Links that are left out where Salesforce refuses them: the record of a call is worth more than what it hangs on. */
const linkCodes = new Set([
  "INVALID_CROSS_REFERENCE_KEY",
  "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
  "MALFORMED_ID",
  "FIELD_INTEGRITY_EXCEPTION",
  "ENTITY_IS_DELETED",
]);
const ownerCodes = new Set([
  "INACTIVE_OWNER_OR_USER",
  "OP_WITH_INVALID_USER_TYPE_EXCEPTION",
  "TRANSFER_REQUIRES_READ",
  "INSUFFICIENT_ACCESS",
]);
const links = ["WhoId", "WhatId", "OwnerId"];

/** One Task for each leg of a call, however often it is saved (open-cti.md §5). */
export class Tasks {
  readonly #parts: TaskParts;
  readonly #ids = new Map<string, string>();
  readonly #atWork = new Map<string, number>();
  readonly #lanes = new Map<string, Promise<unknown>>();

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /**
   * Makes the Task or brings it up to date. Before one is made it is looked for, always: an earlier try, or an earlier process, may have made
   * it. One that was deleted at Salesforce is made anew, so that the log of calls is whole. Throws CtiError with `details.retry`.
   */
  async save(log: CallLog, signal: AbortSignal): Promise<SavedTask> {
    const key = taskKey(log.callObject);
    const before = this.#lanes.get(key);
    const work = (async () => {
      await before?.catch(() => {});
      return this.#save(key, log, signal);
    })();
    this.#lanes.set(key, work);
    try {
      return await work;
    } finally {
      if (this.#lanes.get(key) === work) this.#lanes.delete(key);
    }
  }

  async #save(key: string, log: CallLog, signal: AbortSignal): Promise<SavedTask> {
    const known = this.#ids.get(key);
    if (known !== undefined && (await this.#update(known, log, signal))) return { id: known, created: false };
    this.#ids.delete(key);
    const found = await this.#find(key, log.agent, signal);
    if (found !== undefined && found !== known && (await this.#update(found, log, signal))) {
      this.#remember(key, found);
      return { id: found, created: false };
    }
    this.#refuseWhileAtWork(key);
    const owner = await this.#parts.owners.of(log.agent, signal);
    return this.#create(key, log, owner, signal);
  }

  async #create(
    key: string,
    log: CallLog,
    owner: string | undefined,
    signal: AbortSignal,
  ): Promise<SavedTask> {
    const { externalId, zone, now } = this.#parts;
    const fields = newTask(log, zone, owner);
    let saved: SavedTask | undefined;
    try {
      saved = await this.#withLinks(fields, (some) =>
        externalId === undefined
          ? this.#insert(some, log, signal)
          : this.#upsert(externalId, key, some, log, signal),
      );
    } catch (error) {
      if (mayBeAtWork(error)) this.#atWork.set(key, now() + atWork);
      // Somebody else made it between our look and this.
      if (!isThereAlready(error)) throw error;
    }
    if (saved === undefined) {
      const id = await this.#find(key, log.agent, signal);
      if (id === undefined || !(await this.#update(id, log, signal)))
        throw oddAnswer("says that the Task is there, and finds none");
      saved = { id, created: false };
    }
    this.#atWork.delete(key);
    this.#remember(key, saved.id);
    return saved;
  }

  async #insert(fields: TaskFields, { agent }: CallLog, signal: AbortSignal): Promise<SavedTask> {
    const { client } = this.#parts;
    const path = "/sobjects/Task/";
    const what = "the new Task of a call";
    const { body } = await client.ask({
      method: "POST",
      path,
      body: fields,
      kind: "record",
      what,
      agent,
      signal,
    });
    const id = isRecord(body) ? textOf(body.id) : undefined;
    if (id === undefined) throw oddAnswer("has made a Task and does not say which");
    return { id, created: true };
  }

  /** The field's own index at Salesforce decides which of two that come together makes it. */
  async #upsert(
    field: string,
    key: string,
    fields: TaskFields,
    { agent }: CallLog,
    signal: AbortSignal,
  ): Promise<SavedTask | undefined> {
    const { client } = this.#parts;
    const path = `/sobjects/Task/${field}/${encodeURIComponent(key)}`;
    const what = "the Task of a call";
    const { body, status } = await client.ask({
      method: "PATCH",
      path,
      body: fields,
      kind: "record",
      what,
      agent,
      signal,
    });
    const id = isRecord(body) ? textOf(body.id) : undefined;
    // Older versions of the API say nothing of what they changed.
    return id === undefined ? undefined : { id, created: status === 201 };
  }

  /** False: it is not there any more. */
  async #update(id: string, log: CallLog, signal: AbortSignal): Promise<boolean> {
    const { client } = this.#parts;
    const { agent } = log;
    const path = `/sobjects/Task/${encodeURIComponent(id)}`;
    const what = "the change of a call's Task";
    try {
      await this.#withLinks(changedTask(log), (body) =>
        client.ask({ method: "PATCH", path, body, kind: "record", what, agent, signal }),
      );
      return true;
    } catch (error) {
      const status = error instanceof CtiError ? error.details?.status : undefined;
      if (status === 404 && ["NOT_FOUND", "ENTITY_IS_DELETED"].includes(errorCodeOf(error))) return false;
      throw error;
    }
  }

  /** The oldest, where there are several: which only happens without an external id, when Salesforce took minutes for a create. */
  async #find(key: string, agent: string, signal: AbortSignal): Promise<string | undefined> {
    const { client, externalId, log } = this.#parts;
    const value = soqlText(key);
    const by = [externalId, "CallObject"].filter((field) => field !== undefined);
    const where = by.map((field) => `${field} = ${value}`).join(" OR ");
    const answer = await client.ask({
      method: "GET",
      path: "/query/",
      query: new URLSearchParams({ q: `SELECT Id FROM Task WHERE ${where} ORDER BY CreatedDate LIMIT 5` }),
      kind: "record",
      what: "the search for a call's Task",
      agent,
      signal,
    });
    const ids = listOf(answer, "records")
      .map(({ Id }) => textOf(Id))
      .filter((id) => id !== undefined);
    if (ids.length > 1)
      log(
        "warn",
        `Salesforce: ${ids.length} Tasks have the CallObject ${key}: ${ids.join(", ")}; the first is kept up to date`,
      );
    return ids[0];
  }

  /** Tries without the links that Salesforce refuses, one after the other. */
  async #withLinks<Result>(
    fields: TaskFields,
    work: (fields: TaskFields) => Promise<Result>,
  ): Promise<Result> {
    let given = fields;
    for (;;) {
      try {
        return await work(given);
      } catch (error) {
        const refused = refusedLinks(error, given);
        if (refused.length === 0) throw error;
        const why = error instanceof CtiError ? (error.why ?? "") : "";
        this.#parts.log("warn", `Salesforce: a Task is saved without ${refused.join(" and ")}: ${why}`);
        given = Object.fromEntries(Object.entries(given).filter(([name]) => !refused.includes(name)));
      }
    }
  }

  #refuseWhileAtWork(key: string): void {
    const now = this.#parts.now();
    for (const [each, until] of this.#atWork) if (until <= now) this.#atWork.delete(each);
    const until = this.#atWork.get(key);
    if (until === undefined) return;
    throw new CtiError({
      code: "refused",
      message: "the Task of a call is not made a second time yet",
      why: "Salesforce's answer to the first time did not come, and it may still be at work on it",
      hint: "it is looked for again; with external-id in [adapters.open-cti.salesforce] there is nothing to wait for",
      details: { retry: true, waits: true, until: new Date(until).toISOString() },
    });
  }

  #remember(key: string, id: string): void {
    this.#ids.delete(key);
    this.#ids.set(key, id);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > remembered && oldest !== undefined) this.#ids.delete(oldest);
  }
}

/** A request that ended without an answer of Salesforce's: a server that answers, whatever it says, has ended its work. */
function mayBeAtWork(error: unknown): boolean {
  return isUncertain(error) && !(error instanceof CtiError && typeof error.details?.status === "number");
}

function isThereAlready(error: unknown): boolean {
  if (errorCodeOf(error) === "DUPLICATE_VALUE") return true;
  // Of an upsert that found one: some fields are written once.
  const isOnce = errorCodeOf(error) === "INVALID_FIELD_FOR_INSERT_UPDATE";
  return isOnce && fieldsOf(error).includes("TaskSubtype");
}

function refusedLinks(error: unknown, given: TaskFields): string[] {
  const code = errorCodeOf(error);
  const there = links.filter((name) => name in given && given[name] !== null);
  if (ownerCodes.has(code)) return there.filter((name) => name === "OwnerId");
  if (!linkCodes.has(code)) return [];
  const named = there.filter((name) => fieldsOf(error).includes(name));
  return named.length > 0 ? named : there;
}

function fieldsOf(error: unknown): unknown[] {
  const fields = error instanceof CtiError ? error.details?.fields : undefined;
  return Array.isArray(fields) ? fields : [];
}
