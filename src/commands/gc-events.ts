import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { type Paint, printable } from "../platform/terminal.ts";
import { isWanted, type WantedEvent } from "./gc-script.ts";
import { timeOfDay } from "../words/time.ts";

/** An event line of a Generic Connector with its fields by name, as the adapter's reader makes it. */
export type GcEvent = { event: string; agent: string } & Record<string, unknown>;

interface Kept {
  event: GcEvent;
  used: boolean;
}

/** Answers whether it has what it waits for. */
type Look = () => boolean;

/** More than anybody waits for. */
const most = 10_000;

/** The events that have come, for steps that wait for one of them. */
export class GcEvents {
  readonly #clock: Clock;
  #kept: Kept[] = [];
  #waiters = new Set<Look>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(event: GcEvent): void {
    this.#kept.push({ event, used: false });
    if (this.#kept.length > most) this.#kept.shift();
    for (const look of this.#waiters) if (look()) this.#waiters.delete(look);
  }

  /** What came until now counts for nobody any more. */
  forget(): void {
    this.#kept = [];
  }

  /**
   * The first event that is wanted and that nobody got before. Throws `timeout`, `interrupted`, and `refused` with the words when an `Error`
   * comes that `isOurs` (and is not wanted).
   */
  async next(
    wanted: WantedEvent,
    options: { within: number; signal: AbortSignal; isOurs: (event: GcEvent) => boolean },
  ): Promise<GcEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<GcEvent>();
    const look = (): boolean => {
      const found = this.#kept.find(({ event, used }) => !used && isWanted(event, wanted));
      const error = this.#kept.find(({ event, used }) => !used && isError(event) && options.isOurs(event));
      const hit = found ?? error;
      if (hit === undefined) return false;
      hit.used = true;
      if (hit === found) resolve(hit.event);
      else reject(refusedBy(hit.event));
      return true;
    };
    if (look()) return promise;
    this.#waiters.add(look);
    const cancel = this.#clock.after(options.within, () => reject(this.#tooLate(wanted, options.within)));
    const stop = (): void => reject(interrupted());
    options.signal.addEventListener("abort", stop, { once: true });
    if (options.signal.aborted) stop();
    try {
      return await promise;
    } finally {
      cancel();
      options.signal.removeEventListener("abort", stop);
      this.#waiters.delete(look);
    }
  }

  #tooLate({ text }: WantedEvent, within: number): CtiError {
    const came = [...new Set(this.#kept.map(({ event }) => event.event))];
    return new CtiError({
      code: "timeout",
      message: `${text} did not come within ${within / 1000} s`,
      why: came.length === 0 ? "no event came" : `what came: ${came.slice(-10).map(printable).join(", ")}`,
      hint:
        came.length === 0
          ? "is a connector at this queue, and has this --destination sent Connect#AGENT?"
          : "see what comes with: cti gc tail --destination D; wait longer with --timeout SECONDS",
    });
  }
}

export function interrupted(): CtiError {
  return new CtiError({ code: "interrupted", message: "interrupted" });
}

function isError({ event }: GcEvent): boolean {
  return event.toLowerCase() === "error";
}

function refusedBy({ agent, ...rest }: GcEvent): CtiError {
  // The JSON flavour has them one level down.
  const { response } = rest;
  const fields = { ...rest, ...(typeof response === "object" ? response : {}) } as Record<string, unknown>;
  const words = ["command", "code", "text", "type", "description"]
    .map((name) => fields[name])
    .filter((part): part is string => typeof part === "string" && part !== "");
  return new CtiError({
    code: "refused",
    message: `the connector answers with an error${agent === "" ? "" : ` for ${printable(agent)}`}`,
    why: words.length === 0 ? JSON.stringify(rest) : words.map(printable).join(" "),
  });
}

/** An event for a person: when, whose, what, and its fields. `now` in milliseconds since the epoch. */
export function gcEventText(event: GcEvent, now: number, paint: Paint): string {
  const { event: name, agent, ...fields } = event;
  const parts = Object.entries(fields).flatMap(([key, value]) => fieldText(key, value));
  return [
    paint("dim", timeOfDay(new Date(now).toISOString())),
    paint("bold", printable(agent)),
    paint(isError(event) ? "red" : "cyan", printable(name)),
    ...parts,
  ].join("  ");
}

function fieldText(key: string, value: unknown): string[] {
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) {
    const items = value.map((item) => itemText(item)).join(" | ");
    return items === "" ? [] : [printable(key === "more" ? items : `${key}: ${items}`)];
  }
  if (typeof value === "object") {
    const text = itemText(value);
    return text === "" ? [] : [printable(`${key}: ${text}`)];
  }
  return [printable(plainFields.has(key) ? String(value) : `${key} ${String(value)}`)];
}

/** They speak for themselves. */
const plainFields = new Set(["state", "command", "code", "text", "name", "ani", "party", "kind"]);

function itemText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, part]) => part !== "")
    .map(([key, part]) => `${key}=${typeof part === "object" ? JSON.stringify(part) : String(part)}`)
    .join(",");
}
