import { timeOfDay } from "../../words/time.ts";
import { widthOf } from "../overlays/cells.ts";
import type { Ladder, LadderStep } from "./contract.ts";
import { causeLetter } from "./ladder.ts";
import { ladderNotes, ladderTitle } from "./ladder-text.ts";
import { ladderWords } from "./ladder-words.ts";
import { gapText } from "./layout.ts";

/** Pixels. Fonts are named, not embedded; a label's width is reckoned from a monospaced one. */
const edge = 24;
const gutter = 190;
const lane = 150;
const row = 30;
const character = 6.65;
const fonts = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace";
/** Dark enough to be read on white, and to be told apart in print by more than their hue: each cause has its letter besides. */
const colours = ["#1f5fa8", "#a8431f", "#2c7a3f", "#7a2c76", "#8a6a00", "#00707a"];
const plain = "#333333";
const bad = "#b00020";

/** A ladder as a picture on white, for a report or a printer: the same ladder gives the same bytes. */
export function ladderSvg(ladder: Ladder): string {
  const { columns, steps, causes } = ladder;
  const places = new Map(columns.map(({ id }, at) => [id, edge + gutter + lane / 2 + at * lane]));
  const width = edge * 2 + gutter + Math.max(columns.length * lane, 3 * lane);
  const top = edge + 70;
  const bottom = top + steps.length * row + 12;
  const legend = [...causes.map((id, at) => ladderWords.cause(causeLetter(at), id)), ...ladderNotes(ladder)];
  const height = bottom + 16 + legend.length * 16 + edge;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fonts}" font-size="11">`,
    `<title>${escape(ladderTitle(ladder))}</title>`,
    `<defs>${[...colours, plain, bad].map(arrowHead).join("")}</defs>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${edge}" y="${edge + 12}" font-size="14" font-weight="bold" fill="#111111">${escape(ladderTitle(ladder))}</text>`,
    ...columns.map(({ id, title }) => {
      const x = places.get(id) ?? 0;
      return (
        `<line x1="${x}" y1="${top - 8}" x2="${x}" y2="${bottom}" stroke="#bbbbbb"/>` +
        `<text x="${x}" y="${top - 16}" text-anchor="middle" font-weight="bold" fill="#111111">${escape(cut(title, lane - 8))}</text>`
      );
    }),
    ...steps.map((step, at) => stepSvg(step, top + at * row + 20, places, width)),
    ...legend.map(
      (line, at) => `<text x="${edge}" y="${bottom + 24 + at * 16}" fill="#555555">${escape(line)}</text>`,
    ),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function stepSvg(step: LadderStep, y: number, places: ReadonlyMap<string, number>, width: number): string {
  const start = places.get(step.from) ?? 0;
  const end = places.get(step.to) ?? 0;
  const colour = step.failed
    ? bad
    : step.cause === undefined
      ? plain
      : (colours[step.cause % colours.length] ?? plain);
  const dashes = step.kind === "answer" ? ' stroke-dasharray="5 3"' : "";
  const middle = (start + end) / 2;
  const room = 2 * Math.min(middle - edge - gutter, width - edge - middle);
  const label = cut(step.failed ? `× ${step.label}` : step.label, room);
  const mark =
    start === end
      ? `<circle cx="${start}" cy="${y}" r="3.5" fill="${colour}"/>`
      : `<line x1="${start}" y1="${y}" x2="${end + (end > start ? -2 : 2)}" y2="${y}" stroke="${colour}" stroke-width="1.4"${dashes} marker-end="url(#${headOf(colour)})"/>`;
  return (
    `<g><title>${escape(`${step.at} ${step.label}`)}</title>` +
    `<text x="${edge}" y="${y + 4}" fill="#555555">${timeOfDay(step.at)}</text>` +
    `<text x="${edge + 150}" y="${y + 4}" text-anchor="end" fill="#777777">${gapText(step.gap)}</text>` +
    (step.cause === undefined
      ? ""
      : `<text x="${edge + 158}" y="${y + 4}" font-weight="bold" fill="${colour}">${causeLetter(step.cause)}</text>`) +
    mark +
    `<text x="${middle}" y="${y - 5}" text-anchor="middle" fill="${colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escape(label)}</text></g>`
  );
}

function arrowHead(colour: string): string {
  return `<marker id="${headOf(colour)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`;
}

function headOf(colour: string): string {
  return `head-${colour.slice(1)}`;
}

/** To so many pixels. */
function cut(text: string, room: number): string {
  const most = Math.max(1, Math.floor(room / character));
  if (widthOf(text) <= most) return text;
  let cutText = "";
  for (const part of text) {
    if (widthOf(cutText + part) >= most) break;
    cutText += part;
  }
  return `${cutText}…`;
}

/** XML 1.0 cannot carry some characters at all, and half of a pair is none. */
function escape(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}
