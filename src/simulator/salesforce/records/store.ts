import type { SfUser } from "../contract.ts";
import { refused } from "../sf-error.ts";
import { type ObjectName, recordId } from "./ids.ts";
import type { Sample } from "./fixtures.ts";
import type { Fields } from "./schema.ts";

/** A record as it is kept. */
export interface Stored {
  readonly id: string;
  readonly object: ObjectName;
  fields: Record<string, unknown>;
}

/** The records of the org, by id. Knows no rules but those of a database: ids, unique fields, system fields. */
export class Store {
  readonly #schema: Record<ObjectName, Fields>;
  readonly #now: () => string;
  #records = new Map<string, Stored>();
  /** How many records each object ever had: ids are not used twice. */
  readonly #counts = new Map<ObjectName, number>();

  constructor(schema: Record<ObjectName, Fields>, now: () => string) {
    this.#schema = schema;
    this.#now = now;
  }

  fieldsOf(object: ObjectName): Fields {
    return this.#schema[object];
  }

  /** The object of that name, whatever its case. */
  objectNamed(name: string): ObjectName | undefined {
    return this.objects().find((each) => each.toLowerCase() === name.toLowerCase());
  }

  /** Names of all objects that there are. */
  objects(): ObjectName[] {
    return Object.keys(this.#schema) as ObjectName[];
  }

  get(id: string): Stored | undefined {
    return this.#records.get(id);
  }

  /** In the order in which they were made. */
  all(object: ObjectName): Stored[] {
    return [...this.#records.values()].filter((record) => record.object === object);
  }

  addUser(user: SfUser): void {
    const fields = { ...user, Name: user.name, Username: user.username, IsActive: true };
    this.#records.set(user.id, {
      id: user.id,
      object: "User",
      fields: { Id: user.id, Name: fields.Name, Username: fields.Username, IsActive: true },
    });
  }

  /** Puts fixtures in; `@ref` in a field is the id of the record of that `ref`, which must stand before. */
  addSamples(samples: readonly Sample[], owner: SfUser): void {
    const named = new Map<string, string>();
    for (const { object, ref, fields } of samples) {
      const filled = Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === "string" && value.startsWith("@") ? (named.get(value.slice(1)) ?? value) : value,
      ]);
      const { id } = this.create(object, Object.fromEntries(filled), owner.id);
      if (ref !== undefined) named.set(ref, id);
    }
  }

  /** Makes a record of fields that were checked. Throws DUPLICATE_VALUE. */
  create(object: ObjectName, given: Record<string, unknown>, user: string): Stored {
    this.#checkUnique(object, given, undefined);
    const number = (this.#counts.get(object) ?? 0) + 1;
    this.#counts.set(object, number);
    const id = recordId(object, number);
    const at = this.#now();
    const schema = this.#schema[object];
    const initial = Object.entries(schema).map(([name, field]) => [name, field.initial ?? null]);
    const fields = {
      ...Object.fromEntries(initial),
      ...("OwnerId" in schema && { OwnerId: user }),
      ...withoutEmpty(given),
      Id: id,
      CreatedDate: at,
      CreatedById: user,
      IsDeleted: false,
    };
    const record: Stored = { id, object, fields };
    this.#touch(record, at, user);
    this.#records.set(id, record);
    return record;
  }

  /** Changes a record by fields that were checked. Throws DUPLICATE_VALUE. */
  update(record: Stored, given: Record<string, unknown>, user: string): void {
    this.#checkUnique(record.object, given, record.id);
    record.fields = { ...record.fields, ...withoutEmpty(given) };
    this.#touch(record, this.#now(), user);
  }

  delete(id: string): void {
    this.#records.delete(id);
  }

  /** What `restore` puts back. */
  snapshot(): Map<string, Stored> {
    return new Map([...this.#records].map(([id, record]) => [id, { ...record }]));
  }

  restore(snapshot: Map<string, Stored>): void {
    this.#records = snapshot;
  }

  #touch(record: Stored, at: string, user: string): void {
    const { fields } = record;
    Object.assign(fields, { LastModifiedDate: at, LastModifiedById: user, SystemModstamp: at });
    const { FirstName: first, LastName: last, Status: status } = fields;
    if (record.object === "Contact" || record.object === "Lead")
      fields.Name = [first, last].filter((part) => typeof part === "string" && part !== "").join(" ");
    if (record.object === "Task") {
      fields.IsClosed = status === "Completed";
      fields.AccountId = this.#accountOf(fields);
    }
  }

  #accountOf({ WhoId, WhatId }: Record<string, unknown>): unknown {
    const what = typeof WhatId === "string" ? this.get(WhatId) : undefined;
    if (what?.object === "Account") return what.id;
    const who = typeof WhoId === "string" ? this.get(WhoId) : undefined;
    return what?.fields.AccountId ?? who?.fields.AccountId ?? null;
  }

  #checkUnique(object: ObjectName, given: Record<string, unknown>, own: string | undefined): void {
    for (const [name, field] of Object.entries(this.#schema[object])) {
      const value = given[name];
      if (!field.unique || value === undefined || value === null || value === "") continue;
      const other = this.all(object).find((each) => each.id !== own && each.fields[name] === value);
      if (other !== undefined)
        throw refused(
          400,
          "DUPLICATE_VALUE",
          `duplicate value found: ${name} duplicates value on record with id: ${other.id}`,
        );
    }
  }
}

/** An empty text is kept as null. */
function withoutEmpty(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === "" ? null : value]),
  );
}
