import { useSyncExternalStore } from "react";
import { eventText } from "../../words/event-text.ts";
import { plain } from "../../platform/terminal.ts";
import { fitRow, type Row } from "../overlays/cells.ts";
import { fill, titleRow } from "../panels/layout.ts";
import { Rows } from "../panels/rows.tsx";
import type { LogDesk } from "./log-desk.ts";

export function LogPane({
  desk,
  columns,
  rows,
  focused,
  colours,
}: {
  desk: LogDesk;
  columns: number;
  rows: number;
  focused: boolean;
  now: number;
  colours: boolean;
}) {
  const snapshot = useSyncExternalStore(desk.window.subscribe, () => desk.window.snapshot(rows - 1));
  const lines: Row[] = snapshot.rows.map((event) => fitRow([{ text: eventText(event, plain) }], columns));
  return (
    <Rows
      rows={fill([titleRow([{ text: "Events", bold: true }], columns, focused), ...lines], rows)}
      colours={colours}
    />
  );
}
