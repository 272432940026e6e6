import type { Frame, FrameOwner } from "./frames.ts";
import type { AXNode } from "./protocol.ts";

/** What a person or a screen reader finds by: role and name as the browser's accessibility tree has them. */
export interface RoleSight {
  role: string;
  /** A string is the whole name. */
  name?: string | RegExp;
  /** Of a field. */
  value?: string | RegExp;
  focused?: boolean;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  checked?: boolean;
  selected?: boolean;
}

/** A text or pattern that is to be read somewhere (of a pattern's `^` and `$` every line is one), or something with a role. */
export type Sight = string | RegExp | RoleSight;

export interface Found {
  frame: Frame;
  node: number;
  role: string;
  name: string;
  value: string;
  description: string;
  properties: Record<string, unknown>;
}

/** All that fits in one frame; a text is found as the frame itself. Rejects with ProtocolError when the frame goes meanwhile. */
export async function findIn(frame: Frame, sight: Sight): Promise<Found[]> {
  if (typeof sight === "string" || sight instanceof RegExp) {
    const text = await readFrame(frame);
    const seen = typeof sight === "string" ? text.includes(sight) : sight.test(text);
    return seen
      ? [{ frame, node: 0, role: "text", name: "", value: "", description: "", properties: {} }]
      : [];
  }
  const objectId = await documentOf(frame);
  if (objectId === undefined) return [];
  const { nodes } = await frame.session.send("Accessibility.queryAXTree", { objectId, role: sight.role });
  return nodes.flatMap((node) => {
    const found = foundOf(frame, node);
    return !node.ignored && found.node > 0 && fits(found, sight) ? [found] : [];
  });
}

/** The document; undefined while nobody can see it: asked for the accessibility tree of what it does not draw, Chromium does not answer. */
export async function documentOf({ session, context, owner }: Frame): Promise<string | undefined> {
  const { result } = await session.send("Runtime.evaluate", {
    expression: "document.hidden ? undefined : document",
    contextId: context ?? -1,
  });
  return result.objectId !== undefined && (await isShown(owner())) ? result.objectId : undefined;
}

/** The element that holds a frame has a place and is not hidden, nor is the one that holds that. */
async function isShown(owner: FrameOwner | undefined): Promise<boolean> {
  if (owner === undefined) return true;
  const { session } = owner.parent;
  const { backendNodeId } = await session.send("DOM.getFrameOwner", { frameId: owner.frame });
  const { object } = await session.send("DOM.resolveNode", { backendNodeId });
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId: object.objectId ?? "",
    functionDeclaration:
      "function () { return this.checkVisibility({ visibilityProperty: true }) && this.getClientRects().length > 0; }",
    returnByValue: true,
  });
  return result.value === true && isShown(owner.parent.owner());
}

/** What is to be read in a frame. */
export async function readFrame({ session, context }: Frame): Promise<string> {
  const { result } = await session.send("Runtime.evaluate", {
    expression: 'document.body?.innerText ?? ""',
    contextId: context ?? -1,
    returnByValue: true,
  });
  return String(result.value);
}

function foundOf(frame: Frame, node: AXNode): Found {
  return {
    frame,
    node: node.backendDOMNodeId ?? 0,
    role: String(node.role?.value ?? ""),
    name: String(node.name?.value ?? "").trim(),
    value: String(node.value?.value ?? ""),
    description: String(node.description?.value ?? ""),
    properties: Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.value])),
  };
}

const states = ["focused", "disabled", "pressed", "expanded", "checked", "selected"] as const;

function fits(found: Found, sight: RoleSight): boolean {
  return (
    matches(found.name, sight.name) &&
    matches(found.value, sight.value) &&
    states.every((state) => sight[state] === undefined || sight[state] === isSet(found.properties[state]))
  );
}

const isSet = (value: unknown): boolean => value === true || value === "true";

function matches(text: string, wanted: string | RegExp | undefined): boolean {
  return wanted === undefined || (typeof wanted === "string" ? text === wanted : wanted.test(text));
}

export function describeSight(sight: Sight): string {
  if (typeof sight === "string") return JSON.stringify(sight);
  if (sight instanceof RegExp) return String(sight);
  const { role, name, ...more } = sight;
  const rest = Object.entries(more).map(([key, value]) => `, ${key} ${String(value)}`);
  return `${role}${name === undefined ? "" : ` ${String(name)}`}${rest.join("")}`;
}

const shownStates = ["focused", "disabled", "pressed", "expanded", "checked", "selected", "invalid"];

/** The accessibility tree of a frame as indented lines, without what says nothing. */
export async function outline(frame: Frame): Promise<string> {
  const { session, id, url } = frame;
  if ((await documentOf(frame)) === undefined) return `── ${url} (hidden)\n${await readFrame(frame)}`;
  const { nodes } = await session.send("Accessibility.getFullAXTree", { frameId: id });
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [`── ${url}`];
  const walk = (node: AXNode | undefined, depth: number): void => {
    if (node === undefined) return;
    const role = String(node.role?.value ?? "");
    if (role === "InlineTextBox") return;
    const said = !node.ignored && !["generic", "none", "RootWebArea"].includes(role);
    if (said) lines.push(`${"  ".repeat(depth)}${lineOf(node, role)}`);
    for (const child of node.childIds ?? []) walk(byId.get(child), said ? depth + 1 : depth);
  };
  walk(nodes[0], 0);
  return lines.slice(0, 200).join("\n");
}

function lineOf(node: AXNode, role: string): string {
  const name = String(node.name?.value ?? "").trim();
  const value = node.value?.value;
  const marks = (node.properties ?? []).flatMap((property) => {
    const { value: set } = property.value;
    return shownStates.includes(property.name) && set !== false && set !== "false" ? [property.name] : [];
  });
  return [
    role,
    name === "" ? "" : JSON.stringify(name),
    value === undefined ? "" : `= ${JSON.stringify(value)}`,
    marks.length === 0 ? "" : `[${marks.join(" ")}]`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
