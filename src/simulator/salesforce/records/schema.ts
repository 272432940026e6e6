import { CtiError } from "../../../model/errors.ts";
import type { ObjectName } from "./ids.ts";

/** One field of an object; reference §5 has the Task's. */
export interface Field {
  type:
    | "id"
    | "string"
    | "textarea"
    | "phone"
    | "email"
    | "picklist"
    | "int"
    | "date"
    | "datetime"
    | "boolean"
    | "reference";
  label?: string;
  /** Characters of a text, digits of a number. */
  length?: number;
  /** Values of a restricted picklist. */
  values?: readonly string[];
  /** Objects that a reference may point at. */
  to?: readonly ObjectName[];
  /** What it is when nothing is given. */
  initial?: unknown;
  /** It must not be empty. */
  required?: true;
  /** `system`: nobody writes it; `create`: only at the creation. */
  fixed?: "system" | "create";
  /** An upsert may name it. */
  externalId?: true;
  unique?: true;
}

export type Fields = Record<string, Field>;

const id: Field = { type: "id", fixed: "system" };
const system: Fields = {
  Id: id,
  CreatedDate: { type: "datetime", fixed: "system" },
  CreatedById: { type: "reference", to: ["User"], fixed: "system" },
  LastModifiedDate: { type: "datetime", fixed: "system" },
  LastModifiedById: { type: "reference", to: ["User"], fixed: "system" },
  SystemModstamp: { type: "datetime", fixed: "system" },
  IsDeleted: { type: "boolean", fixed: "system" },
};
const text = (length: number, more: Partial<Field> = {}): Field => ({ type: "string", length, ...more });
const phone: Field = { type: "phone", length: 40 };
const picklist = (values: readonly string[], more: Partial<Field> = {}): Field => ({
  type: "picklist",
  values,
  ...more,
});
const reference = (to: readonly ObjectName[], more: Partial<Field> = {}): Field => ({
  type: "reference",
  to,
  ...more,
});
const owner = reference(["User"], { label: "Assigned To ID" });
const person: Fields = {
  Name: text(121, { fixed: "system" }),
  FirstName: text(40),
  LastName: text(80, { required: true, label: "Last Name" }),
  Title: text(128),
  Phone: phone,
  MobilePhone: phone,
  Fax: phone,
  Email: { type: "email", length: 80 },
  Description: { type: "textarea", length: 32_000 },
  OwnerId: owner,
};

export const taskStatuses = [
  "Not Started",
  "In Progress",
  "Completed",
  "Waiting on someone else",
  "Deferred",
] as const;

/** The objects and their fields, as a new org has them. */
export const standardSchema: Record<ObjectName, Fields> = {
  Task: {
    ...system,
    Subject: text(255),
    Status: picklist(taskStatuses, { required: true, initial: "Not Started" }),
    Priority: picklist(["High", "Normal", "Low"], { required: true, initial: "Normal" }),
    CallType: picklist(["Internal", "Inbound", "Outbound"], { label: "Call Type" }),
    CallDurationInSeconds: { type: "int", length: 8, label: "Call Duration" },
    CallObject: text(255, { label: "Call Object Identifier" }),
    CallDisposition: text(255, { label: "Call Result" }),
    WhoId: reference(["Contact", "Lead"], { label: "Name ID" }),
    WhatId: reference(["Account", "Opportunity", "Case"], { label: "Related To ID" }),
    Description: { type: "textarea", length: 32_000 },
    ActivityDate: { type: "date", label: "Due Date Only" },
    OwnerId: owner,
    TaskSubtype: picklist(["Task", "Call", "Email", "ListEmail", "Cadence"], {
      fixed: "create",
      initial: "Task",
    }),
    ReminderDateTime: { type: "datetime" },
    IsReminderSet: { type: "boolean", initial: false },
    IsClosed: { type: "boolean", fixed: "system" },
    AccountId: reference(["Account"], { fixed: "system" }),
  },
  Contact: {
    ...system,
    ...person,
    AccountId: reference(["Account"], { label: "Account ID" }),
    HomePhone: phone,
    OtherPhone: phone,
    AssistantPhone: phone,
  },
  Lead: {
    ...system,
    ...person,
    Company: text(255, { required: true }),
    Status: picklist(["Open - Not Contacted", "Working - Contacted", "Closed - Converted"], {
      initial: "Open - Not Contacted",
    }),
  },
  Account: {
    ...system,
    Name: text(255, { required: true, label: "Account Name" }),
    Phone: phone,
    Fax: phone,
    Description: { type: "textarea", length: 32_000 },
    OwnerId: owner,
  },
  Opportunity: {
    ...system,
    Name: text(120, { required: true }),
    StageName: text(255, { required: true, initial: "Prospecting" }),
    CloseDate: { type: "date", required: true, initial: "2026-12-31" },
    AccountId: reference(["Account"]),
    OwnerId: owner,
  },
  Case: {
    ...system,
    CaseNumber: text(30, { fixed: "system" }),
    Subject: text(255),
    Status: picklist(["New", "Working", "Escalated", "Closed"], { initial: "New" }),
    Origin: picklist(["Phone", "Email", "Web"]),
    ContactId: reference(["Contact"]),
    AccountId: reference(["Account"]),
    Description: { type: "textarea", length: 32_000 },
    OwnerId: owner,
  },
  User: {
    ...system,
    Name: text(121, { fixed: "system" }),
    Username: text(80, { fixed: "system" }),
    Email: { type: "email", length: 128, fixed: "system" },
    IsActive: { type: "boolean", fixed: "system" },
  },
};

/** The standard fields, and fields of the org's own that an upsert may name: `Task.CTI_Key__c`. Throws `usage`. */
export function customSchema(own: readonly string[]): Record<ObjectName, Fields> {
  const schema: Record<ObjectName, Fields> = { ...standardSchema };
  for (const path of own) {
    const [, name = "", field = ""] = /^(\w+)\.([A-Za-z]\w*__c)$/.exec(path) ?? [];
    const object = (Object.keys(schema) as ObjectName[]).find((each) => each === name);
    if (object === undefined)
      throw new CtiError({
        code: "usage",
        message: `"${path}" is no field of an org's own`,
        hint: "for example: Task.CTI_Key__c",
      });
    schema[object] = { ...schema[object], [field]: text(255, { externalId: true, unique: true }) };
  }
  return schema;
}

/** The field of that name, whatever its case, with its name as the schema has it. */
export function fieldOf(fields: Fields, name: string): [string, Field] | undefined {
  return Object.entries(fields).find(([each]) => each.toLowerCase() === name.toLowerCase());
}
