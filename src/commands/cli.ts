import { Cli } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { nearest } from "../platform/nearest.ts";
import { type CatalogueEntry, catalogue } from "./catalogue.ts";
import type { CtiContext } from "./context.ts";
import { commandHelp, overview } from "./help-text.ts";
import { reportError } from "./report.ts";
import { usageErrorFrom } from "./usage-error.ts";

/**
 * Runs one command line and answers its exit code. Only the code of the command asked for is loaded, and clipanion compiles that
 * one command alone: start-up time is a measured target.
 */
export async function runCli(
  args: string[],
  context: CtiContext,
  entries: readonly CatalogueEntry[] = catalogue,
): Promise<number> {
  const fail = (error: unknown): number =>
    reportError(error, {
      stderr: context.stderr,
      paint: context.paint.err,
      json: args.includes("--json"),
      debug: context.env.CTI_DEBUG === "1",
    });

  const [word] = args;
  if (word === undefined || isHelpFlag(word)) {
    context.stdout.write(overview(entries, context.paint.out));
    return 0;
  }
  const entry = entries.find((candidate) => candidate.name === word);
  if (entry === undefined) return fail(unknownCommand(args, entries));

  const classes = await entry.load();
  if (asksForHelp(args)) {
    context.stdout.write(commandHelp(classes, args, context.paint.out));
    return 0;
  }
  const cli = Cli.from<CtiContext>(classes, { binaryName: "cti", enableColors: false });
  try {
    return await cli.process(args, context).validateAndExecute();
  } catch (thrown) {
    return fail(usageErrorFrom(thrown, args, classes));
  }
}

function isHelpFlag(word: string): boolean {
  return word === "--help" || word === "-h";
}

function asksForHelp(args: string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).some(isHelpFlag);
}

function unknownCommand(args: string[], entries: readonly CatalogueEntry[]): CtiError {
  const [word = ""] = args;
  if (word.startsWith("-")) {
    const command = args.find((argument) => entries.some((entry) => entry.name === argument));
    return new CtiError({
      code: "usage",
      message: `the command comes first, before ${word}`,
      hint: command === undefined ? "see: cti help" : `try: cti ${command} ${word} …`,
    });
  }
  const near = nearest(
    word,
    entries.map((entry) => entry.name),
  );
  return new CtiError({
    code: "usage",
    message: `there is no command "${word}"`,
    hint: near === undefined ? "see: cti help" : `did you mean: cti ${near}`,
  });
}
