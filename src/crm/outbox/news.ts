import type { CtiEventBody } from "../../model/events.ts";
import { brief } from "./brief.ts";
import type { LaneEffect } from "./lane.ts";

export type DeliveryEvent = CtiEventBody & { type: `delivery.${string}` };

/** An event to be, whose it is, and what led to it. */
export interface DeliveryNews {
  body: DeliveryEvent;
  agent: string | undefined;
  cause: string | undefined;
}

/** The event that tells of it, if any does. `now`: milliseconds since the epoch. */
export function newsOf(effect: LaneEffect, now: number): DeliveryEvent | undefined {
  const { item } = effect;
  const delivery = brief(item);
  switch (effect.type) {
    case "send":
    case "abort":
    case "failed-again":
      return undefined;
    case "sent":
      return {
        type: "delivery.sent",
        delivery,
        elapsed: Math.round(now - item.createdAt),
        ...(effect.note !== undefined && { note: effect.note }),
      };
    case "delayed":
      return {
        type: "delivery.delayed",
        delivery,
        why: item.why ?? "",
        retryAt: new Date(effect.retryAt).toISOString(),
      };
    case "expired":
      return { type: "delivery.expired", delivery, why: effect.why };
    case "rejected":
      return { type: "delivery.failed", delivery, why: effect.why };
  }
}
