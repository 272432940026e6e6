import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { type ConsoleSettings, consoleRules } from "../platform/console-settings.ts";
import { Invalid } from "../platform/invalid.ts";
import type { Config } from "../platform/config.ts";
import { ConnectorCommand } from "./base.ts";
import { consoleSettings } from "./console-settings.ts";
import { firstRunPort, isFirstRun, seatAt } from "./first-seat.ts";
import { processFacts } from "./shell-lease.ts";

type Seat = import("../console/first-run/contract.ts").Seat;

/** `cti console` */
export class ConsoleCommand extends ConnectorCommand {
  static override paths = [["console"]];
  static override usage = Command.Usage({
    category: "Session",
    description: "state, calls and a live event log, all from the keyboard",
    details: [
      "Works for the agent of --agent, CTI_AGENT or the configuration, else for the only one signed in; i signs in there. Closing it signs",
      "nobody out: what becomes of an agent nobody attends to says the profile (not-ready after a minute unless told otherwise).",
      "Where no Finesse is configured it offers a simulator, or asks for the address and tries it.",
      "? shows every key, : takes the same words as the shell.",
    ].join("\n"),
    examples: [
      ["At the only agent signed in", "cti console"],
      ["To see what it is like", "cti console --simulator"],
    ],
  });

  agent = Option.String("-a,--agent", { description: "Whom to work for (CTI_AGENT)" });

  extension = Option.String("-e,--extension", { description: "For signing in (CTI_EXTENSION)" });

  simulator = Option.Boolean("--simulator", false, {
    description: "With a simulator of its own, where calls come by themselves",
  });

  readOnly = Option.Boolean("--read-only", false, { description: "Only watch: nothing can be changed" });

  theme = Option.String("--theme", { description: "auto, dark, light or none (console.theme)" });

  noBell = Option.Boolean("--no-bell", false, { description: "Silent when a call rings" });

  protected async run(): Promise<void> {
    const config = await this.config({ agent: this.agent, extension: this.extension });
    const { env, folder } = this.context;
    const configured = (await consoleSettings(config)).settings;
    const theme = this.theme === undefined ? configured.theme : themeOf(this.theme);
    const options = {
      ...configured,
      theme,
      bell: configured.bell && !this.noBell,
      notifications: configured.notifications && !this.noBell,
      readOnly: this.readOnly,
    };
    const own = seatAt(config, env);
    const seat = await this.firstSeat(config, own, theme);
    if (seat === undefined) return;
    const { signIn, end } = seat;
    try {
      const { runConsole } = await import("../console/start.tsx");
      await runConsole({
        ...seat,
        folder,
        options,
        terminal: processFacts().terminal,
        ends: end !== undefined,
        // It tells of the simulator's people and numbers.
        guide: typeof signIn === "object",
        begin:
          signIn === undefined
            ? []
            : [
                signIn === "open"
                  ? { do: "open", overlay: { kind: "sign-in" } }
                  : { do: "sign-in", ...signIn },
              ],
      });
    } finally {
      await end?.();
    }
  }

  /** Where there is no Finesse yet the person is asked first; `undefined`: he has left. */
  private async firstSeat(config: Config, own: Seat, theme: string): Promise<Seat | undefined> {
    const { stdin, stdout } = process;
    // Without a terminal the console says so itself.
    if (stdin.isTTY !== true || stdout.isTTY !== true || (this.readOnly && !this.simulator)) return own;
    if (!this.simulator && !(await isFirstRun(config, own.control))) return own;
    const { coloursWanted, runFirstRun } = await import("../console/first-run/run.tsx");
    const { env, folder } = this.context;
    return runFirstRun({
      port: firstRunPort(config, env, folder),
      colours: coloursWanted(theme, env),
      simulator: this.simulator,
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
