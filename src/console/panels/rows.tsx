import { Box, Text } from "ink";
import { memo } from "react";
import type { Row } from "../overlays/cells.ts";
import { styledText } from "./styled-text.ts";

/** Rows as they are: whoever made them has cut them to the width. */
export function Rows({ rows, colours }: { rows: readonly Row[]; colours: boolean }) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {rows.map((row, index) => (
        // Rows have no other identity than their place.
        <Line key={index} text={styledText(row, colours)} />
      ))}
    </Box>
  );
}

/** Drawn anew only when it says or looks like something else. One text for Ink, whatever stands in it: it lays out each by itself. */
const Line = memo(function Line({ text }: { text: string }) {
  return <Text wrap="truncate">{text === "" ? " " : text}</Text>;
});
