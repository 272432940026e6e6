import type { CalloutRecord, CalloutResult } from "./contract.ts";
import { type InteractionRecord, type Step, viewOf } from "./interaction.ts";

/** What the user of EBS sees of an event at an interaction; undefined: nothing. */
export function interactionText({ interaction, seen }: Step): string | undefined {
  if (interaction === undefined) return undefined;
  switch (seen) {
    case "popped":
      return popText(interaction);
    case "begins":
      return `interaction ${interaction.id} begins${interaction.unannounced ? " (unannounced: no screen pop before)" : ""}`;
    case "ends":
      return `interaction ${interaction.id} ends after ${durationText(viewOf(interaction).seconds ?? 0)}`;
    case "unanswered":
      return `call ${interaction.id} ends unanswered: no interaction`;
    case undefined:
      return undefined;
  }
}

/** Without a customer the page is the configured one, whatever was asked for (profile "Page Displayed When … does not Match"). */
function popText({ ani, data, customer }: InteractionRecord): string {
  const number = ani === undefined || ani === "" ? "number withheld" : ani;
  const { customers, by } = customer ?? { customers: [], by: undefined };
  if (customers.length === 0) return `SCREEN POP  ${number}  → no customer: the configured page`;
  const who =
    customers.length === 1
      ? customers[0]
      : `${customers.length} customers to choose from, ${customers.join(", ")}`;
  const how = by === undefined ? "" : ` (by ${by.key} ${by.value})`;
  return `SCREEN POP  ${number}  → ${who}${how}: ${pageText(data.occtScreenPopAction)}`;
}

/** occtScreenPopAction (reference §5.3): CreateSR creates, anything else queries. */
function pageText(action: string | undefined): string {
  return action === "CreateSR" ? "create service request" : "service request query";
}

/** A callout and its reply on one line. */
export function calloutText({ callout, result }: Pick<CalloutRecord, "callout" | "result">): string {
  return `${callout}: ${resultText(result)}`;
}

export function resultText(result: CalloutResult): string {
  switch (result.outcome) {
    case "ok":
      return "ok";
    case "error":
      return `refused: ${result.message || "without a word"}${result.details === undefined ? "" : ` (${result.details})`}`;
    case "fault":
      return `${result.fault === "unreachable" ? "no answer" : "protocol fault"}: ${result.message}`;
  }
}

/** `0:42`, `1:02:03`. */
export function durationText(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const tail = String(whole % 60).padStart(2, "0");
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, "0")}:${tail}`;
}
