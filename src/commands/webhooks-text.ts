import { jsonText, type Paint, printable } from "../platform/terminal.ts";
import { type Cell, tableText } from "./table.ts";
import type { MadeSecret } from "./webhooks-secret.ts";
import type { ShownSecret, ShownWebhooks } from "./webhooks-settings.ts";

type Pinged = import("../crm/open-cti/webhooks/ping.ts").Pinged;
type Received = import("../crm/open-cti/webhooks/receiver.ts").Received;

/** `cti webhooks list` */
export function webhooksText(
  { profile, targets, inbound, allowNetworks }: ShownWebhooks,
  paint: Paint,
): string {
  if (targets.length === 0 && inbound === undefined)
    return `profile ${printable(profile)} has no webhooks; how they are set up: cti help webhooks`;
  const rows = targets.map(({ name, host, tls, events, variables, secret }): Cell[] => [
    { text: printable(name), style: "bold" },
    { text: printable(host), ...(!tls && { style: "yellow" as const }) },
    { text: printable(`${events.join(", ")}${variables ? " (with variables)" : ""}`) },
    secretCell(secret),
  ]);
  const sections = [
    ...(rows.length === 0
      ? []
      : [
          tableText(
            [{ title: "target" }, { title: "at" }, { title: "events" }, { title: "secret" }],
            rows,
            paint,
          ),
        ]),
    ...(inbound === undefined
      ? []
      : [
          [
            `commands come in at ${inbound.listen}${inbound.tls ? " (TLS)" : ""}`,
            ...(inbound.hosts.length === 0 ? [] : [`  as      ${printable(inbound.hosts.join(", "))}`]),
            `  token   ${painted(secretCell(inbound.token), paint)}`,
            `  secret  ${painted(secretCell(inbound.secret), paint)}`,
          ].join("\n"),
        ]),
    ...(allowNetworks.length === 0
      ? []
      : [`besides the public internet: ${printable(allowNetworks.join(", "))}`]),
  ];
  return sections.join("\n\n");
}

function secretCell({ from, variable, stored, count }: ShownSecret): Cell {
  const several = count > 1 ? `, ${count} of them` : "";
  switch (from) {
    case "variable":
      return { text: `${variable}${several}` };
    case "key store":
      return { text: `key store: ${printable(stored)}${several}` };
    case "missing":
      return { text: `✗ missing (${variable})`, style: "red" };
  }
}

function painted({ text, style }: Cell, paint: Paint): string {
  return style === undefined ? text : paint(style, text);
}

/** `cti webhooks secret`: where it is, and with `shown` what it is, this once. */
export function madeText(made: readonly MadeSecret[], shown: boolean, paint: Paint): string {
  const lines = made.flatMap(({ variable, stored, secret, count }) => [
    stored === undefined
      ? `for ${variable}; it is kept nowhere`
      : `in the key store as "${stored}"${count > 1 ? `, with the one before it: both are good until --retire` : ""}`,
    ...(shown && secret !== undefined ? [`  ${paint("bold", secret)}`] : []),
  ]);
  const note = shown
    ? []
    : made.some(({ secret }) => secret !== undefined)
      ? ["--print shows it, this once"]
      : [];
  const then = made.some(({ stored }) => stored !== undefined)
    ? ["the connector reads it when it starts; whoever is at the other end needs it too"]
    : [];
  return [...lines, ...note, ...then].join("\n");
}

/** `cti webhooks test` of a receiver that took it. */
export function pingedText({ target, host, status, elapsed, id }: Pinged, paint: Paint): string {
  return `${paint("green", "✓")} ${printable(target)}: the receiver at ${printable(host)} took it (HTTP ${status}, ${Math.round(elapsed)} ms, webhook-id ${id})`;
}

/** One line of `cti webhooks listen`. `time`: of day. */
export function receivedText({ id, why, repeated, event }: Received, time: string, paint: Paint): string {
  const mark = why === undefined ? paint("green", "✓") : paint("red", "✗");
  const what = fieldOf(event, "type")?.replace(/^cti\./, "") ?? "no event";
  const about = fieldOf(event, "subject");
  const words = [
    what,
    ...(about === undefined ? [] : [about]),
    ...summaryOf(event),
    ...(repeated ? ["(again)"] : []),
    ...(why === undefined ? [] : [`not believed: ${why}`]),
  ];
  return `${time} ${mark} ${printable(words.join("  "))}  ${paint("dim", printable(id))}`;
}

/** The same for a program. */
export function receivedJson(received: Received, at: string): string {
  const { id, why, repeated, event } = received;
  return jsonText({
    at,
    id,
    verified: why === undefined,
    ...(why !== undefined && { why }),
    repeated,
    event,
  });
}

/** A call's or an agent's state, where there is one. */
function summaryOf(event: unknown): string[] {
  const data = child(event, "data");
  const call = child(data, "call");
  const texts = [fieldOf(call, "state"), fieldOf(call, "party"), fieldOf(child(data, "state"), "state")];
  return texts.flatMap((text) => (text === undefined || text === "" ? [] : [text]));
}

function child(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function fieldOf(value: unknown, name: string): string | undefined {
  const found = child(value, name);
  return typeof found === "string" ? found : undefined;
}
