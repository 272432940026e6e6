import type { DeliveryDraft, Json, Outbox } from "../adapter.ts";

/** One thing that a piece of work asks of the outbox. Lifetimes are milliseconds. */
export type Deed =
  | { type: "add"; draft: DeliveryDraft; lifetime: number }
  | { type: "expire-pops"; interaction: string }
  | { type: "keep"; name: string; value: Json | undefined };

/** Milliseconds after which a pop is of no use: the next customer may be on the line (design §5.4). */
const popLifetime = 15_000;
/** A century: what is kept for ever still has a date. */
export const longestLifetime = 100 * 365 * 24 * 3_600_000;

/**
 * What `work` asks for, in order. Throws what `work` throws, and for what no disk can keep: then none of it counts. `keepRecords`:
 * milliseconds.
 */
export function collect(work: (out: Outbox) => void, keepRecords: number): Deed[] {
  const deeds: Deed[] = [];
  let isOpen = true;
  const add = (deed: Deed) => {
    if (!isOpen) throw new Error("the outbox was used after the work it was for: nothing is owed");
    deeds.push(deed);
  };
  try {
    work({
      add(draft) {
        const lifetime = draft.lifetime ?? (draft.policy === "pop" ? popLifetime : keepRecords);
        if (!(lifetime >= 0)) throw new RangeError(`a delivery cannot live ${lifetime} ms`);
        add({ type: "add", draft: snapshot(draft), lifetime: Math.min(lifetime, longestLifetime) });
      },
      expirePops: (interaction) => add({ type: "expire-pops", interaction }),
      keep: (name, value) =>
        add({ type: "keep", name, value: value === undefined ? undefined : snapshot(value) }),
    });
  } finally {
    isOpen = false;
  }
  return deeds;
}

/** As the disk will keep it, whatever becomes of the original: what JSON cannot keep would stop every later transaction too. */
function snapshot<Value>(value: Value): Value {
  const json: unknown = JSON.stringify(value);
  if (typeof json !== "string") throw new TypeError("this is no value that JSON keeps");
  return JSON.parse(json) as Value;
}
