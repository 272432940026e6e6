import type { CommandClass } from "clipanion";
import type { CtiContext } from "./context.ts";

/** A first word of the command line. Nothing here loads a command's code until it is asked for. */
export interface CatalogueEntry {
  name: string;
  group: CommandGroup;
  /** One line for `cti help`. */
  summary: string;
  load: () => Promise<CommandClass<CtiContext>[]>;
}

export const commandGroups = ["Session", "Calls", "Watching", "Connector", "Tools"] as const;
export type CommandGroup = (typeof commandGroups)[number];

/**
 * Every command, in the order of `cti help`. An entry's file exports the classes of that first word: `config.ts` those of
 * `cti config show`, `cti config check`… A new command is a file and a line here.
 */
export const catalogue: readonly CatalogueEntry[] = [];
