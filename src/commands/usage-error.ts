import type { CommandClass, Definition } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { nearest } from "../platform/nearest.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import type { CtiContext } from "./context.ts";
import { definitionsOf, matchingDefinition, namesOf, optionNames, takesValue } from "./definitions.ts";

/** clipanion's "I cannot parse this" as one of ours, in one sentence, with the nearest right word. Anything else passes through. */
export function usageErrorFrom(
  thrown: unknown,
  args: string[],
  classes: readonly CommandClass<CtiContext>[],
  entry: Pick<CatalogueEntry, "secretive">,
): unknown {
  if (!(thrown instanceof Error) || !("clipanion" in thrown)) return thrown;
  const definitions = definitionsOf(classes);
  const definition = matchingDefinition(definitions, args);
  if (definition === undefined) return unknownSubcommand(args, definitions);
  const message = thrown.message.split("\n")[0] ?? "";
  const { path } = definition;

  const option = /(?:Unsupported|Invalid) option name \("([^"=]+)(=?)/.exec(message);
  if (option !== null) return unknownOption(option[1] ?? "", option[2] === "=", definition, entry);
  const bare = args.at(-1) ?? "";
  if (
    definition.options.some((each) => takesValue(each.definition) && namesOf(each.definition).includes(bare))
  ) {
    return new CtiError({ code: "usage", message: `${bare} needs a value`, hint: `see: ${path} --help` });
  }
  const usage =
    nearCommand(message, path, definitions) ?? `usage: ${definition.usage} [options]; see: ${path} --help`;
  return new CtiError({ code: "usage", message: plainWords(message, path, entry), hint: usage });
}

function unknownSubcommand([word = "", second]: string[], definitions: readonly Definition[]): CtiError {
  const words = definitions.map((each) => each.path.split(" ")[2] ?? "").filter((name) => name !== "");
  const members = [...new Set(words)];
  const hint = `one of: ${members.map((member) => `cti ${word} ${member}`).join(", ")}`;
  if (second === undefined || second.startsWith("-")) {
    return new CtiError({ code: "usage", message: `cti ${word} needs another word`, hint });
  }
  const near = nearest(second, members);
  return new CtiError({
    code: "usage",
    message: `there is no command "cti ${word} ${second}"`,
    hint: near === undefined ? hint : `did you mean: cti ${word} ${near}`,
  });
}

/** `cti sim ebs histroy` is read as `cti sim ebs` with a word too many: the command that was meant begins with it. */
function nearCommand(message: string, path: string, definitions: readonly Definition[]): string | undefined {
  const extra = extraWord(message);
  const words = definitions
    .filter((each) => each.path.startsWith(`${path} `))
    .map((each) => each.path.slice(path.length + 1));
  const near = extra === undefined ? undefined : nearest(extra, words);
  return near === undefined ? undefined : `did you mean: ${path} ${near}`;
}

function extraWord(message: string): string | undefined {
  return /Extraneous positional argument \("([^"]*)"\)/.exec(message)?.[1];
}

function unknownOption(
  name: string,
  withValue: boolean,
  definition: Definition,
  { secretive }: Pick<CatalogueEntry, "secretive">,
): CtiError {
  const names = optionNames(definition);
  if (withValue && names.includes(name)) {
    return new CtiError({
      code: "usage",
      message: `${name} takes no value`,
      hint: `write ${name} alone, or leave it out`,
    });
  }
  // `-xsecret` may be a letter with something behind it that nobody should see.
  const shown = secretive === true && /^-[^-]/.test(name) ? name.slice(0, 2) : name;
  const near = nearest(shown, names);
  return new CtiError({
    code: "usage",
    message: `${definition.path} has no option ${shown}`,
    hint: near === undefined ? `see: ${definition.path} --help` : `did you mean: ${near}`,
  });
}

function plainWords(message: string, path: string, { secretive }: Pick<CatalogueEntry, "secretive">): string {
  const extra = extraWord(message);
  if (extra !== undefined && secretive === true)
    return path === "cti login"
      ? `${path} takes options only: -a AGENT, -e EXTENSION`
      : `${path} does not take another word`;
  if (extra !== undefined) return `${path} does not know what to do with "${extra}"`;
  if (message.includes("Not enough positional arguments")) return `${path} needs more than that`;
  const bare = /Not enough arguments to option (\S+?)\.?$/.exec(message)?.[1];
  if (bare !== undefined) return `${bare} needs a value`;
  // What clipanion says beyond these may quote the arguments.
  return `${path} cannot be called like this`;
}
