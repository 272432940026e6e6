import type { Row, Span } from "../overlays/cells.ts";

const esc = "\u001b";
const colourCodes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

/** A row as a terminal is told it; without `colours` what is bold, dim or inverse stays so. */
export function styledText(row: Row, colours: boolean): string {
  let text = "";
  for (const span of row) text += styled(span, colours);
  return text;
}

function styled({ text, color, bold, dim, inverse }: Span, colours: boolean): string {
  let before = "";
  let after = "";
  if (inverse === true) {
    before = `${esc}[7m`;
    after = `${esc}[27m`;
  }
  if (bold === true || dim === true) {
    before += `${bold === true ? `${esc}[1m` : ""}${dim === true ? `${esc}[2m` : ""}`;
    after = `${esc}[22m${after}`;
  }
  if (color !== undefined && colours) {
    before += `${esc}[${colourCodes[color]}m`;
    after = `${esc}[39m${after}`;
  }
  return `${before}${text}${after}`;
}
