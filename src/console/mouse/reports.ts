/** What a mouse did, counted from 0 at the upper left. */
export interface MouseReport {
  kind: "click" | "wheel-up" | "wheel-down";
  column: number;
  row: number;
}

/** Presses and the wheel, told as text (SGR, 1006): the only form that knows columns beyond 223. */
export const mouseOn = "\u001b[?1000h\u001b[?1006h";
export const mouseOff = "\u001b[?1006l\u001b[?1000l";

// oxlint-disable-next-line no-control-regex -- what terminals send
const reportPattern = /\u001b\[<(\d{1,4});(\d{1,4});(\d{1,4})([Mm])/g;
// oxlint-disable-next-line no-control-regex -- the same, cut off
const begunPattern = /\u001b(?:\[<?[\d;]{0,14})?$/;
const pasteBegins = "\u001b[200~";
const pasteEnds = "\u001b[201~";

/** Finds mouse reports in what a terminal sends; pieces may be cut anywhere. What is pasted is text, whatever it looks like. */
export class MouseReports {
  readonly #listeners = new Set<(report: MouseReport) => void>();
  #rest = "";
  #pasting = false;

  listen(listener: (report: MouseReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(piece: string): void {
    let text = this.#rest + piece;
    this.#rest = "";
    while (text !== "") {
      const mark = this.#pasting ? pasteEnds : pasteBegins;
      const at = text.indexOf(mark);
      const own = at < 0 ? text : text.slice(0, at);
      if (!this.#pasting) this.#read(own);
      if (at < 0) {
        this.#rest = (this.#pasting ? text.slice(-mark.length + 1) : begunPattern.exec(own)?.[0]) ?? "";
        return;
      }
      this.#pasting = !this.#pasting;
      text = text.slice(at + mark.length);
    }
  }

  #read(text: string): void {
    for (const [, button = "", column = "", row = "", end = ""] of text.matchAll(reportPattern)) {
      // Shift, Alt and Ctrl are bits of it; letting go is no click.
      const kind = end === "m" ? undefined : kinds.get(Number(button) & ~0b11100);
      if (kind === undefined) continue;
      const report = { kind, column: Number(column) - 1, row: Number(row) - 1 };
      for (const listener of this.#listeners) listener(report);
    }
  }
}

const kinds = new Map<number, MouseReport["kind"]>([
  [0, "click"],
  [64, "wheel-up"],
  [65, "wheel-down"],
]);

/** A terminal's input for Ink, which leaves mouse reports out: they are read on the way. */
export function overheard(stdin: NodeJS.ReadStream, reports: MouseReports): NodeJS.ReadStream {
  const read = (size?: number): unknown => {
    const piece: unknown = stdin.read(size);
    if (piece !== null) reports.push(String(piece));
    return piece;
  };
  return new Proxy(stdin, {
    get: (target, name) => {
      if (name === "read") return read;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
