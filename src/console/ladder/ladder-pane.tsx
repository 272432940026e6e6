import { Box } from "ink";
import { useRef, useSyncExternalStore } from "react";
import { fitRow, type Row } from "../overlays/cells.ts";
import { fill, titleRow } from "../panels/layout.ts";
import { Rows } from "../panels/rows.tsx";
import { words } from "../words.ts";
import type { LadderDesk } from "./ladder-desk.ts";
import { ladderTop, LadderView } from "./ladder-view.tsx";

export interface LadderPaneProps {
  desk: LadderDesk;
  columns: number;
  rows: number;
  now: number;
  colours: boolean;
}

/** The ladder, or the message of its chosen arrow. */
export function LadderPane({ desk, columns, rows, now, colours }: LadderPaneProps) {
  const { ladder, chosen, raw, loading, note } = useSyncExternalStore(desk.subscribe, desk.snapshot);
  const top = useRef(0);
  if (raw !== undefined) {
    const lines: Row[] = raw.lines
      .slice(raw.top, raw.top + rows - 1)
      .map((text) => fitRow([{ text: ` ${text}` }], columns));
    const title = titleRow([{ text: words.rawTitle, bold: true }], columns, true);
    return <Rows rows={fill([title, ...lines], rows)} colours={colours} />;
  }
  if (ladder === undefined) {
    const text = loading ? words.reading : (note ?? words.noLadder);
    const title = titleRow([{ text: words.ladderTitle, bold: true }], columns, true);
    return <Rows rows={fill([title, [{ text: `  ${text}`, dim: true }]], rows)} colours={colours} />;
  }
  top.current = ladderTop(top.current, chosen, ladder.steps.length, rows);
  return (
    <Box height={rows}>
      <LadderView
        ladder={ladder}
        columns={columns}
        rows={rows}
        chosen={chosen}
        top={top.current}
        now={now}
        colours={colours}
      />
    </Box>
  );
}
