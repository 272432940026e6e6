import type { DeliveryBrief } from "../../model/delivery.ts";
import type { Owed } from "./lane.ts";

/** What events and faces are told of a delivery: not its content. */
export function brief({
  id,
  adapter,
  kind,
  policy,
  text,
  agent,
  interaction,
  attempts,
}: Owed): DeliveryBrief {
  return {
    id,
    adapter,
    kind,
    policy,
    text,
    ...(agent !== undefined && { agent }),
    ...(interaction !== undefined && { interaction }),
    attempts,
  };
}
