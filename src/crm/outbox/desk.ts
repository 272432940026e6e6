import type {
  DeliveriesAnswer,
  DeliveriesQuery,
  DeliveriesRequest,
  DeliveryCounts,
  DeliveryDesk,
  DeliveryPage,
  DeliveryStatus,
} from "../../model/delivery.ts";
import { brief } from "./brief.ts";
import type { Owed } from "./lane.ts";
import type { Deliveries } from "./outbox.ts";

/** What faces may do with what is owed. */
export function deliveryDesk(deliveries: Deliveries): DeliveryDesk {
  const fitting = ({ state, adapter, agent }: DeliveriesQuery): Owed[] =>
    [
      ...(state === "missed" ? [] : deliveries.owed()),
      ...(state === "owed" ? [] : deliveries.missed.values()),
    ]
      .filter(
        (item) =>
          (adapter === undefined || item.adapter === adapter) &&
          (agent === undefined || item.agent === agent),
      )
      .sort((a, b) => a.createdAt - b.createdAt);

  const status = (item: Owed): DeliveryStatus => {
    const missed = deliveries.missed.get(item.id);
    const retryAt = missed === undefined ? deliveries.retryAt(item) : undefined;
    return {
      ...brief(item),
      state: missed === undefined ? "owed" : "missed",
      createdAt: iso(item.createdAt),
      expiresAt: iso(item.expiresAt),
      ...(retryAt !== undefined && { retryAt: iso(retryAt) }),
      ...(missed !== undefined && { missedAt: iso(missed.missedAt) }),
      ...(item.why !== undefined && { why: item.why }),
    };
  };

  /** `work` answers why it cannot be done. */
  const each = (request: DeliveriesRequest, work: (item: Owed) => string | undefined): DeliveriesAnswer => {
    const all = new Map([...deliveries.owed(), ...deliveries.missed.values()].map((item) => [item.id, item]));
    const ids = "ids" in request ? request.ids : fitting(request.query).map(({ id }) => id);
    const answer: DeliveriesAnswer = { done: [], refused: [] };
    for (const id of new Set(ids)) {
      const item = all.get(id);
      const was = item === undefined ? undefined : status(item);
      if (item === undefined || was === undefined) {
        answer.refused.push({ id, why: "there is no such delivery", unknown: true });
        continue;
      }
      const why = work(item);
      if (why === undefined) answer.done.push(was);
      else answer.refused.push({ id, why });
    }
    deliveries.flush();
    return answer;
  };

  return {
    counts(): DeliveryCounts {
      let owed = 0;
      let oldest = Infinity;
      for (const { createdAt } of deliveries.owed()) {
        owed += 1;
        oldest = Math.min(oldest, createdAt);
      }
      return { owed, missed: deliveries.missed.size, ...(owed > 0 && { oldest: iso(oldest) }) };
    },
    list(query: DeliveriesQuery, limit: number): DeliveryPage {
      const all = fitting(query);
      return { deliveries: all.slice(0, limit).map(status), total: all.length };
    },
    retry(request) {
      const lanes = new Map<string, Owed>();
      const answer = each(request, (item) => {
        const missed = deliveries.missed.get(item.id);
        if (missed === undefined) lanes.set(JSON.stringify([item.adapter, item.key]), item);
        else if (missed.policy === "pop") return "a pop that is late would show the wrong customer";
        else deliveries.revive(missed);
        return undefined;
      });
      // Once for each: of a CRM that was away for long a lane may owe thousands.
      for (const { adapter, key } of lanes.values()) deliveries.wake(adapter, key);
      return answer;
    },
    discard: (request) =>
      each(request, (item) => {
        deliveries.forget(item);
        return undefined;
      }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
