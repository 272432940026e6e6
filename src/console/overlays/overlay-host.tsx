import { Box } from "ink";
import { useSyncExternalStore } from "react";
import type { OverlaySight } from "./contract.ts";
import type { OverlayDesk } from "./desk.ts";
import { Frame, frameColumns, frameRowsTaken } from "./frame.tsx";

/** At most so wide: lines longer than that are not read. */
const widest = 100;
/** At most so high: the view below stays in sight. */
const highest = 24;

/**
 * The top overlay over the view: absolutely placed in an area of `columns` × `rows` at the upper left of its parent. Nothing when none is open.
 */
export function OverlayHost(props: {
  desk: OverlayDesk;
  sight: OverlaySight;
  columns: number;
  rows: number;
  /** Off with NO_COLOR; bold, dim and inverse stay. */
  colours?: boolean;
}) {
  const { desk, sight, columns, rows, colours = true } = props;
  useSyncExternalStore(desk.subscribe, desk.version);
  const overlay = sight.state.overlays.at(-1);
  if (overlay === undefined || columns < 1 || rows < 1) return null;
  const open = desk.of(overlay, sight);
  const wanted = open.height(sight, widthIn(columns) - frameColumns);
  const place = placeOf(columns, rows, wanted);
  const size = {
    columns: Math.max(0, place.columns - frameColumns),
    rows: Math.max(0, place.rows - frameRowsTaken),
  };
  return (
    <Box position="absolute" left={place.left} top={place.top}>
      <Frame drawing={open.draw(sight, size)} columns={place.columns} rows={place.rows} colours={colours} />
    </Box>
  );
}

/** The view behind is seen at the sides only where there is room for that. */
function widthIn(columns: number): number {
  return Math.min(widest, columns >= 60 ? columns - 4 : columns);
}

/** Where an overlay lies in its area: all of a small one, the middle of a large one. */
export function placeOf(
  columns: number,
  rows: number,
  wanted: number | undefined,
): { left: number; top: number; columns: number; rows: number } {
  const wide = widthIn(columns);
  const most = Math.min(rows, highest, rows >= 16 ? rows - 4 : rows);
  const high = wanted === undefined ? most : Math.min(most, wanted + frameRowsTaken);
  return {
    left: Math.floor((columns - wide) / 2),
    top: Math.floor((rows - high) / 2),
    columns: wide,
    rows: high,
  };
}
