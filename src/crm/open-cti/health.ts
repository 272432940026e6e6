import type { AdapterHealth } from "../../model/adapter.ts";
import type { CtiError } from "../../model/errors.ts";
import type { TargetState } from "./webhooks/webhooks.ts";

export interface SalesforceState {
  /** Who is signed in there; `undefined`: nobody yet. */
  user: string | undefined;
  /** Why the last request failed, where that says something of Salesforce or of the way there. */
  problem: CtiError | undefined;
}

export interface HealthParts {
  name: string;
  phase: "starting" | "started" | "stopped";
  since: string;
  page: AdapterHealth | undefined;
  salesforce: (SalesforceState & { limits: { used: number; most: number } | undefined }) | undefined;
  webhooks: readonly TargetState[];
  /** Where commands come in. */
  inbound: string | undefined;
  /** Calls that go on. */
  open: number;
  /** Why something does not listen. */
  deaf: readonly CtiError[];
}

/** How the back ends are together: down when one of them is, since each was asked for. */
export function health(parts: HealthParts): AdapterHealth {
  const { name, phase, since, page, salesforce, webhooks, inbound, open, deaf } = parts;
  const error = deaf[0] ?? salesforce?.problem;
  const away = webhooks.filter(({ problem }) => problem !== undefined);
  const lines = [
    ...(page === undefined ? [] : [page.summary]),
    ...(salesforce === undefined ? [] : [salesforceText(salesforce)]),
    ...(webhooks.length === 0
      ? []
      : [
          `${count(webhooks.length, "webhook")}${away.length === 0 ? "" : `, ${away.length} with trouble: ${away[0]?.problem}`}`,
        ]),
    ...(inbound === undefined ? [] : [`commands at ${inbound}`]),
  ];
  const state = phase === "started" ? (error === undefined ? "up" : "down") : phase;
  const limits = salesforce?.limits;
  return {
    adapter: name,
    state,
    since,
    summary: lines.join(" · "),
    ...(error !== undefined && { error: error.toJSON() }),
    figures: {
      "open calls": open,
      ...page?.figures,
      ...(limits !== undefined && { "API requests of the day": `${limits.used} of ${limits.most}` }),
      ...(webhooks.length > 0 && {
        "webhooks sent": webhooks.reduce((sum, { sent }) => sum + sent, 0),
        "webhooks failed": webhooks.reduce((sum, { failed }) => sum + failed, 0),
      }),
    },
    clients: page?.clients ?? [],
    peers: [],
  };
}

function salesforceText({ user, problem }: SalesforceState): string {
  if (problem !== undefined) return `Salesforce: ${problem.message}`;
  return user === undefined ? "Salesforce: not asked yet" : `Salesforce as ${user}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
