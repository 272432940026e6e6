import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { nearest } from "../platform/nearest.ts";
import { BaseCommand } from "./base.ts";

/**
 * The shells' side is a few lines each: they hand the words to `cti __complete`, which answers from the commands' own definitions.
 * So a completion never grows old, and agents and reasons can be completed as they are now.
 */
const scripts = {
  bash: `_cti() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  local word rest
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    COMPREPLY+=("$(printf %q "$word")")
  done < <(cti __complete -- "\${words[@]}" 2>/dev/null)
  if [ \${#COMPREPLY[@]} -eq 0 ]; then compopt -o default 2>/dev/null; fi
}
complete -F _cti cti
`,
  zsh: `#compdef cti
_cti() {
  local -a found
  local word text
  while IFS=$'\\t' read -r word text; do
    found+=("\${word//:/\\\\:}\${text:+:}\${text}")
  done < <(cti __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe cti found; else _files; fi
}
if [ "\${funcstack[1]}" = "_cti" ]; then _cti "$@"; else compdef _cti cti; fi
`,
  fish: `complete -c cti -f -a '(cti __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
complete -c cti -l ca -rF
complete -c cti -l ca-out -rF
complete -c cti -l ready-file -rF
`,
} as const;

type Shell = keyof typeof scripts;

/** `cti completion SHELL` */
export class CompletionCommand extends BaseCommand {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "print a shell's completion",
    examples: [
      ["bash, in ~/.bashrc", 'eval "$(cti completion bash)"'],
      ["zsh, in ~/.zshrc", 'eval "$(cti completion zsh)"'],
      ["fish", "cti completion fish > ~/.config/fish/completions/cti.fish"],
    ],
  });

  shell = Option.String({ name: "bash|zsh|fish" });

  protected run(): Promise<void> {
    this.context.stdout.write(scripts[shellFrom(this.shell)]);
    return Promise.resolve();
  }
}

function shellFrom(text: string): Shell {
  switch (text) {
    case "bash":
    case "zsh":
    case "fish":
      return text;
    default: {
      const near = nearest(text, Object.keys(scripts));
      throw new CtiError({
        code: "usage",
        message: `there is no completion for "${text}"`,
        hint: near === undefined ? "one of: bash, zsh, fish" : `did you mean: cti completion ${near}`,
      });
    }
  }
}
