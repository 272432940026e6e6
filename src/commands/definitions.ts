import { Cli, type CommandClass, type Definition } from "clipanion";
import type { CtiContext } from "./context.ts";

/** What clipanion knows of the given commands: paths, options, descriptions. */
export function definitionsOf(classes: readonly CommandClass<CtiContext>[]): Definition[] {
  const cli = Cli.from<CtiContext>([...classes], { binaryName: "cti", enableColors: false });
  return cli.definitions();
}

/** The definition whose path the arguments begin with; the longest wins. */
export function matchingDefinition(
  definitions: readonly Definition[],
  args: string[],
): Definition | undefined {
  const typed = ["cti", ...args];
  return [...definitions]
    .sort((left, right) => right.path.length - left.path.length)
    .find((definition) => definition.path.split(" ").every((word, index) => typed[index] === word));
}

/** `--agent`, `-a`, … of a definition. */
export function optionNames(definition: Definition): string[] {
  return definition.options.flatMap((option) => namesOf(option.definition));
}

/** clipanion writes an option as `-a,--agent #0`. */
export function namesOf(optionDefinition: string): string[] {
  return (optionDefinition.split(" ")[0] ?? "").split(",");
}

/** True when the option is followed by a value. */
export function takesValue(optionDefinition: string): boolean {
  return optionDefinition.includes("#");
}
