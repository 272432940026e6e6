import { type Cell, type Run, type Screen, runsOf } from "../../scripts/lib/screen.ts";
import { Emulator } from "./emulator.ts";
import { type ScreenExpectation, describeScreen, expectScreen } from "./expect-screen.ts";
import { bytesOf } from "./keys.ts";
import { Recording } from "./recording.ts";

export interface ScreenOptions {
  /** 80 unless told otherwise. */
  columns?: number;
  /** 24 unless told otherwise. */
  rows?: number;
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

/** A terminal with somebody before it who types and reads the screen, whatever it is that draws there. */
export abstract class ScreenStage implements AsyncDisposable {
  /** Every byte that was written to the terminal. */
  readonly raw = new Recording();
  protected readonly emulator: Emulator;
  readonly #screens: string | undefined;
  readonly #waiters = new Set<Waiter>();
  /** How it ended, in words. */
  #ending: string | undefined;

  constructor(options: ScreenOptions = {}) {
    this.#screens = options.screens;
    this.emulator = new Emulator({
      columns: options.columns ?? 80,
      rows: options.rows ?? 24,
      background: options.background ?? "dark",
      answer: (bytes) => this.send(bytes),
      drawn: () => this.#look(),
    });
  }

  /** Sends bytes as they are, as if the terminal did: mouse reports, half a sequence. Nothing happens once the program has gone. */
  abstract send(bytes: string): void;

  /** Pulls the window to another size. */
  abstract resize(columns: number, rows: number): void;

  /** Ends what draws here if it still does, and gives everything back. */
  abstract close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Presses keys one after the other: "a", "enter", "ctrl+c", "shift+tab", "page-up" (keys.ts has the names). */
  press(...keys: string[]): void {
    for (const key of keys) this.send(bytesOf(key, this.emulator.applicationKeys));
  }

  /** Types a text as fast as a terminal can take it. A line end is the enter key. */
  type(text: string): void {
    this.send(text.replaceAll("\n", "\r"));
  }

  /** Pastes a text: marked as a paste if the program has asked for that, else as if it were typed. */
  paste(text: string): void {
    const bytes = text.replaceAll("\n", "\r");
    this.send(this.emulator.marksPastes ? `\u001B[200~${bytes}\u001B[201~` : bytes);
  }

  /** The lines on the screen, without the blanks at their ends. */
  screen(): string[] {
    return this.emulator.lines();
  }

  /** The screen as one text. */
  get text(): string {
    return this.screen().join("\n");
  }

  /** The screen with its colours and its cursor: what screen-to-svg.ts draws. */
  picture(): Screen {
    return this.emulator.screen();
  }

  /** The screen's characters with their colours, row by row. */
  cells(): Cell[][] {
    return this.picture().cells;
  }

  /** True while the program has the alternate screen. */
  get alternate(): boolean {
    return this.emulator.alternate;
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

  /**
   * Waits until it is to be seen. Looks after each frame that the program draws, and never between them.
   * @throws {Error} with the screen in a box, when the time is up, or at once when the program has ended without it
   */
  until(sight: Sight, { timeout = 10_000 }: Patience = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#sees(sight)) return resolve();
      if (this.#ending !== undefined) return reject(this.#tooLate(sight));
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

  /** What has come from the program. */
  protected show(bytes: Uint8Array): void {
    this.raw.add(bytes);
    this.emulator.write(bytes);
  }

  /** Nothing more will come: who still waits for something is told so. */
  protected end(ending: string): void {
    this.#ending = ending;
    this.#look();
    for (const waiter of this.#waiters) {
      clearTimeout(waiter.timer);
      waiter.reject(this.#tooLate(waiter.sight));
    }
    this.#waiters.clear();
  }

  #look(): void {
    for (const waiter of this.#waiters) {
      try {
        if (!this.#sees(waiter.sight)) continue;
        waiter.resolve();
      } catch (error) {
        waiter.reject(error as Error);
      }
      clearTimeout(waiter.timer);
      this.#waiters.delete(waiter);
    }
  }

  #sees(sight: Sight): boolean {
    const lines = this.screen();
    const text = lines.join("\n");
    if (typeof sight === "string") return text.includes(sight);
    return sight instanceof RegExp ? text.search(sight) >= 0 : sight(text, lines);
  }

  #tooLate(sight: Sight): Error {
    return this.#complaint(`nothing more will come, and there is no ${named(sight)}`);
  }

  /** An error with the screen in a box. */
  #complaint(message: string): Error {
    const ending = this.#ending === undefined ? "" : `; ${this.#ending}`;
    return new Error(`${message}${ending}\n${describeScreen(this.picture())}`);
  }
}

function named(sight: Sight): string {
  return typeof sight === "string" ? JSON.stringify(sight) : String(sight);
}
