import { Command, Option } from "clipanion";
import { connectControl, ensureConnector } from "../control/client.ts";
import { CtiError } from "../model/errors.ts";
import { type ConsoleSettings, consoleRules } from "../platform/console-settings.ts";
import { Invalid } from "../platform/invalid.ts";
import { version } from "../platform/version.ts";
import { ConnectorCommand } from "./base.ts";
import { consoleSettings } from "./console-settings.ts";
import { processFacts } from "./shell-lease.ts";

/** `cti console` */
export class ConsoleCommand extends ConnectorCommand {
  static override paths = [["console"]];
  static override usage = Command.Usage({
    category: "Session",
    description: "state, calls and a live event log, all from the keyboard",
    details: [
      "Works for the agent of --agent, CTI_AGENT or the configuration, else for the only one signed in; i signs in there. Closing it signs",
      "nobody out: what becomes of an agent nobody attends to says the profile (not-ready after a minute unless told otherwise).",
      "? shows every key, : takes the same words as the shell.",
    ].join("\n"),
    examples: [["At the only agent signed in", "cti console"]],
  });

  agent = Option.String("-a,--agent", { description: "Whom to work for (CTI_AGENT)" });

  extension = Option.String("-e,--extension", { description: "For signing in (CTI_EXTENSION)" });

  readOnly = Option.Boolean("--read-only", false, { description: "Only watch: nothing can be changed" });

  theme = Option.String("--theme", { description: "auto, dark, light or none (console.theme)" });

  noBell = Option.Boolean("--no-bell", false, { description: "Silent when a call rings" });

  protected async run(): Promise<void> {
    const config = await this.config({ agent: this.agent, extension: this.extension });
    const { profile, settings } = config;
    const { env } = this.context;
    const options = { environment: env, profile, version };
    const configured = (await consoleSettings(config)).settings;
    const theme = this.theme === undefined ? configured.theme : themeOf(this.theme);
    const { runConsole } = await import("../console/start.tsx");
    await runConsole({
      profile,
      agent: settings.agent,
      extension: settings.extension,
      environment: env,
      folder: this.context.folder,
      options: {
        ...configured,
        theme,
        bell: configured.bell && !this.noBell,
        notifications: configured.notifications && !this.noBell,
        readOnly: this.readOnly,
      },
      control: connectControl({ ...options, patience: 3000 }),
      ensure: () => ensureConnector({ ...options, recordVariables: settings.recordVariables }),
      terminal: processFacts().terminal,
    });
  }
}

function themeOf(text: string): ConsoleSettings["theme"] {
  try {
    return consoleRules.theme.read(text);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const { message, hint } = error;
    throw new CtiError({
      code: "usage",
      message: `--theme: ${message}`,
      ...(hint !== undefined && { hint }),
    });
  }
}
