import { CtiError, errorExitCodes } from "../model/errors.ts";
import { runCli } from "./cli.ts";
import { processContext } from "./context.ts";
import { reportError } from "./report.ts";

/** The command line of this process: runs it, sets the exit code, and leaves the rest to the event loop. */
export async function runCommandLine(args: string[]): Promise<void> {
  // A reader that went away (`| head`) wants nothing more: not an error, and nobody is left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    crash(
      new CtiError(
        {
          code: "output-failed",
          message: "the output could not be written",
          why: error.message,
          hint: "free some space where it goes, or send it elsewhere",
        },
        { cause: error },
      ),
    );
  });
  // Nobody reads the errors: the exit code still tells.
  process.stderr.on("error", () => {});
  // The number, for programs that start us; a command that ends in order by itself has its own listener.
  process.on("SIGINT", () => {
    if (process.listenerCount("SIGINT") === 1) process.exit(errorExitCodes.interrupted);
  });
  const context = processContext();
  const crash = (thrown: unknown): void => {
    process.exit(
      reportError(thrown, {
        stderr: process.stderr,
        paint: context.paint.err,
        json: args.includes("--json"),
        debug: process.env.CTI_DEBUG === "1",
      }),
    );
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  // Not process.exit(): that cuts a piped stdout off.
  process.exitCode = await runCli(args, context);
}
