import type { AdapterHealth } from "../model/adapter.ts";
import { printable } from "../platform/terminal.ts";
import { timerSince } from "../words/time.ts";
import type { View } from "./view.ts";

const looks = { up: "green", starting: "yellow", down: "red", stopped: "red" } as const;
const symbols = { up: "●", starting: "◌", down: "✗", stopped: "✗" } as const;

/** One line of `cti status`. */
export function adapterLine({ adapter, state, since, summary }: AdapterHealth, { paint, now }: View): string {
  const timer = timerSince(since, now);
  return `${paint("bold", adapter)}  ${paint(looks[state], `${symbols[state]} ${state}`)}${timer === "" ? "" : `  ${timer}`}  ${printable(summary)}`;
}

/** Everything about one adapter. */
export function adapterText(health: AdapterHealth, view: View): string {
  const { paint, now } = view;
  const rows: [string, string][] = [];
  const { error } = health;
  if (error !== undefined) {
    rows.push(["error", paint("red", printable(error.message))]);
    if (error.why !== undefined) rows.push(["", printable(error.why)]);
    if (error.hint !== undefined) rows.push(["", printable(error.hint)]);
  }
  const figures = Object.entries(health.figures).map(([name, value]) => `${value} ${name}`);
  if (figures.length > 0) rows.push(["figures", printable(figures.join(" · "))]);
  for (const [index, { name, agents, lastSeen }] of health.clients.entries()) {
    const seen = timerSince(lastSeen, now);
    rows.push([
      index === 0 ? "clients" : "",
      `${printable(name)}  ${printable(agents.join(", "))}${seen === "" ? "" : paint("dim", `  seen ${seen} ago`)}`,
    ]);
  }
  for (const [index, { name, role, agents }] of health.peers.entries())
    rows.push([index === 0 ? "peers" : "", printable(`${name}  ${role}, ${agents} agents`)]);
  return [
    adapterLine(health, view),
    ...rows.map(([label, text]) => `  ${paint("dim", label.padEnd(10))}  ${text}`),
  ].join("\n");
}
