import { constants } from "node:os";
import { type ScreenOptions, ScreenStage } from "./screen-stage.ts";

export interface StageOptions extends ScreenOptions {
  cwd?: string;
  /** Nothing is inherited but PATH: a person's NO_COLOR or CI's CI must not change what a test sees. Undefined removes. */
  env?: Record<string, string | undefined>;
}

/**
 * A program in a real pseudo-terminal, with somebody before it who types and reads the screen. `await using` ends it, whatever
 * becomes of the test.
 */
export class TerminalStage extends ScreenStage {
  /** The exit code once the program has ended and all that it wrote is on the screen; 128 and the signal's number for a killed one. */
  readonly exited: Promise<number>;
  readonly #child: Bun.Subprocess;
  readonly #modesAtStart: number[];
  #running = true;
  #closing: Promise<void> | undefined;

  constructor(argv: string[], options: StageOptions = {}) {
    super(options);
    const ended = Promise.withResolvers<void>();
    this.#child = Bun.spawn(argv, {
      cwd: options.cwd,
      env: environment(options.env),
      terminal: {
        cols: options.columns ?? 80,
        rows: options.rows ?? 24,
        // The buffer is the runtime's: it is used again for the next read.
        data: (_, bytes) => this.show(bytes.slice()),
        exit: () => ended.resolve(),
      },
    });
    this.#modesAtStart = this.#modes();
    this.exited = this.#leave(ended.promise);
  }

  /** Of the program, not of what stands between it and the terminal. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What the program has left behind in the terminal, in words: [] after a good end. */
  get leftBehind(): string[] {
    const left = this.raw.leftOn;
    // A terminal that was closed has no modes any more.
    if (
      this.#child.terminal?.closed === false &&
      this.#modes().some((flags, index) => flags !== this.#modesAtStart[index])
    )
      left.push("keys come raw, without echo");
    return left;
  }

  send(bytes: string): void {
    if (this.#child.terminal?.closed === false) this.#child.terminal.write(bytes);
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.#child.terminal?.resize(columns, rows);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** The window is closed, or the connection to it is lost: the program is told by SIGHUP. */
  hangUp(): void {
    this.#child.terminal?.close();
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  /** The program's own exit code, where it is not that of the process in the terminal. */
  protected programCode(): number | undefined {
    return undefined;
  }

  async #end(): Promise<void> {
    if (this.#running) this.#child.kill("SIGKILL");
    await this.exited;
    this.#child.terminal?.close();
    this.emulator.close();
  }

  #modes(): number[] {
    const { terminal } = this.#child;
    return terminal === undefined ? [] : [terminal.inputFlags, terminal.outputFlags, terminal.localFlags];
  }

  async #leave(lastByte: Promise<void>): Promise<number> {
    await this.#child.exited;
    // A process that the program has left in the background may keep the terminal open for ever.
    await Promise.race([lastByte, Bun.sleep(500)]);
    await this.emulator.settled();
    this.#running = false;
    const { exitCode, signalCode } = this.#child;
    const code =
      this.programCode() ?? exitCode ?? 128 + (constants.signals[signalCode as NodeJS.Signals] ?? 0);
    this.end(`the program has ended with ${code}`);
    return code;
  }
}

function environment(own: Record<string, string | undefined> = {}): Record<string, string> {
  const all = { PATH: process.env.PATH, LANG: "C.UTF-8", TERM: "xterm-256color", ...own };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
