import type { Org } from "../org.ts";
import { type ObjectName, readId } from "../records/ids.ts";
import type { Stored } from "../records/store.ts";
import { nameOf } from "../telling.ts";

/** What the user of a host page has before them. */
export interface View {
  /** The address line: path and query as Lightning has them. */
  url: string;
  kind: "home" | "record" | "search" | "new" | "list" | "object-home" | "flow" | "url";
  title: string;
  record?: { id: string; object: ObjectName; fields: { name: string; value: string; phone: boolean }[] };
  results?: { id: string; object: ObjectName; name: string }[];
}

/** Where a day begins: everybody whom a person could look for. */
export function homeView(org: Org): View {
  const found = (["Contact", "Lead", "Account"] as const).flatMap((object) => org.store.all(object));
  const results = found.map(({ id, object, fields }) => ({ id, object, name: nameOf(fields) }));
  return { url: "/lightning/page/home", kind: "home", title: "Home", results };
}

/** A screen pop's target: the constants' values of `sforce.opencti.SCREENPOP_TYPE` and what goes with them (reference §3.1). */
export interface Target {
  type: string;
  params: Record<string, unknown>;
}

export const popTypes = ["sobject", "url", "objecthome", "list", "search", "newRecord", "flow"] as const;

/** Where a pop leads, or in plain words why nowhere. */
export function viewOf(org: Org, { type, params }: Target): View | string {
  const text = (name: string): string | undefined => {
    const value = params[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  switch (type) {
    case "sobject": {
      const given = text("recordId");
      const id = given === undefined ? undefined : readId(given);
      const record = id === undefined ? undefined : org.store.get(id);
      return record === undefined
        ? `recordId names no record: ${String(params.recordId)}`
        : recordView(org, record);
    }
    case "url": {
      const url = text("url");
      if (url === undefined || !url.startsWith("/") || url.startsWith("//"))
        return `url must be a relative path: ${String(params.url)}`;
      return { url, kind: "url", title: url };
    }
    case "objecthome": {
      const object = objectOf(org, text("scope"));
      if (object === undefined) return `scope names no object: ${String(params.scope)}`;
      return { url: `/lightning/o/${object}/home`, kind: "object-home", title: object };
    }
    case "list": {
      const [object, list] = [objectOf(org, text("scope")), text("listViewId")];
      if (object === undefined || list === undefined) return "scope and listViewId are needed";
      return {
        url: `/lightning/o/${object}/list?filterName=${encodeURIComponent(list)}`,
        kind: "list",
        title: object,
      };
    }
    case "search": {
      const searched = text("searchString");
      if (searched === undefined || searched.length < 3) return "searchString must have 3 characters";
      return searchView(org, searched);
    }
    case "newRecord": {
      const object = objectOf(org, text("entityName"));
      if (object === undefined) return `entityName names no object: ${String(params.entityName)}`;
      return newView(object, params.defaultFieldValues);
    }
    case "flow": {
      const flow = text("flowDevName");
      return flow === undefined
        ? "flowDevName is needed"
        : { url: `/flow/${encodeURIComponent(flow)}`, kind: "flow", title: flow };
    }
    default:
      return `type must be one of sforce.opencti.SCREENPOP_TYPE: ${type}`;
  }
}

export function recordView(org: Org, { id, object, fields }: Stored): View {
  const schema = org.store.fieldsOf(object);
  const shown = Object.entries(schema)
    .filter(([name, { fixed }]) => fixed !== "system" || name === "Name")
    .map(([name, { type }]) => ({ name, value: fields[name], phone: type === "phone" }))
    .filter(({ value }) => value !== null && value !== undefined && value !== "")
    .map(({ name, value, phone }) => ({ name, value: String(value), phone }));
  return {
    url: `/lightning/r/${object}/${id}/view`,
    kind: "record",
    title: nameOf(fields),
    record: { id, object, fields: shown },
  };
}

export function searchView(org: Org, searched: string): View {
  const found = org.search(searched, "ALL", ["Contact", "Lead", "Account", "Case", "Opportunity", "Task"]);
  return {
    url: `/lightning/search?term=${encodeURIComponent(searched)}`,
    kind: "search",
    title: `Search: ${searched}`,
    results: found.map(({ id, object, fields }) => ({ id, object, name: nameOf(fields) })),
  };
}

export function newView(object: ObjectName, defaults: unknown): View {
  const pairs = Object.entries(Object(defaults) as Record<string, unknown>);
  // As the address has it: Phone=1,LastName=Khan, escaped once more as a whole.
  const values = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join(",");
  const query = values === "" ? "" : `?defaultFieldValues=${encodeURIComponent(values)}`;
  return { url: `/lightning/o/${object}/new${query}`, kind: "new", title: `New ${object}` };
}

/** The view that belongs to an address on this server; undefined: it is none of the pages that there are. */
export function viewAt(org: Org, url: URL): View | undefined {
  const [, , kind, name = "", last, end] = url.pathname.split("/");
  if (kind === "r" && end === "view") {
    const id = readId(last ?? "");
    const record = id === undefined ? undefined : org.store.get(id);
    return record?.object.toLowerCase() === name.toLowerCase() ? recordView(org, record) : undefined;
  }
  const object = kind === "o" ? objectOf(org, name) : undefined;
  if (object === undefined) return url.pathname === "/lightning/page/home" ? homeView(org) : undefined;
  if (last === "new") return { url: `${url.pathname}${url.search}`, kind: "new", title: `New ${object}` };
  return last === "home" ? { url: url.pathname, kind: "object-home", title: object } : undefined;
}

/** What getAppViewInfo and onNavigationChange tell of a view (reference §3). */
export function viewInfo(org: Org, base: string, { url, record }: View): Record<string, unknown> {
  const fields = record === undefined ? undefined : org.store.get(record.id)?.fields;
  return {
    url: `${base}${url}`,
    ...(record !== undefined && {
      recordId: record.id,
      recordName: nameOf(fields ?? {}),
      objectType: record.object,
      personAccount: false,
      ...relatives(record, fields),
    }),
  };
}

/** accountId or contactId of a record, where it has one. */
export function relatives(
  record: { id: string; object: ObjectName },
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  const accountId = record.object === "Account" ? record.id : fields.AccountId;
  const contactId = record.object === "Contact" ? record.id : fields.ContactId;
  return {
    ...(typeof accountId === "string" && { accountId }),
    ...(typeof contactId === "string" && { contactId }),
  };
}

const objectOf = (org: Org, name: string | undefined) =>
  name === undefined ? undefined : org.store.objectNamed(name);
