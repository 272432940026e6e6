import { constants } from "node:os";
import { type Cell, type Run, type Screen, runsOf } from "../../scripts/lib/screen.ts";
import { Emulator } from "./emulator.ts";
import { type ScreenExpectation, describeScreen, expectScreen } from "./expect-screen.ts";
import { bytesOf } from "./keys.ts";
import { Recording } from "./recording.ts";

export interface StageOptions {
  /** 80 unless told otherwise. */
  columns?: number;
  /** 24 unless told otherwise. */
  rows?: number;
  cwd?: string;
  /** Nothing is inherited but PATH: a person's NO_COLOR or CI's CI must not change what a test sees. Undefined removes. */
  env?: Record<string, string | undefined>;
  /** Folder of the stored screens: `join(import.meta.dir, "screens")`. */
  screens?: string;
  /** What the terminal says of its window when a program asks. */
  background?: "dark" | "light";
}

/** A text or pattern that is somewhere on the screen (a pattern may span lines), or a question about it. */
export type Sight = string | RegExp | ((text: string, lines: string[]) => boolean);

export interface Patience {
  /** Milliseconds; 10,000 unless told otherwise. */
  timeout?: number;
}

interface Waiter {
  sight: Sight;
  resolve: () => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * A program in a real pseudo-terminal, with somebody before it who types and reads the screen. `await using` ends it, whatever
 * becomes of the test.
 */
export class TerminalStage implements AsyncDisposable {
  /** Every byte that the program has written. */
  readonly raw = new Recording();
  /** The exit code once the program has ended and all that it wrote is on the screen; 128 and the signal's number for a killed one. */
  readonly exited: Promise<number>;
  readonly #child: Bun.Subprocess;
  readonly #emulator: Emulator;
  readonly #screens: string | undefined;
  readonly #waiters = new Set<Waiter>();
  readonly #modesAtStart: number[];
  #code: number | undefined;
  #closed = false;

  constructor(argv: string[], options: StageOptions = {}) {
    const { columns = 80, rows = 24 } = options;
    this.#screens = options.screens;
    this.#emulator = new Emulator({
      columns,
      rows,
      background: options.background ?? "dark",
      answer: (bytes) => this.#send(bytes),
      drawn: () => this.#look(),
    });
    const ended = Promise.withResolvers<void>();
    this.#child = Bun.spawn(argv, {
      cwd: options.cwd,
      env: environment(options.env),
      terminal: {
        cols: columns,
        rows,
        data: (_, bytes) => {
          // The buffer is the runtime's: it is used again for the next read.
          const chunk = bytes.slice();
          this.raw.add(chunk);
          this.#emulator.write(chunk);
        },
        exit: () => ended.resolve(),
      },
    });
    this.#modesAtStart = this.#modes();
    this.exited = this.#end(ended.promise);
  }

  /** Of the program, not of what stands between it and the terminal. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Presses keys one after the other: "a", "enter", "ctrl+c", "shift+tab", "page-up" (keys.ts has the names). */
  press(...keys: string[]): void {
    for (const key of keys) this.#send(bytesOf(key, this.#emulator.applicationKeys));
  }

  /** Types a text as fast as a terminal can take it. A line end is the enter key. */
  type(text: string): void {
    this.#send(text.replaceAll("\n", "\r"));
  }

  /** Pastes a text: marked as a paste if the program has asked for that, else as if it were typed. */
  paste(text: string): void {
    const bytes = text.replaceAll("\n", "\r");
    this.#send(this.#emulator.marksPastes ? `\u001B[200~${bytes}\u001B[201~` : bytes);
  }

  /** Sends bytes as they are: mouse reports, half a sequence. */
  send(bytes: string): void {
    this.#send(bytes);
  }

  /** Pulls the window to another size. */
  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    this.#child.terminal?.resize(columns, rows);
  }

  /** The lines on the screen, without the blanks at their ends. */
  screen(): string[] {
    return this.#emulator.lines();
  }

  /** The screen as one text. */
  get text(): string {
    return this.screen().join("\n");
  }

  /** The screen with its colours. */
  picture(): Screen {
    return this.#emulator.screen();
  }

  /** The screen's characters with their colours, row by row. */
  cells(): Cell[][] {
    return this.picture().cells;
  }

  /**
   * Where a text stands and how it looks; the first one from the top.
   * @throws {Error} when it is not on the screen in one line and one style
   */
  find(text: string): Run {
    const screen = this.picture();
    for (let row = 0; row < screen.rows; row++)
      for (const run of runsOf(screen, row)) {
        const at = run.text.indexOf(text);
        if (at < 0) continue;
        const column = run.column + Bun.stringWidth(run.text.slice(0, at));
        return { ...run, column, text, width: Bun.stringWidth(text) };
      }
    throw this.#complaint(`${JSON.stringify(text)} is not on the screen in one line and one style`);
  }

  /** True while the program has the alternate screen. */
  get alternate(): boolean {
    return this.#emulator.alternate;
  }

  /**
   * Waits until it is to be seen. Looks after each frame that the program draws, and never between them.
   * @throws {Error} with the screen in a box, when the time is up, or at once when the program has ended without it
   */
  until(sight: Sight, { timeout = 10_000 }: Patience = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#sees(sight)) return resolve();
      if (this.#code !== undefined || this.#closed)
        return reject(this.#complaint(`nothing more will come, and there is no ${named(sight)}`));
      const waiter: Waiter = {
        sight,
        resolve,
        reject,
        timer: setTimeout(() => {
          this.#waiters.delete(waiter);
          reject(this.#complaint(`after ${timeout} ms there is still no ${named(sight)}`));
        }, timeout),
      };
      this.#waiters.add(waiter);
    });
  }

  /**
   * Waits until the screen is the one stored under this name, and says what differs when it does not come to that.
   * README.md says how screens are stored.
   */
  expectScreen(name: string, expectation: ScreenExpectation = {}): Promise<void> {
    if (this.#screens === undefined) throw new Error("the stage does not know its folder of screens");
    return expectScreen(this, this.#screens, name, expectation);
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

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** The window is closed, or the connection to it is lost: the program is told by SIGHUP. */
  hangUp(): void {
    this.#child.terminal?.close();
  }

  /** Ends the program if it still runs, and gives everything back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#code === undefined) this.#child.kill("SIGKILL");
    await this.exited;
    this.#child.terminal?.close();
    this.#emulator.close();
  }

  /** The program's own exit code, where it is not that of the process in the terminal. */
  protected programCode(): number | undefined {
    return undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(bytes: string): void {
    if (this.#child.terminal?.closed === false) this.#child.terminal.write(bytes);
  }

  #modes(): number[] {
    const { terminal } = this.#child;
    return terminal === undefined ? [] : [terminal.inputFlags, terminal.outputFlags, terminal.localFlags];
  }

  async #end(lastByte: Promise<void>): Promise<number> {
    await this.#child.exited;
    // A process that the program has left in the background may keep the terminal open for ever.
    await Promise.race([lastByte, Bun.sleep(500)]);
    await this.#emulator.settled();
    const { exitCode, signalCode } = this.#child;
    const code =
      this.programCode() ?? exitCode ?? 128 + (constants.signals[signalCode as NodeJS.Signals] ?? 0);
    this.#code = code;
    this.#look();
    for (const waiter of this.#waiters) {
      clearTimeout(waiter.timer);
      waiter.reject(this.#complaint(`nothing more will come, and there is no ${named(waiter.sight)}`));
    }
    this.#waiters.clear();
    return code;
  }

  #look(): void {
    for (const waiter of this.#waiters) {
      let seen: boolean;
      try {
        seen = this.#sees(waiter.sight);
      } catch (error) {
        waiter.reject(error as Error);
        seen = true;
      }
      if (!seen) continue;
      clearTimeout(waiter.timer);
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #sees(sight: Sight): boolean {
    const lines = this.screen();
    const text = lines.join("\n");
    if (typeof sight === "string") return text.includes(sight);
    return sight instanceof RegExp ? text.search(sight) >= 0 : sight(text, lines);
  }

  /** An error with the screen in a box. */
  #complaint(message: string): Error {
    const ending = this.#code === undefined ? "" : `; the program has ended with ${this.#code}`;
    return new Error(`${message}${ending}\n${describeScreen(this.picture())}`);
  }
}

function named(sight: Sight): string {
  return typeof sight === "string" ? JSON.stringify(sight) : String(sight);
}

function environment(own: Record<string, string | undefined> = {}): Record<string, string> {
  const all = { PATH: process.env.PATH, LANG: "C.UTF-8", TERM: "xterm-256color", ...own };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
