import { Box, useInput, usePaste, useWindowSize } from "ink";
import { useSyncExternalStore } from "react";
import { keysOf } from "../keys/key-name.ts";
import { keyOf } from "../overlays/desk.ts";
import { Rows } from "../panels/rows.tsx";
import { firstRunRows } from "./rows.ts";
import type { FirstRun } from "./runner.ts";

/** The screen before there is anything to configure the console with. */
export function FirstRunScreen({ run, colours }: { run: FirstRun; colours: boolean }) {
  const state = useSyncExternalStore(run.subscribe, run.state);
  const { columns, rows } = useWindowSize();
  useInput((input, key) => {
    for (const name of keysOf(input, key)) run.press(keyOf(name));
  });
  usePaste((text) => run.paste(text));
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Rows rows={firstRunRows(state, run.place, columns, rows)} colours={colours} />
    </Box>
  );
}
