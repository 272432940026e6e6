import { Command, Option } from "clipanion";
import { type Config, type ConfigFlags, loadConfig } from "../platform/config.ts";
import { jsonText, type Paint } from "../platform/terminal.ts";
import { chooseAgent } from "./agents.ts";
import type { CtiContext } from "./context.ts";
import type { Control } from "./control.ts";
import { reportError } from "./report.ts";

/**
 * What every command has. A command class only parses: `run` hands its options to a plain function, prints what that returns, and
 * may answer an exit code (0 when it answers none). Throw a CtiError to fail: it is printed to stderr and decides the exit code.
 */
export abstract class BaseCommand extends Command<CtiContext> {
  json = Option.Boolean("--json", false, { description: "Print JSON, for programs" });

  quiet = Option.Boolean("-q,--quiet", false, { description: "Print nothing when it goes well" });

  protected abstract run(): Promise<number | void>;

  /** clipanion's entry; not for subclasses. */
  async execute(): Promise<number> {
    try {
      return (await this.run()) ?? 0;
    } catch (thrown) {
      return reportError(thrown, {
        stderr: this.context.stderr,
        paint: this.context.paint.err,
        json: this.json,
        debug: this.context.env.CTI_DEBUG === "1",
      });
    }
  }

  /** Colour of stdout. */
  protected get paint(): Paint {
    return this.context.paint.out;
  }

  /** A result for a person, on stdout. A line end is added. Silent with --quiet. */
  protected print(text: string): void {
    if (!this.quiet) this.context.stdout.write(`${text}\n`);
  }

  /** A result for a program: one object on one line of stdout. */
  protected printJson(value: unknown): void {
    this.context.stdout.write(`${jsonText(value)}\n`);
  }

  /** What goes on meanwhile, on stderr. Silent with --quiet and with --json. */
  protected progress(text: string): void {
    if (!this.quiet && !this.json) this.context.stderr.write(`${text}\n`);
  }
}

/** A command that speaks to the connector of a profile. */
export abstract class ConnectorCommand extends BaseCommand {
  profile = Option.String("--profile", { description: "Profile of the configuration file (CTI_PROFILE)" });

  timeout = Option.String("--timeout", { description: "Seconds to wait for the outcome (CTI_TIMEOUT)" });

  /** The settings in force: this command's flags over environment over file. */
  protected config(flags: ConfigFlags = {}): Promise<Config> {
    return loadConfig({
      environment: this.context.env,
      folder: this.context.folder,
      flags: { profile: this.profile, timeout: this.timeout, ...flags },
    });
  }
}

/** A command for one signed-in agent. */
export abstract class AgentCommand extends ConnectorCommand {
  agent = Option.String("-a,--agent", {
    description: "Which agent (CTI_AGENT); else the only one signed in",
  });

  /** The running connector and the agent meant. Throws `no-connector`, `not-signed-in`, `ambiguous-agent`. */
  protected async session(): Promise<{ control: Control; agent: string; config: Config }> {
    const config = await this.config({ agent: this.agent });
    const control = await this.context.control.connect(config.profile);
    return { control, agent: await chooseAgent(control, config.settings.agent), config };
  }

  /** Seconds the user asked for; `undefined` leaves it to what the session was signed in with. */
  protected commandTimeout(config: Config): number | undefined {
    return config.origins.timeout.kind === "default" ? undefined : config.settings.timeout;
  }
}
