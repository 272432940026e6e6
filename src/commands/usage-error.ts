import type { CommandClass } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { nearest } from "../platform/nearest.ts";
import type { CtiContext } from "./context.ts";
import { definitionsOf, matchingDefinition, optionNames } from "./definitions.ts";

/** clipanion's "I cannot parse this" as one of ours, in one sentence, with the nearest right word. Anything else passes through. */
export function usageErrorFrom(
  thrown: unknown,
  args: string[],
  classes: readonly CommandClass<CtiContext>[],
): unknown {
  if (!(thrown instanceof Error) || !("clipanion" in thrown)) return thrown;
  const definitions = definitionsOf(classes);
  const definition = matchingDefinition(definitions, args);
  const usage =
    definition === undefined ? definitions.map((each) => each.usage).join("\n") : definition.usage;
  const message = thrown.message.split("\n")[0] ?? "";

  if (definition === undefined) {
    const [word = "", second] = args;
    const subcommands = definitions
      .map((each) => each.path.split(" ")[2] ?? "")
      .filter((name) => name !== "");
    const near = second === undefined ? undefined : nearest(second, subcommands);
    return new CtiError({
      code: "usage",
      message:
        second === undefined
          ? `cti ${word} needs one of: ${subcommands.join(", ")}`
          : `there is no command "cti ${word} ${second}"`,
      hint: near === undefined ? `one of: ${subcommands.join(", ")}` : `did you mean: cti ${word} ${near}`,
    });
  }
  const unsupported = /Unsupported option name \("([^"]+)"\)/.exec(message)?.[1];
  if (unsupported !== undefined) {
    const near = nearest(unsupported, optionNames(definition));
    return new CtiError({
      code: "usage",
      message: `${definition.path} has no option ${unsupported}`,
      hint: near === undefined ? `see: ${definition.path} --help` : `did you mean: ${near}`,
    });
  }
  return new CtiError({
    code: "usage",
    message: plainWords(message, definition.path),
    hint: `usage: ${usage}`,
  });
}

function plainWords(message: string, path: string): string {
  const extra = /Extraneous positional argument \("([^"]*)"\)/.exec(message)?.[1];
  if (extra !== undefined) return `${path} does not know what to do with "${extra}"`;
  if (message.includes("Not enough positional arguments")) return `${path} needs more than that`;
  const bare = /Not enough arguments to option (\S+?)\.?$/.exec(message)?.[1];
  if (bare !== undefined) return `${bare} needs a value`;
  const boolean = /Unexpected value for boolean option|Invalid option name|Invalid value/.test(message);
  if (boolean || !message.startsWith("Command not found")) return message;
  return `${path} cannot be called like this`;
}
