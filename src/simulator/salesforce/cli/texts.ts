import { printable } from "../../../platform/terminal.ts";
import type { ApiCall } from "../contract.ts";
import type { SalesforceAnswers } from "../control-api.ts";
import { nameOf, popText, taskParts, wayText } from "../telling.ts";
import type { SalesforceReadyFacts } from "./foreground.ts";

/** What a person sees when the simulated Salesforce is up, and the next command. */
export function salesforceBanner(facts: SalesforceReadyFacts): string {
  const { url, control, ca, clientId, key, users, softphone } = facts;
  return [
    "A simulated Salesforce org (a stub for trying and testing, not Salesforce)",
    `  sign in    ${url}`,
    `  page       ${url}/lightning/page/home${softphone === null ? "" : `  frames ${softphone}`}`,
    `  app        ${clientId}${key === null ? "" : `  key ${key}`}`,
    `  users      ${users.map(({ username }) => username).join(", ")}`,
    `  authority  ${ca}`,
    `  control    ${control}/salesforce`,
    "",
    ...(softphone === null
      ? ["Have its pages frame a softphone, from another terminal:", "  cti sim salesforce softphone URL", ""]
      : []),
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}

/** What `cti sim salesforce state` says. */
export function stateText(state: SalesforceAnswers["state"]): string {
  const { url, fault, limit, users, softphone, pages, waiting } = state;
  const open = pages.filter((page) => page.open);
  return [
    `Salesforce at ${url}`,
    `  broken     ${fault ?? "nothing"}`,
    `  requests   ${limit.left} of ${limit.max} are left today`,
    `  users      ${users.map(({ username }) => username).join(", ")}`,
    `  softphone  ${softphone ?? "none"}`,
    ...(waiting.length === 0 ? [] : [`  waiting    ${waiting.join(", ")}: cti sim salesforce approve CODE`]),
    ...open.map((page) => {
      const dial = page.clickToDial ? "click-to-dial" : "no click-to-dial";
      const panel = page.panel.visible ? "panel open" : "panel closed";
      return `  page       ${page.id}  ${page.user}  ${page.view.title}  ${dial}, ${panel}`;
    }),
    ...(open.length === 0 ? ["  page       none is open"] : []),
  ]
    .map(printable)
    .join("\n");
}

/** What `cti sim salesforce calls` says: a line each. */
export const callsText = ({ calls }: SalesforceAnswers["calls"]) => lines("no calls", calls.map(callLine));

function callLine({ at, way, what, user, status, fault }: ApiCall): string {
  const outcome = status === 0 ? "no answer" : String(status);
  return [
    clock(at),
    wayText(way),
    outcome,
    what,
    user ?? "-",
    ...(fault === undefined ? [] : [`(${fault})`]),
  ].join("  ");
}

export function tasksText({ tasks }: SalesforceAnswers["tasks"]): string {
  return lines(
    "no Tasks",
    tasks.flatMap(({ id, fields, history }) => [
      [id, ...taskParts(fields)].join("  "),
      ...history.map(({ at, what, way, user, answerLost, fields: given }) => {
        const lost = answerLost === true ? ", answer lost" : "";
        return `  ${clock(at)}  ${what} by ${wayText(way)}  ${user ?? "-"}  ${Object.keys(given).join(", ")}${lost}`;
      }),
    ]),
  );
}

export const popsText = ({ pops }: SalesforceAnswers["pops"]) =>
  lines(
    "no pops",
    pops.map((pop) => [clock(pop.at), pop.user, pop.by, popText(pop)].join("  ")),
  );

export const complaintsText = ({ complaints }: SalesforceAnswers["complaints"]) =>
  lines(
    "no complaints",
    complaints.map(({ at, kind, way, user, text }) =>
      [clock(at), kind, wayText(way), user ?? "-", text].join("  "),
    ),
  );

export function recordsText({ records }: SalesforceAnswers["records"]): string {
  return lines(
    "no records",
    records.map((fields) => {
      const phones = Object.entries(fields).filter(([name]) => name.endsWith("Phone"));
      const numbers = phones.map(([, value]) => String(value));
      return [fields.Id, fields.object, nameOf(fields), ...numbers].map(String).join("  ");
    }),
  );
}

const clock = (at: string) => at.slice(11, 19);

const lines = (none: string, all: string[]) => (all.length === 0 ? none : all.map(printable).join("\n"));
