import { Command, Option } from "clipanion";
import type { Paint } from "../platform/terminal.ts";
import type { CtiContext } from "./context.ts";
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
    this.context.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** What goes on meanwhile, on stderr. Silent with --quiet and with --json. */
  protected progress(text: string): void {
    if (!this.quiet && !this.json) this.context.stderr.write(`${text}\n`);
  }
}
