import type { EventPage, EventsQuery } from "../../control/contract.ts";

/**
 * Event ids are `<boot>-<seq>` (model/events.ts): 7 digits of base 36 and 8 decimal ones. Pages are asked for by an id that they end
 * before, so going forward and finding the beginning take arithmetic with ids; that any id in between happened is never assumed.
 */
interface Place {
  boot: number;
  sequence: number;
}

const lastBoot = 36 ** 7 - 1;
const lastSequence = 10 ** 8 - 1;

function placeOf(id: string): Place | undefined {
  if (!/^[0-9a-z]{7}-[0-9]{8}$/.test(id)) return undefined;
  return { boot: Number.parseInt(id.slice(0, 7), 36), sequence: Number(id.slice(8)) };
}

function idOf({ boot, sequence }: Place): string {
  return `${boot.toString(36).padStart(7, "0")}-${String(sequence).padStart(8, "0")}`;
}

/** The id `steps` further in the same boot, at most its last one; `undefined` when the id is of a form that we do not know. */
export function idAfter(id: string, steps: number): string | undefined {
  const place = placeOf(id);
  return place && idOf({ boot: place.boot, sequence: Math.min(place.sequence + steps, lastSequence) });
}

/** Sorts before every id. */
export const firstId = "0000000-00000000";

type ReadPage = (query: EventsQuery) => Promise<EventPage>;

/**
 * The oldest event that is kept at or after `from`, by halving: some sixty pages of one event, however long the journal is.
 * `known` is the id of an event that is kept (or was) and not before `from`. Throws what `read` throws; `undefined` when nothing is
 * there, or the ids are of another form.
 */
export async function firstEventFrom(
  read: ReadPage,
  query: EventsQuery,
  from: string,
  known: string,
): Promise<string | undefined> {
  const low = placeOf(from);
  const high = placeOf(known);
  if (low === undefined || high === undefined) return undefined;
  let first: Place | undefined;
  /** Whether there is an event in [from, before): and if so, one of them becomes the first that we know. */
  const any = async (before: Place): Promise<boolean> => {
    const { events } = await read({ ...query, before: idOf(before), limit: 1 });
    const id = events.at(-1)?.id;
    if (id === undefined || id < from) return false;
    first = placeOf(id) ?? first;
    return true;
  };
  const beyond = { boot: Math.min(high.boot + 1, lastBoot), sequence: 0 };
  if (!(await any(beyond)) || first === undefined) return undefined;
  let boot = low.boot;
  while (boot < first.boot) {
    const middle = Math.floor((boot + first.boot) / 2);
    if (!(await any({ boot: middle + 1, sequence: 0 }))) boot = middle + 1;
  }
  let sequence = boot === low.boot ? low.sequence : 0;
  while (sequence < first.sequence) {
    const middle = Math.floor((sequence + first.sequence) / 2);
    if (!(await any({ boot, sequence: middle + 1 }))) sequence = middle + 1;
  }
  return idOf(first);
}
