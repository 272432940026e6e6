import type { CtiEvent } from "../model/events.ts";

/** Which events somebody wants. */
export interface EventFilter {
  agent?: string;
  /** Full types, or families (`call`, `call.*`). */
  types?: readonly string[];
  cause?: string;
  /** Of calls, and of what was owed to CRMs for them. */
  interaction?: string;
}

/** The interaction that an event is about. */
export function interactionOf(event: CtiEvent): string | undefined {
  if ("call" in event) return event.call.interaction;
  return "delivery" in event ? event.delivery.interaction : undefined;
}

/** Parses the comma separated list of `type=`. */
export function parseTypes(text: string | null | undefined): string[] | undefined {
  const types = (text ?? "")
    .split(",")
    .map((type) => type.trim().replace(/\.\*$/, ""))
    .filter((type) => type !== "");
  return types.length === 0 ? undefined : types;
}

export function matchesFilter(
  event: Pick<CtiEvent, "agent" | "cause" | "type"> & { interaction: string | undefined },
  filter: EventFilter,
): boolean {
  if (filter.agent !== undefined && event.agent !== filter.agent) return false;
  if (filter.cause !== undefined && event.cause !== filter.cause) return false;
  if (filter.interaction !== undefined && event.interaction !== filter.interaction) return false;
  return (
    filter.types === undefined ||
    filter.types.some((type) => event.type === type || event.type.startsWith(`${type}.`))
  );
}

/** The same as a WHERE clause; columns of table `events`. */
export function filterClause(filter: EventFilter): { clause: string; values: string[] } {
  const parts: string[] = [];
  const values: string[] = [];
  if (filter.agent !== undefined) {
    parts.push("agent = ?");
    values.push(filter.agent);
  }
  if (filter.cause !== undefined) {
    parts.push("cause = ?");
    values.push(filter.cause);
  }
  if (filter.interaction !== undefined) {
    parts.push("interaction = ?");
    values.push(filter.interaction);
  }
  if (filter.types !== undefined) {
    // substr and not LIKE: an underscore in what somebody typed is no wildcard.
    parts.push(
      `(${filter.types.map(() => "type = ? OR substr(type, 1, length(?) + 1) = ? || '.'").join(" OR ")})`,
    );
    for (const type of filter.types) values.push(type, type, type);
  }
  return { clause: parts.length === 0 ? "1" : parts.join(" AND "), values };
}
