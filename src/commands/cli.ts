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
  typed: string[],
  context: CtiContext,
  entries: readonly CatalogueEntry[] = catalogue,
): Promise<number> {
  const fail = (error: unknown): number =>
    reportError(error, {
      stderr: context.stderr,
      paint: context.paint.err,
      json: typed.includes("--json"),
      debug: context.env.CTI_DEBUG === "1",
    });

  const args = commandFirst(typed, entries);
  const [word] = args;
  if (word === undefined || isHelpFlag(word)) {
    context.stdout.write(overview(entries, context.paint.out));
    return 0;
  }
  if (word === "__complete") {
    const { complete } = await import("./complete.ts");
    await complete(args.slice(args[1] === "--" ? 2 : 1), context);
    return 0;
  }
  const entry = entries.find((candidate) => candidate.name === word);
  if (entry === undefined) return fail(unknownCommand(args, entries));

  if (entry.secretive === true && args.some(looksLikePassword)) {
    const { passwordArgumentRefused } = await import("../platform/password.ts");
    return fail(passwordArgumentRefused());
  }
  const classes = await entry.load();
  if (asksForHelp(args)) {
    context.stdout.write(commandHelp(classes, args, context.paint.out));
    return 0;
  }
  const cli = Cli.from<CtiContext>(classes, { binaryName: "cti", enableColors: false });
  try {
    return await cli.process(args, context).validateAndExecute();
  } catch (thrown) {
    return fail(usageErrorFrom(thrown, args, classes, entry));
  }
}

function isHelpFlag(word: string): boolean {
  return word === "--help" || word === "-h";
}

function asksForHelp(args: string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).some(isHelpFlag);
}

/** `--password`, `--password=…`, `-p …`, `-psecret`, and the ways they are misspelt; not `--password-stdin`. */
function looksLikePassword(argument: string): boolean {
  return /^(--?pas+w?o?r?d?|--pwd|--secret)(=|$)/i.test(argument) || /^-p/.test(argument);
}

const globalOptionsWithValue = ["-a", "--agent", "--profile", "--timeout"];

/** `cti -a 1001 ready` means `cti ready -a 1001`. */
function commandFirst(typed: string[], entries: readonly CatalogueEntry[]): string[] {
  if (typed[0] === undefined || !typed[0].startsWith("-") || isHelpFlag(typed[0])) return typed;
  const index = typed.findIndex(
    (word, position) =>
      entries.some((entry) => entry.name === word) &&
      !globalOptionsWithValue.includes(typed[position - 1] ?? ""),
  );
  const command = typed[index];
  if (command === undefined) return typed;
  return [command, ...typed.slice(0, index), ...typed.slice(index + 1)];
}

function unknownCommand([word = ""]: string[], entries: readonly CatalogueEntry[]): CtiError {
  if (word.startsWith("-")) {
    return new CtiError({
      code: "usage",
      message: `there is no command after ${word}`,
      hint: "see: cti help",
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
