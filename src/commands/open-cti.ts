import type { CommandClass } from "clipanion";
import type { CtiContext } from "./context.ts";
import { OpenCtiSignInCommand } from "./open-cti-sign-in.ts";
import { OpenCtiSignOutCommand } from "./open-cti-sign-out.ts";
import { OpenCtiStatusCommand } from "./open-cti-status.ts";

/** The commands below `cti open-cti`. */
export const openCtiCommands: CommandClass<CtiContext>[] = [
  OpenCtiSignInCommand,
  OpenCtiSignOutCommand,
  OpenCtiStatusCommand,
];
