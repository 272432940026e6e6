import { allKeys } from "./all-keys.ts";
import type { ConfiguredKeys } from "./configured.ts";
import type { KeyAction } from "./contract.ts";

const groups: readonly KeyAction["group"][] = ["Calls", "Agent", "Views", "Log", "Console"];
const width = 96;

/** `cti help keys`: the table as text, with the keys as configured. */
export function keysPage(keys: ConfiguredKeys): string {
  const rows = allKeys.map((action) => ({
    ...action,
    written: (keys[action.id] ?? action.keys).join(" "),
    place: placeOf(action),
  }));
  const keyWidth = Math.max(...rows.map(({ written }) => written.length));
  const idWidth = Math.max(...rows.map(({ id }) => id.length));
  const indent = " ".repeat(keyWidth + idWidth + 6);
  const lines = groups.flatMap((group) => [
    group,
    ...rows
      .filter((row) => row.group === group)
      .flatMap(({ written, id, description, place }) => {
        const text = wrapped(`${description}${place}`, width - indent.length);
        return text.map((line, at) =>
          at === 0 ? `  ${written.padEnd(keyWidth)}  ${id.padEnd(idWidth)}  ${line}` : `${indent}${line}`,
        );
      }),
    "",
  ]);
  return `Keys of cti console

${lines.join("\n")}
In a list type to filter, up and down choose, enter takes it, esc goes back. In a form tab
goes on to the next field. What matters now stands in the bottom line; a dim one says why
it cannot be done when it is pressed.

Other keys, in the configuration file (an empty list takes the keys away):

  [console.keys]
  answer = ["a", "space"]
  quit = "Q"

cti config check tells actions that do not exist, keys that no terminal sends, and two
actions that want the same key at the same moment.
`;
}

function placeOf({ scope, group }: KeyAction): string {
  if (scope === "any" || (scope === "log" && group === "Log")) return "";
  return ` (in the ${scope} view)`;
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
