import type { CommandClass, Definition } from "clipanion";
import type { Paint } from "../platform/terminal.ts";
import { type CatalogueEntry, commandGroups } from "./catalogue.ts";
import type { CtiContext } from "./context.ts";
import { definitionsOf, matchingDefinition, namesOf } from "./definitions.ts";

/** The pages of `cti help TOPIC`; here, so that the list of commands needs none of their text. */
export const topicNames = [
  "exit-codes",
  "environment",
  "configuration",
  "simulator",
  "events",
  "generic-connector",
  "ebs",
  "open-cti",
  "deliveries",
  "webhooks",
  "console",
  "keys",
] as const;

/** `cti help`: all commands by group, one line each. */
export function overview(entries: readonly CatalogueEntry[], paint: Paint): string {
  const width = Math.max(0, ...entries.map((entry) => entry.name.length));
  const lines = ["cti: a Cisco Finesse phone seat from the terminal"];
  for (const group of commandGroups) {
    const members = entries.filter((entry) => entry.group === group);
    if (members.length === 0) continue;
    lines.push(paint("bold", group));
    for (const entry of members) {
      lines.push(`  ${paint("cyan", entry.name.padEnd(width))}  ${entry.summary}`);
    }
    lines.push("");
  }
  lines.push(`More: cti COMMAND --help, cti help ${topicNames.join("|")}`, "");
  return lines.join("\n");
}

/** `cti COMMAND --help`: the commands of that first word which the arguments can mean. */
export function commandHelp(
  classes: readonly CommandClass<CtiContext>[],
  args: string[],
  paint: Paint,
): string {
  const definitions = definitionsOf(classes);
  const words = args.filter((argument) => !argument.startsWith("-"));
  const match = matchingDefinition(definitions, words);
  if (match !== undefined && (definitions.length === 1 || match.path.split(" ").length > 2)) {
    return oneCommand(match, paint);
  }
  if (definitions.length === 1) return definitions.map((only) => oneCommand(only, paint)).join("");
  const width = Math.max(...definitions.map((definition) => definition.usage.length));
  const lines = definitions.map(
    (definition) =>
      `  ${definition.usage.padEnd(Math.min(width, 60))}  ${(definition.description ?? "").trim()}`,
  );
  const rest = match === undefined ? "" : `${oneCommand(match, paint)}\n`;
  return `${rest}${paint("bold", "Commands")}\n${lines.join("\n")}\n`;
}

function oneCommand(definition: Definition, paint: Paint): string {
  const sections = [
    `${sentence((definition.description ?? "").trim())}\n`,
    `${paint("bold", "Usage")}\n  ${named(definition.usage)} [options]\n`,
  ];
  if (definition.details !== undefined) sections.push(`${reflowed(definition.details)}\n`);
  if (definition.options.length > 0) {
    const rows = definition.options.map((option) => ({
      names: withValueName(option.definition),
      description: option.description ?? "",
    }));
    const width = Math.max(...rows.map((row) => row.names.length));
    const lines = rows.map((row) => `  ${paint("cyan", row.names.padEnd(width))}  ${row.description}`);
    sections.push(`${paint("bold", "Options")}\n${lines.join("\n")}\n`);
  }
  if (definition.examples !== undefined && definition.examples.length > 0) {
    const lines = definition.examples.map(
      ([what, line]) => `  ${paint("dim", `# ${what.trim()}`)}\n  ${line.trim()}`,
    );
    sections.push(`${paint("bold", "Examples")}\n${lines.join("\n")}\n`);
  }
  return sections.join("\n");
}

/** What may follow these; clipanion writes bare dots for words of which none is needed. */
const anyWords: Readonly<Record<string, string>> = {
  "cti not-ready": "[reason]",
  "cti logout": "[reason]",
  "cti phonebook": "[word …]",
  "cti help": "[command|topic]",
  "cti deliveries retry": "[id …]",
  "cti deliveries discard": "[id …]",
};

function named(usage: string): string {
  const path = usage.replace(/ \.\.\.$/, "");
  const words = anyWords[path];
  return words === undefined ? usage : `${path} ${words}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `-a,--agent #0` as a person writes it: `-a, --agent AGENT`. */
function withValueName(optionDefinition: string): string {
  const names = namesOf(optionDefinition);
  const long = names.find((name) => name.startsWith("--")) ?? names[0] ?? "";
  const value = optionDefinition.includes("#") ? ` ${long.replace(/^-+/, "").toUpperCase()}` : "";
  return `${names.join(", ")}${value}`;
}

/** Paragraphs wrapped for a terminal of 80 columns, however they were indented in the source. */
function reflowed(details: string): string {
  const paragraphs = details.trim().split(/\n\s*\n/);
  return paragraphs.map((paragraph) => wrapped(paragraph.trim().split(/\s+/))).join("\n\n");
}

function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > 79) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
