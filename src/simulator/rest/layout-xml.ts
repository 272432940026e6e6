import type { CallLayoutEntry, LayoutField } from "../engine/population-layouts.ts";
import { element, type XmlElement } from "../engine/xml.ts";
import { fault } from "./api-fault.ts";

/** A MediaPropertiesLayout as §11 lists it. */
export function layoutXml({ id, name, description, type, header, columns }: CallLayoutEntry): XmlElement {
  return element("MediaPropertiesLayout", [
    element("uri", `/finesse/api/MediaPropertiesLayout/${id}`),
    element("name", name),
    element("description", description),
    element("type", type),
    element("header", header === undefined ? [] : [fieldXml(header)]),
    ...columns.map((fields) => element("column", fields.map(fieldXml))),
  ]);
}

/** What the single one of §5 answers. */
export function defaultLayoutXml(layouts: readonly CallLayoutEntry[]): XmlElement {
  const found = layouts.find(({ type }) => type === "DEFAULT");
  if (found === undefined) throw fault.notFound("MediaPropertiesLayout");
  return layoutXml(found);
}

function fieldXml({ displayName, mediaProperty, showInPopOver, uiEditable }: LayoutField): XmlElement {
  return element("entry", [
    element("displayName", displayName),
    element("mediaProperty", mediaProperty),
    element("showInPopOver", String(showInPopOver)),
    element("uiEditable", String(uiEditable)),
  ]);
}
