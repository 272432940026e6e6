import type { CallLayout, LayoutEntry } from "../model/call-layout.ts";
import { child, childText, idFromUri, type XmlElement } from "./xml-tree.ts";

/** `<MediaPropertiesLayouts><MediaPropertiesLayout>…` of §11; one is still a list. */
export function parseCallLayouts(element: XmlElement): CallLayout[] {
  return partsOf(element, "mediapropertieslayout").map(parseCallLayout);
}

/** One `<MediaPropertiesLayout>` of §11. Nothing has to be there; an entry that names no variable shows nothing and is left out. */
export function parseCallLayout(element: XmlElement): CallLayout {
  const header = child(element, "header");
  return {
    id: childText(element, "id") ?? idFromUri(childText(element, "uri")) ?? "",
    name: childText(element, "name") ?? "",
    description: childText(element, "description"),
    type: childText(element, "type") ?? "",
    header: header === undefined ? undefined : entriesOf(header)[0],
    columns: partsOf(element, "column").map(entriesOf),
  };
}

function entriesOf(element: XmlElement): LayoutEntry[] {
  return partsOf(element, "entry").flatMap((entry) => {
    const variable = childText(entry, "mediaproperty");
    if (variable === undefined) return [];
    return [
      {
        displayName: childText(entry, "displayname") ?? "",
        variable,
        inPopOver: flagOf(childText(entry, "showinpopover")),
        editable: flagOf(childText(entry, "uieditable")),
      },
    ];
  });
}

function partsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((part) => part.name.toLowerCase() === name);
}

/** `undefined` for what is neither. */
function flagOf(text: string | undefined): boolean | undefined {
  const flag = text?.toLowerCase();
  return flag === "true" ? true : flag === "false" ? false : undefined;
}
