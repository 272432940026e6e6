import { CtiError } from "../model/errors.ts";

/** A line of a file that `cti gc play` works. */
export type GcStep = { line: number } &
  /** `type` and `body` may hold placeholders. */
  (
    | { kind: "send"; type: string; body: string }
    | { kind: "expect"; wanted: WantedEvent; within: number | undefined }
    | { kind: "pause"; milliseconds: number }
  );

/** `State=READY,1001`: an event of that name in which each of the values stands in a field of its own. */
export interface WantedEvent {
  /** As written, for messages. */
  text: string;
  event: string;
  values: string[];
}

export const placeholders = ["password", "extension", "destination"] as const;
export type Placeholder = (typeof placeholders)[number];

/** Reads a file of steps, one a line, comments after `#` at the beginning. Throws `input-invalid` with the line. */
export function parseScript(text: string): GcStep[] {
  const steps = text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trim(), line: index + 1 }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"))
    .map((line) => parseStep(line.text, line.line));
  if (steps.length === 0) throw wrong(1, "there is no step in it", "write: send Hello#${destination}");
  return steps;
}

function parseStep(text: string, line: number): GcStep {
  const [, verb = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  switch (verb.toLowerCase()) {
    case "send": {
      const [, type = "", body = ""] = /^(\S+)(?:\s+(.*))?$/s.exec(rest) ?? [];
      if (!isRequestType(type))
        throw wrong(line, "a request is named Command#agent", "write: send MakeReady#1001");
      for (const part of [type, body])
        for (const name of namesIn(part))
          if (!placeholders.some((known) => known === name))
            throw wrong(
              line,
              `there is no \${${name}}`,
              `there are: ${placeholders.map((each) => `\${${each}}`).join(" ")}`,
            );
      return { kind: "send", line, type, body };
    }
    case "expect": {
      const [, event = "", within] = /^(.*?)(?:\s+within\s+(\S+))?$/s.exec(rest) ?? [];
      if (event === "") throw wrong(line, "an event is missing", "write: expect State=READY within 5s");
      return {
        kind: "expect",
        line,
        wanted: parseWanted(event),
        within: within === undefined ? undefined : duration(within, line),
      };
    }
    case "pause":
      return { kind: "pause", line, milliseconds: duration(rest, line) };
    default:
      throw wrong(
        line,
        `there is no step "${verb}"`,
        "a step is send, expect or pause; see cti gc play --help",
      );
  }
}

/** The form of a request's JMSType. */
export function isRequestType(type: string): boolean {
  return /^[A-Za-z0-9_]+#\S+$/.test(type);
}

export function parseWanted(text: string): WantedEvent {
  const [event = "", ...values] = text.trim().split("=");
  const joined = values.join("=");
  return { text: text.trim(), event: event.trim(), values: joined === "" ? [] : joined.split(",") };
}

/** Does the event have this name, and every value in a field? Case does not matter; fields may be nested. */
export function isWanted(event: { event: string } & Record<string, unknown>, wanted: WantedEvent): boolean {
  const { event: name, ...fields } = event;
  const found = new Set(leaves(fields));
  const asked = wanted.event.toLowerCase();
  const named = name.toLowerCase();
  // The JSON flavour tells of the service by a field.
  const service = named === "systeminfo" && found.has(asked);
  if (named !== asked && !service && !(jsonNames[asked] ?? []).includes(named)) return false;
  return wanted.values.every((value) => found.has(value.trim().toLowerCase()));
}

/** What the JSON flavour calls an event otherwise (generic-connector.md §12). */
const jsonNames: Record<string, string[]> = {
  state: ["agentstate"],
  inboundcall: ["dialogstate", "outbounddialing"],
  reasoncodes: ["notreadylogoutreasoncode", "wrapupreasoncode"],
};

function leaves(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object") return Object.values(value).flatMap(leaves);
  return [String(value).toLowerCase()];
}

/** The text with every `${name}` in it replaced. */
export function filled(text: string, values: Partial<Record<Placeholder, string>>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    name in values ? (values[name as Placeholder] ?? whole) : whole,
  );
}

export function namesIn(text: string): string[] {
  return [...text.matchAll(/\$\{(\w*)\}/g)].map((match) => match[1] ?? "");
}

/** Milliseconds: `500ms`, `5s`, `5`, `1.5s`. */
function duration(text: string, line: number): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text.trim()) ?? [];
  if (number === undefined) throw wrong(line, `"${text}" is no time`, "write 500ms or 5s");
  return Number(number) * (unit === "ms" ? 1 : 1000);
}

function wrong(line: number, message: string, hint: string): CtiError {
  return new CtiError({ code: "input-invalid", message: `line ${line}: ${message}`, hint });
}
