import type { CommandClass } from "clipanion";
import type { CtiContext } from "./context.ts";
import { OpenCtiDefinitionCommand } from "./open-cti-definition.ts";
import { OpenCtiSignInCommand } from "./open-cti-sign-in.ts";
import { OpenCtiSignOutCommand } from "./open-cti-sign-out.ts";
import { OpenCtiStatusCommand } from "./open-cti-status.ts";
import { OpenCtiTrustCommand } from "./open-cti-trust.ts";

/** `cti open-cti …` but for pairing, which needs the connector. */
export const openCtiCommands: CommandClass<CtiContext>[] = [
  OpenCtiSignInCommand,
  OpenCtiSignOutCommand,
  OpenCtiStatusCommand,
  OpenCtiDefinitionCommand,
  OpenCtiTrustCommand,
];
