import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";
import { overlayWords } from "./overlay-words.ts";
import { type PaletteVerb, type Parsed, ok, open } from "./palette-said.ts";

const { palette: wordsHere } = overlayWords;

function choice<Word extends string>(
  name: string,
  choices: readonly Word[],
  then: (word: Word) => Parsed,
): PaletteVerb {
  return {
    name,
    args: choices.join("|"),
    action: undefined,
    most: 1,
    complete: [choices],
    run: ({ args: [word] }) => {
      const found = choices.find((each) => each === word);
      if (found !== undefined) return then(found);
      if (word === undefined) return { error: wordsHere.needs(name, choices.join("|")) };
      return { error: wordsHere.choice(name, word), hint: wordsHere.oneOf(choices.join(", ")) };
    },
  };
}

const onOff = (option: "mouse" | "bell" | "notifications"): PaletteVerb =>
  choice(option, ["on", "off"], (word) => ok({ do: "set-option", option, value: word === "on" }));

function agentNamed(state: ConsoleState, name: string): Parsed {
  const all = state.connector?.agents ?? [];
  const found = all.find(
    ({ agent, state: own }) => agent === name || own?.id === name || own?.loginName === name,
  );
  if (found !== undefined) return ok({ do: "choose-agent", agent: found.agent });
  const hint = wordsHere.oneOf(all.map(({ agent }) => agent).join(", "));
  return { error: wordsHere.choice("agent", name), ...(all.length > 0 && { hint }) };
}

/** Words for the console itself, which the shell does not have. */
export const consoleVerbs: readonly PaletteVerb[] = [
  {
    name: "filter",
    args: "[TEXT]",
    action: undefined,
    run: ({ rest }) => ok({ do: "filter", text: rest }),
  },
  {
    name: "export",
    args: "FILE [svg|txt]",
    action: undefined,
    most: 2,
    complete: [[], ["svg", "txt"]],
    run: ({ args: [file, given] }) => {
      if (file === undefined) return { error: wordsHere.needs("export", "FILE [svg|txt]") };
      const format = given ?? (/\.svg$/i.test(file) ? "svg" : "txt");
      return format === "svg" || format === "txt"
        ? ok({ do: "export", file, format })
        : { error: wordsHere.exportFormat(format), hint: wordsHere.exportHint };
    },
  },
  {
    ...choice("deliveries", ["retry"], () => ok({ do: "retry-deliveries" })),
    run: ({ args: [word], sight: { state } }) => {
      if (word !== "retry") return { error: wordsHere.needs("deliveries", "retry") };
      return state.options.readOnly ? { error: words.readOnly } : ok({ do: "retry-deliveries" });
    },
  },
  {
    name: "agents",
    args: "[AGENT]",
    action: "agents",
    most: 1,
    complete: ["agent"],
    run: ({ args: [name], sight: { state } }) =>
      name === undefined ? open({ kind: "agents" }) : agentNamed(state, name),
  },
  choice("theme", ["auto", "dark", "light", "none"], (value) =>
    ok({ do: "set-option", option: "theme", value }),
  ),
  onOff("mouse"),
  onOff("bell"),
  onOff("notifications"),
  { name: "messages", args: "", action: "messages", most: 0, run: () => open({ kind: "messages" }) },
  { name: "reload", args: "", action: undefined, most: 0, run: () => ok({ do: "reload" }) },
  { name: "help", args: "[TEXT]", action: "help", run: ({ rest }) => open({ kind: "help", filter: rest }) },
  { name: "quit", args: "", action: "quit", most: 0, run: () => ok({ do: "quit", sure: false }) },
];
