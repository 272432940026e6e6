import { Terminal } from "@xterm/headless";
import type { IBufferCell, IUnicodeVersionProvider } from "@xterm/headless";
import { type Cell, type Colour, type Screen, plain } from "../../scripts/lib/screen.ts";

/**
 * Character widths of today's terminals. The emulator's own are those of Unicode 6, to which an emoji is narrow; every line with
 * one would then stand askew.
 */
const widths: IUnicodeVersionProvider = {
  version: "today",
  wcwidth: columnsOf,
  // Packed as the emulator wants it: the width in bits 1 and 2, bit 0 says that it joins the character before.
  charProperties(codepoint, preceding) {
    const before = (preceding >> 1) & 3;
    const width = columnsOf(codepoint);
    const joins = width === 0 && before > 0;
    return ((joins ? before : width) << 1) | (joins ? 1 : 0);
  },
};

function columnsOf(codepoint: number): 0 | 1 | 2 {
  if (codepoint < 0x300) return 1;
  const width = Bun.stringWidth(String.fromCodePoint(codepoint));
  return width > 1 ? 2 : width === 1 ? 1 : 0;
}

/** What a program asks its terminal about the window's background: the answer of a dark or a light one (OSC 11). */
const backgrounds = { dark: "rgb:1e1e/1e1e/1e1e", light: "rgb:ffff/ffff/ffff" };

export interface EmulatorOptions {
  columns: number;
  rows: number;
  background: "dark" | "light";
  /** Bytes that the terminal answers the program by: who it is, where the cursor stands, what colour the window has. */
  answer: (bytes: string) => void;
  /** A frame has been drawn. Not called in the middle of one, where the program marks its frames (synchronized output). */
  drawn: () => void;
}

/** A terminal without a window: bytes in, a screen out. */
export class Emulator {
  readonly #terminal: Terminal;
  #cursorHidden = false;

  constructor(options: EmulatorOptions) {
    const terminal = new Terminal({
      cols: options.columns,
      rows: options.rows,
      scrollback: 1000,
      allowProposedApi: true,
      // Of sequences that are none it would write pages; what they come to on the screen is what counts.
      logLevel: "off",
    });
    terminal.unicode.register(widths);
    terminal.unicode.activeVersion = widths.version;
    terminal.onData(options.answer);
    terminal.onWriteParsed(() => {
      if (!terminal.modes.synchronizedOutputMode) options.drawn();
    });
    terminal.parser.registerOscHandler(11, (data) => {
      if (data !== "?") return false;
      options.answer(`\u001B]11;${backgrounds[options.background]}\u001B\\`);
      return true;
    });
    for (const [final, hides] of [
      ["l", true],
      ["h", false],
    ] as const)
      terminal.parser.registerCsiHandler({ prefix: "?", final }, (params) => {
        if (params.includes(25)) this.#cursorHidden = hides;
        return false;
      });
    this.#terminal = terminal;
  }

  write(bytes: Uint8Array): void {
    this.#terminal.write(bytes);
  }

  /** Resolves when everything written so far is on the screen. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write("", resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** True while the program has the whole screen for itself and the shell's is kept behind it. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** True when the program wants pastes marked as such. */
  get marksPastes(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** True when the program has asked for the other code of the arrow keys. */
  get applicationKeys(): boolean {
    return this.#terminal.modes.applicationCursorKeysMode;
  }

  /** The lines that a person sees without scrolling, each without the blanks at its end. */
  lines(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) =>
        active
          .getLine(active.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? "",
    );
  }

  screen(): Screen {
    const { cols: columns, rows, buffer } = this.#terminal;
    const { active } = buffer;
    const scratch = active.getNullCell();
    const cells = Array.from({ length: rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      const found: Cell[] = [];
      for (let column = 0; column < columns; column++) {
        const cell = line?.getCell(column, scratch);
        if (cell === undefined) found.push({ text: " ", width: 1, style: plain });
        else if (cell.getWidth() > 0) found.push(readCell(cell));
      }
      return found;
    });
    return {
      columns,
      rows,
      cells,
      cursor: this.#cursorHidden ? undefined : { row: active.cursorY, column: active.cursorX },
    };
  }

  close(): void {
    this.#terminal.dispose();
  }
}

function readCell(cell: IBufferCell): Cell {
  const colour = (isRgb: boolean, isPalette: boolean, value: number): Colour => {
    if (isRgb) return `#${value.toString(16).padStart(6, "0")}`;
    return isPalette ? value : "default";
  };
  return {
    text: cell.isInvisible() !== 0 || cell.getChars() === "" ? " " : cell.getChars(),
    width: cell.getWidth() === 2 ? 2 : 1,
    style: {
      foreground: colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()),
      background: colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      italic: cell.isItalic() !== 0,
      underline: cell.isUnderline() !== 0,
      inverse: cell.isInverse() !== 0,
      strikethrough: cell.isStrikethrough() !== 0,
    },
  };
}
