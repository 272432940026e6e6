import { Box, Text } from "ink";
import { memo } from "react";
import type { Row, Span } from "../overlays/cells.ts";

/** Rows as they are: whoever made them has cut them to the width. */
export function Rows({ rows, colours }: { rows: readonly Row[]; colours: boolean }) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {rows.map((row, index) => (
        // Rows have no other identity than their place.
        <Line key={index} row={row} colours={colours} text={textOf(row)} />
      ))}
    </Box>
  );
}

/** Drawn anew only when it says or looks like something else. */
const Line = memo(
  function Line({ row, colours }: { row: Row; colours: boolean; text: string }) {
    return (
      <Text wrap="truncate">
        {row.length === 0
          ? " "
          : row.map((span, index) => (
              <Text key={index} {...styleOf(span, colours)}>
                {span.text}
              </Text>
            ))}
      </Text>
    );
  },
  (before, after) => before.text === after.text && before.colours === after.colours,
);

function textOf(row: Row): string {
  return JSON.stringify(row);
}

function styleOf({ color, bold, dim, inverse }: Span, colours: boolean) {
  return {
    ...(color !== undefined && colours && { color }),
    ...(bold === true && { bold }),
    ...(dim === true && { dimColor: true }),
    ...(inverse === true && { inverse }),
  };
}
