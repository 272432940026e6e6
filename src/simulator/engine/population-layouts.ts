import { fields, flag, invalid, list, text } from "./population-fields.ts";

/** A MediaPropertiesLayout of §11. */
export interface CallLayoutEntry {
  id: string;
  name: string;
  description: string;
  type: "DEFAULT" | "CUSTOM";
  header?: LayoutField;
  /** At most two, of at most ten each. */
  columns: LayoutField[][];
}

export interface LayoutField {
  displayName: string;
  mediaProperty: string;
  showInPopOver: boolean;
  uiEditable: boolean;
}

const mostColumns = 2;
const mostFields = 10;

/** Reads the list of a population document. The first is DEFAULT and the others CUSTOM where they do not say; exactly one has to be DEFAULT. */
export function callLayoutsFrom(entries: readonly unknown[]): CallLayoutEntry[] {
  const layouts = entries.map(layoutFrom);
  if (layouts.length > 0 && layouts.filter(({ type }) => type === "DEFAULT").length !== 1)
    throw invalid("callLayouts", "must hold one layout of type DEFAULT");
  return layouts;
}

function layoutFrom(entry: unknown, at: number): CallLayoutEntry {
  const where = `callLayouts[${at}]`;
  const given = fields(entry, where);
  const type = text(given, "type", where, at === 0 ? "DEFAULT" : "CUSTOM");
  if (type !== "DEFAULT" && type !== "CUSTOM") throw invalid(`${where}.type`, "must be DEFAULT or CUSTOM");
  const columns = list(given.columns ?? [], `${where}.columns`).map((column, index) =>
    list(column, `${where}.columns[${index}]`).map((field, row) =>
      fieldFrom(field, `${where}.columns[${index}][${row}]`),
    ),
  );
  if (columns.length > mostColumns) throw invalid(`${where}.columns`, `are more than ${mostColumns}`);
  if (columns.some((column) => column.length > mostFields))
    throw invalid(`${where}.columns`, `hold more than ${mostFields} entries in one`);
  return {
    id: text(given, "id", where, String(at + 1)),
    name: text(given, "name", where, type === "DEFAULT" ? "Default Layout" : undefined),
    description: given.description === undefined ? "" : text(given, "description", where),
    type,
    ...(given.header !== undefined && { header: fieldFrom(given.header, `${where}.header`) }),
    columns,
  };
}

function fieldFrom(entry: unknown, where: string): LayoutField {
  const given = fields(entry, where);
  return {
    // May be empty, as an administrator may leave it.
    displayName: (given.displayName ?? "") === "" ? "" : text(given, "displayName", where),
    mediaProperty: text(given, "mediaProperty", where),
    showInPopOver: flag(given, "showInPopOver", false),
    uiEditable: flag(given, "uiEditable", false),
  };
}
