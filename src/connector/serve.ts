import { CtiError } from "../model/errors.ts";
import type { AdaptersStart } from "./guardian-link.ts";
import { guard } from "./guardian.ts";

export interface ServeOptions {
  profile: string;
  /** Write call-variable values into journal and trace as they are. */
  recordVariables: boolean;
  /** The CRM adapters, with their secrets. */
  adapters?: AdaptersStart;
  /** Called when it serves. */
  onServing?: () => void;
}

/**
 * `cti serve`: a connector in the foreground, its log on stderr. Resolves when it has ended (SIGINT, SIGTERM, `cti stop`). Throws
 * `connector-start` when one runs already, or the worker cannot work here.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const outcome = await guard(
    { profile: options.profile, foreground: true, recordVariables: options.recordVariables, grace: 0 },
    () => options.onServing?.(),
    options.adapters,
  );
  if (outcome === "held") {
    throw new CtiError({
      code: "connector-start",
      message: `a connector of profile ${options.profile} runs already`,
      hint: "use that one (cti status), or end it first: cti stop",
    });
  }
}
