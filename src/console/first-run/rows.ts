import type { ErrorData } from "../../model/errors.ts";
import { fitRow, type Row, type Span, wrap } from "../overlays/cells.ts";
import { fieldRow } from "../overlays/text-field.ts";
import { type ProbeReport, type ProbeStep, probeParts, type UnknownCertificate } from "./contract.ts";
import { firstRunWords as words } from "./first-run-words.ts";
import type { FirstRunState } from "./machine.ts";

/** Where the configuration will be written. */
export interface FirstRunPlace {
  profile: string;
  path: string;
}

/** At most so wide: longer lines are not read. */
const widest = 88;

/** The whole screen: exactly `rows` lines of `columns`, the hint in the last one. */
export function firstRunRows(
  state: FirstRunState,
  place: FirstRunPlace,
  columns: number,
  rows: number,
): Row[] {
  const width = Math.max(1, Math.min(columns - 4, widest));
  const { lines, hint } = contentOf(state, place, width);
  const room = Math.max(0, rows - 2);
  const top: Row = [{ text: " cti ", inverse: true, bold: true }];
  const body = [[], ...lines.map((row): Row => [{ text: "  " }, ...row])].slice(0, room);
  return [
    top,
    ...body,
    ...Array.from({ length: room - body.length }, (): Row => []),
    [{ text: `  ${hint}`, dim: true }],
  ]
    .slice(0, rows)
    .map((row) => fitRow(row, columns));
}

function contentOf(
  state: FirstRunState,
  place: FirstRunPlace,
  width: number,
): { lines: readonly Row[]; hint: string } {
  const { hints } = words;
  switch (state.at) {
    case "choice":
      return { lines: choiceLines(state.chosen), hint: hints.choice };
    case "starting":
    case "over":
      return { lines: plain(words.starting), hint: hints.busy };
    case "writing":
      return { lines: plain([words.writing]), hint: hints.busy };
    case "address":
      return {
        lines: [
          heading(words.address),
          [],
          [{ text: "▸ " }, ...fieldRow(state.field, width - 2)],
          [],
          ...(state.error === undefined
            ? words.addressHelp.map((text): Row => [{ text, dim: true }])
            : errorLines(state.error, width)),
        ],
        hint: hints.address,
      };
    case "trying":
      return {
        lines: [heading(words.trying(state.address)), [], ...stepLines(state.steps, true, width)],
        hint: hints.trying,
      };
    case "tried":
      return {
        lines: [
          heading(words.trying(state.report.address)),
          [],
          ...stepLines(state.report.steps, false, width),
          [],
          ...verdictLines(state.report, place, width),
        ],
        hint:
          state.report.error === undefined
            ? hints.good
            : state.report.certificate === undefined
              ? hints.bad
              : hints.pin,
      };
    case "failed":
      return { lines: errorLines(state.error, width), hint: hints.failed };
  }
}

function choiceLines(chosen: number): Row[] {
  return [
    heading(words.welcome),
    [{ text: words.question }],
    [],
    ...words.choices.flatMap(([name, what], at): Row[] => [
      [
        { text: at === chosen ? "▸ " : "  ", color: "cyan", bold: true },
        { text: `${at + 1}  ` },
        { text: name, bold: at === chosen, inverse: at === chosen },
      ],
      [{ text: `     ${what}`, dim: true }],
      [],
    ]),
  ];
}

function stepLines(steps: readonly ProbeStep[], running: boolean, width: number): Row[] {
  return probeParts.flatMap((part, at): Row[] => {
    const step = steps.find((each) => each.part === part);
    const name = words.parts[part].padEnd(13);
    if (step === undefined) {
      const now = running && at === steps.length;
      return [
        [
          { text: `${now ? "◌" : " "} `, color: "cyan" },
          { text: name, dim: !now },
        ],
      ];
    }
    const [first = "", ...more] = wrap(step.text, width - 15);
    const look: Span = step.ok ? { text: "✓ ", color: "green" } : { text: "✗ ", color: "red", bold: true };
    return [
      [look, { text: name }, { text: first }],
      ...more.map((text): Row => [{ text: `${" ".repeat(15)}${text}` }]),
    ];
  });
}

function verdictLines(report: ProbeReport, { profile, path }: FirstRunPlace, width: number): Row[] {
  if (report.error !== undefined) {
    const { certificate } = report;
    return certificate === undefined ? errorLines(report.error, width) : certificateLines(certificate, width);
  }
  return [
    ...(report.inService === false
      ? plain(words.outOfService, "yellow")
      : [[{ text: words.works, bold: true, color: "green" as const }]]),
    [],
    ...wrap(words.willWrite(profile, path), width).map((text): Row => [{ text }]),
  ];
}

function certificateLines(certificate: UnknownCertificate, width: number): Row[] {
  const { fingerprint, issuer, names, validTo } = certificate;
  const pairs = fingerprint.toUpperCase().match(/../g) ?? [];
  return [
    ...plain(wrap(words.unknown.join(" "), width)),
    [],
    // As openssl and browsers write it, in two lines that fit any terminal.
    [{ text: `SHA-256  ${pairs.slice(0, 16).join(":")}`, bold: true }],
    [{ text: `         ${pairs.slice(16).join(":")}`, bold: true }],
    [{ text: words.issuedBy(issuer) }],
    ...(names.length === 0 ? [] : [[{ text: words.isFor(names.join(", ")) }]]),
    ...(validTo === undefined ? [] : [[{ text: words.until(validTo.slice(0, 10)) }]]),
    [],
    [{ text: words.pin, bold: true }],
    ...wrap(words.authority, width).map((text): Row => [{ text, dim: true }]),
  ];
}

function errorLines({ message, why, hint }: ErrorData, width: number): Row[] {
  return [
    ...wrap(message, width - 2).map((text, at): Row => [
      { text: `${at === 0 ? "✗ " : "  "}${text}`, color: "red", bold: true },
    ]),
    ...(why === undefined ? [] : wrap(why, width - 2).map((text): Row => [{ text: `  ${text}` }])),
    ...(hint === undefined
      ? []
      : [[], ...wrap(words.next(hint), width - 2).map((text): Row => [{ text: `  ${text}` }])]),
  ];
}

function heading(text: string): Row {
  return [{ text, bold: true }];
}

function plain(lines: readonly string[], color?: Span["color"]): Row[] {
  return lines.map((text) => [{ text, ...(color !== undefined && { color }) }]);
}
