import type {
  DeliveriesAnswer,
  DeliveriesQuery,
  DeliveryCounts,
  DeliveryPage,
  DeliveryStatus,
} from "../model/delivery.ts";
import { printable } from "../platform/terminal.ts";
import { type Cell, tableText } from "./table.ts";
import { durationInWords, timerSince } from "../words/time.ts";
import type { View } from "./view.ts";

/** `cti deliveries` for a person: a line each, and what can be done about them. */
export function deliveriesText(page: DeliveryPage, query: DeliveriesQuery, view: View): string {
  const { deliveries, total } = page;
  if (deliveries.length === 0) return nothingText(query);
  const rows = deliveries.map((each) => row(each, view));
  const lines = [tableText(columns, rows, view.paint)];
  if (total > deliveries.length) lines.push(view.paint("dim", `the oldest ${deliveries.length} of ${total}`));
  return [...lines, "", nextText(deliveries, view)].join("\n");
}

function nothingText({ state, adapter, agent }: DeliveriesQuery): string {
  const whom = adapter === undefined ? "" : ` by ${printable(adapter)}`;
  const about = agent === undefined ? "" : ` about agent ${printable(agent)}`;
  return state === "missed"
    ? `nothing was missed${whom}${about}`
    : `all is told: nothing is owed, nothing was missed${whom}${about}`;
}

const columns = ["id", "age", "adapter", "kind", "agent", "about", "tries", "state", "why"].map((title) => ({
  title,
}));

function row(delivery: DeliveryStatus, { now }: View): Cell[] {
  const { id, createdAt, adapter, kind, agent, text, attempts, why } = delivery;
  return [
    { text: printable(id), style: "bold" },
    { text: timerSince(createdAt, now) },
    { text: printable(adapter) },
    { text: printable(kind) },
    { text: printable(agent ?? "-") },
    { text: printable(text) },
    { text: String(attempts) },
    stateCell(delivery, now),
    { text: printable(why ?? "") },
  ];
}

/** What becomes of it next, or when it was given up. */
function stateCell(delivery: DeliveryStatus, now: number): Cell {
  const { state, attempts, retryAt, missedAt, expiresAt } = delivery;
  if (state === "missed") {
    const ago = missedAt === undefined ? "" : ` ${durationInWords(now - Date.parse(missedAt))} ago`;
    const tooOld = missedAt !== undefined && Date.parse(missedAt) >= Date.parse(expiresAt) ? ": too old" : "";
    return { text: `missed${ago}${tooOld}`, style: "red" };
  }
  if (attempts === 0) return { text: "waits for its turn" };
  if (retryAt === undefined) return { text: "being sent" };
  // In the past while its adapter does not run.
  const left = Math.ceil((Date.parse(retryAt) - now) / 1000);
  return { text: left > 0 ? `next try in ${left} s` : "waits to be tried again", style: "yellow" };
}

function nextText(deliveries: readonly DeliveryStatus[], { paint }: View): string {
  const missed = deliveries.filter(({ state }) => state === "missed");
  const ways = [
    ...(missed.length < deliveries.length ? ["try now what is owed: cti deliveries retry"] : []),
    // A pop that was missed stays missed.
    ...(missed.some(({ policy }) => policy === "record")
      ? ["tell it all the same: cti deliveries retry --missed"]
      : []),
    ...(missed.length > 0 ? ["forget what was missed: cti deliveries discard --missed"] : []),
  ];
  return ways.map((way) => paint("dim", way)).join("\n");
}

/** What a retry did, a line each. */
export function retriedText(answer: DeliveriesAnswer, view: View): string {
  if (isNothing(answer)) return "nothing to try again";
  return answerText(answer, ({ state }) => (state === "missed" ? "owed again" : "tried now"), view);
}

/** What a discard did, a line each. */
export function discardedText(answer: DeliveriesAnswer, view: View): string {
  if (isNothing(answer)) return "nothing to discard";
  return answerText(answer, () => "discarded", view);
}

function isNothing({ done, refused }: DeliveriesAnswer): boolean {
  return done.length === 0 && refused.length === 0;
}

function answerText(
  { done, refused }: DeliveriesAnswer,
  did: (delivery: DeliveryStatus) => string,
  { paint }: View,
): string {
  return [
    ...done.map(
      (delivery) =>
        `${paint("green", "✓")} ${printable(delivery.id)}  ${printable(`${delivery.kind} ${delivery.text}`)}: ${did(delivery)}`,
    ),
    ...refused.map(({ id, why }) => `${paint("red", "✗")} ${printable(id)}  ${printable(why)}`),
  ].join("\n");
}

/** Milliseconds for which something may be owed before that is worth a colour. */
const usual = 5000;

/** One line of `cti status`; `undefined` when all is well. */
export function deliveriesLine(counts: DeliveryCounts | undefined, { paint, now }: View): string | undefined {
  if (counts === undefined || !isSomethingOpen(counts)) return undefined;
  const { owed, missed, oldest } = counts;
  const parts: string[] = [];
  if (owed > 0) {
    const text = `${owed} owed${oldest === undefined ? "" : `, oldest ${timerSince(oldest, now)}`}`;
    const isLate = oldest !== undefined && now - Date.parse(oldest) >= usual;
    parts.push(isLate ? paint("yellow", text) : text);
  }
  if (missed > 0) parts.push(`${paint("red", `${missed} missed`)} (cti deliveries list --missed)`);
  else parts.push("(cti deliveries)");
  return `${paint("bold", "deliveries")}  ${parts.join(missed > 0 ? " · " : " ")}`;
}

/** Something is owed to a CRM, or one has missed something. */
export function isSomethingOpen({ owed, missed }: DeliveryCounts): boolean {
  return owed > 0 || missed > 0;
}
