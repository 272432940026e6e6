import type { Found } from "./sights.ts";

export interface Point {
  x: number;
  y: number;
}

/** Where to click it, in the tab's own pixels; once it stays there; undefined while it has no place or something else lies over it. */
export async function pointOf({ frame, node }: Found): Promise<Point | undefined> {
  const { session } = frame;
  await session.send("DOM.scrollIntoViewIfNeeded", { backendNodeId: node });
  let middle = await middleOf(session, node);
  for (let before: Point | undefined; middle?.x !== before?.x || middle?.y !== before?.y;) {
    before = middle;
    if (!(await isOnTop(session, node))) return undefined;
    middle = await middleOf(session, node);
  }
  if (middle === undefined) return undefined;
  let { x, y } = middle;
  for (
    let inner = frame, owner = inner.owner();
    owner !== undefined;
    inner = owner.parent, owner = inner.owner()
  ) {
    const { session: outside } = owner.parent;
    // Only a frame in another process counts from its own corner.
    if (outside === inner.session) continue;
    const { backendNodeId } = await outside.send("DOM.getFrameOwner", { frameId: owner.frame });
    const { quads } = await outside.send("DOM.getContentQuads", { backendNodeId });
    const [left = 0, top = 0] = quads[0] ?? [];
    x += left;
    y += top;
  }
  return { x, y };
}

async function middleOf(session: Found["frame"]["session"], node: number): Promise<Point | undefined> {
  const { quads } = await session.send("DOM.getContentQuads", { backendNodeId: node });
  const [quad] = quads;
  if (quad === undefined) return undefined;
  const [x1 = 0, y1 = 0, , , x3 = 0, y3 = 0] = quad;
  if (x1 === x3 || y1 === y3) return undefined;
  return { x: (x1 + x3) / 2, y: (y1 + y3) / 2 };
}

/** Two frames later nothing lies over it. */
async function isOnTop(session: Found["frame"]["session"], node: number): Promise<boolean> {
  const { object } = await session.send("DOM.resolveNode", { backendNodeId: node });
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId: object.objectId ?? "",
    functionDeclaration: `async function () {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const { left, top, width, height } = this.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return hit !== null && (this.contains(hit) || hit.contains(this) || hit.closest("label")?.control === this);
    }`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value === true;
}
