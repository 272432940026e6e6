import type { AdapterHealth } from "../../model/adapter.ts";
import type { CtiError } from "../../model/errors.ts";
import type { SalesforceState } from "./salesforce-watch.ts";
import type { TargetState } from "./webhooks/webhooks.ts";

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

/**
 * How the back ends are together: down when the page, the port of commands or Salesforce is, since each was asked for. Of receivers of webhooks
 * the summary tells: each of their deliveries says it too.
 */
export function health(parts: HealthParts): AdapterHealth {
  const { name, since, page, salesforce, webhooks, inbound, open, deaf } = parts;
  const error = deaf[0] ?? salesforce?.problem;
  const lines = [
    ...deaf.map(({ message }) => message),
    ...(page === undefined ? [] : [page.summary]),
    ...(salesforce === undefined ? [] : [salesforceText(salesforce)]),
    ...(webhooks.length === 0 ? [] : [webhooksText(webhooks)]),
    ...(inbound === undefined ? [] : [`commands at ${inbound}`]),
  ];
  const state = stateOf(parts);
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

export function stateOf({
  phase,
  deaf,
  salesforce,
}: Pick<HealthParts, "phase" | "deaf"> & {
  salesforce: Pick<SalesforceState, "problem"> | undefined;
}): AdapterHealth["state"] {
  if (phase !== "started") return phase;
  return deaf.length > 0 || salesforce?.problem !== undefined ? "down" : "up";
}

function webhooksText(webhooks: readonly TargetState[]): string {
  const off = webhooks.find(({ offSince }) => offSince !== undefined);
  const away = webhooks.filter(({ problem, offSince }) => problem !== undefined && offSince === undefined);
  return [
    count(webhooks.length, "webhook"),
    ...(off === undefined
      ? []
      : [`${off.name} is off since ${off.offSince}: its receiver answered 410 Gone`]),
    ...(away.length === 0 ? [] : [`${away.length} with trouble: ${away[0]?.problem}`]),
  ].join(", ");
}

function salesforceText({ user, problem, answered }: SalesforceState): string {
  if (problem !== undefined)
    return /Salesforce/.test(problem.message) ? problem.message : `Salesforce: ${problem.message}`;
  if (user !== undefined) return `Salesforce as ${user}`;
  return answered ? "Salesforce answers" : "Salesforce: not asked yet";
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
