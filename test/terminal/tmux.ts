import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed } from "../interop/servers/server.ts";
import { TerminalStage } from "./stage.ts";
import type { StageOptions } from "./stage.ts";

export const hasTmux = installed("tmux", ["/usr/bin/tmux", "/opt/homebrew/bin/tmux", "/usr/local/bin/tmux"]);

export interface TmuxOptions extends StageOptions {
  /** Lines of tmux.conf after ours: `set -sg escape-time 500` for what tmux does when nobody has told it otherwise. */
  configuration?: string[];
}

/** The program has the whole window, the Esc key does not wait for a second key, and what it copies gets through. */
const ours = [
  "set -g status off",
  "set -g default-terminal tmux-256color",
  "set -sg escape-time 0",
  "set -g set-clipboard on",
];

/** Leaves the program's process id and its exit code where we find them: tmux keeps both to itself. */
const wrapper = `folder=$1; shift
/bin/sh -c 'echo $$ >"$0/pid"; exec "$@"' "$folder" "$@"
echo $? >"$folder/code"`;

/**
 * A program in tmux in a pseudo-terminal, with a tmux server of its own. What `raw` holds and `leftBehind` tells is what tmux makes of
 * the program for the terminal outside.
 */
export class TmuxStage extends TerminalStage {
  readonly #folder: string;

  constructor(argv: string[], options: TmuxOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), "cti-tmux-"));
    const configuration = join(folder, "tmux.conf");
    writeFileSync(configuration, [...ours, ...(options.configuration ?? []), ""].join("\n"));
    super(
      [
        ...tmux(folder),
        ...["-u", "-f", configuration, "new-session"],
        ...["/bin/sh", "-c", wrapper, "sh", folder, ...argv],
      ],
      options,
    );
    this.#folder = folder;
  }

  /** @throws {Error} before the program has started: wait for something on the screen first */
  override get pid(): number {
    return Number(readFileSync(join(this.#folder, "pid"), "utf8"));
  }

  /** Runs a command of tmux on its server, as `command("split-window", "-v")`. */
  async command(...words: string[]): Promise<void> {
    const child = Bun.spawn([...tmux(this.#folder), ...words], { stdio: ["ignore", "ignore", "inherit"] });
    if ((await child.exited) !== 0) throw new Error(`tmux ${words.join(" ")} exits ${child.exitCode}`);
  }

  protected override programCode(): number | undefined {
    try {
      return Number(readFileSync(join(this.#folder, "code"), "utf8"));
    } catch {
      return undefined;
    }
  }

  override async close(): Promise<void> {
    // The server is no child of ours, and outlives the window.
    await Bun.spawn([...tmux(this.#folder), "kill-server"], { stdio: ["ignore", "ignore", "ignore"] }).exited;
    // Nor is the program, which may think nothing of losing its terminal.
    if (this.programCode() === undefined) this.#kill();
    await super.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #kill(): void {
    try {
      process.kill(this.pid, "SIGKILL");
    } catch {
      // It has gone already, or never came.
    }
  }
}

function tmux(folder: string): string[] {
  return ["tmux", "-S", join(folder, "socket")];
}
