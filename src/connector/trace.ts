import type { TracePage, TraceQuery } from "../control/contract.ts";
import type { CrmRecord } from "../crm/adapter.ts";
import type { WireRecord } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import { maskCallVariables, type Redactor } from "../platform/redact.ts";
import type { Store } from "../platform/sqlite.ts";
import { BoundedTable } from "./bounded-table.ts";
import { limits } from "./limits.ts";

export interface TraceOptions {
  store: Store;
  redactor: Redactor;
  clock: Clock;
  recordVariables: boolean;
}

/** Records that wait are written when this many have come, or at the end of the event loop's turn. */
const batch = 100;

/** The recorded wire traffic. Secrets and call-variable values are removed before a record is kept, even in memory. */
export class Trace {
  readonly #options: TraceOptions;
  readonly #bound: BoundedTable;
  #waiting: { at: number; record: WireRecord }[] = [];

  constructor(options: TraceOptions) {
    this.#options = options;
    this.#bound = new BoundedTable(options.store, "trace", limits.traceBytes, limits.traceAge);
  }

  /** Takes one record; it is on disk at the end of this turn of the event loop, many in one transaction. */
  record(record: WireRecord): void {
    this.#waiting.push({ at: this.#options.clock.now(), record: this.#clean(record) });
    if (this.#waiting.length >= batch) this.flush();
    else if (this.#waiting.length === 1) setImmediate(() => this.flush());
  }

  /** The same for a message on a CRM's wire; its adapter knows where call variables stand in it. */
  recordCrm({ masked, text, requestId, ...record }: CrmRecord): void {
    const kept = this.#options.recordVariables || masked === undefined ? text : masked();
    this.record({ ...record, requestId, text: kept });
  }

  /** Writes what waits. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    let bytes = 0;
    this.#options.store.attempt((database) => {
      const insert = database.query(
        "INSERT INTO trace (at, agent, cause, bytes, json) VALUES (?, ?, ?, ?, ?)",
      );
      database.transaction(() => {
        for (const { at, record } of waiting) {
          const json = JSON.stringify(record);
          bytes += json.length;
          insert.run(at, record.agent ?? null, record.cause ?? null, json.length, json);
        }
      })();
    });
    this.#bound.added(bytes, this.#options.clock.now());
  }

  /** One page, newest last. */
  page(query: TraceQuery & { limit: number }): TracePage {
    this.flush();
    const parts: string[] = [];
    const values: (string | number)[] = [];
    if (query.agent !== undefined) {
      parts.push("agent = ?");
      values.push(query.agent);
    }
    if (query.cause !== undefined) {
      parts.push("cause = ?");
      values.push(query.cause);
    }
    if (query.until !== undefined) {
      // The index by time finds the place at once, wherever in the trace it is.
      parts.push("id <= (SELECT max(id) FROM trace WHERE at <= ?)");
      values.push(Date.parse(query.until));
    }
    if (query.before !== undefined) {
      parts.push("id < ?");
      values.push(Number(query.before));
    }
    const rows = this.#options.store.attempt((database) =>
      database
        .query<{ id: number; at: number; json: string }, (string | number)[]>(
          `SELECT id, at, json FROM trace WHERE ${parts.length === 0 ? "1" : parts.join(" AND ")} ORDER BY id DESC LIMIT ?`,
        )
        .all(...values, query.limit + 1),
    );
    const found = (rows ?? []).map(({ id, at, json }) => ({
      // Written by `flush` of this schema's version.
      ...(JSON.parse(json) as WireRecord),
      id: String(id),
      at: new Date(at).toISOString(),
    }));
    return { records: found.slice(0, query.limit).reverse(), more: found.length > query.limit };
  }

  #clean(record: WireRecord): WireRecord {
    const { redactor, recordVariables } = this.#options;
    const masked = recordVariables ? record.text : maskCallVariables(record.text);
    const text = redactor.redact(masked, record.agent);
    const rest = text.length - limits.traceText;
    return {
      ...record,
      summary: redactor.redact(record.summary, record.agent),
      text: rest > 0 ? `${text.slice(0, limits.traceText)}… (${rest} characters more)` : text,
    };
  }
}
