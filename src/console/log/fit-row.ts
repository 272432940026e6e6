import { fit, fitRow, type Row, type Span } from "../overlays/cells.ts";

/** One column each, whoever draws it. Most of what stands in a log is of this kind. */
const simple = /^[ -~À-ɏ←→↔…×·•–—]*$/;

/** `fitRow`, many times as fast where every character takes one column: a page of events is made anew for a key. */
export function fitEventRow(row: Row, width: number): Row {
  if (!row.every(({ text }) => simple.test(text))) return fitRow(row, width);
  const fitted: Span[] = [];
  let left = width;
  for (const span of row) {
    if (left <= 0) break;
    if (span.text === "") continue;
    const text = span.text.length <= left ? span.text : `${span.text.slice(0, left - 1)}…`;
    fitted.push({ ...span, text });
    left -= text.length;
  }
  if (left > 0) fitted.push({ text: " ".repeat(left) });
  return fitted;
}

/** `fit`, likewise. */
export function fitText(text: string, width: number): string {
  if (!simple.test(text)) return fit(text, width);
  if (text.length <= width) return text.padEnd(width);
  return width > 0 ? `${text.slice(0, width - 1)}…` : "";
}
