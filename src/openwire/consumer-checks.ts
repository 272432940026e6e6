import type { ConsumerOptions, Destination } from "./contract.ts";
import { isTemporary, nameOf } from "./destinations.ts";
import { OpenWireError } from "./errors.ts";

/** What the protocol's fields and our timers can hold. */
const most = 2 ** 31 - 1;
const limits = { prefetch: most, priority: 127, acknowledgeRange: most, flushAfter: most };

/** Refuses with `usage` what the protocol cannot hold, or what a broker would take and do nothing good with. */
export function checkConsumer(
  destination: Destination,
  options: ConsumerOptions,
  connection: { connectionId: string; clientId: string | undefined },
): void {
  for (const [name, limit] of Object.entries(limits)) {
    const value = options[name as keyof typeof limits];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= limit))
      throw refused(`${name} must be a whole number from 0 to ${limit}`);
  }
  // Under the name that a connection gets by chance nobody would ever find the subscription again, and the broker would fill it for ever.
  if (options.durable !== undefined && connection.clientId === undefined)
    throw refused("a durable subscription needs a connection with a client id");
  // That only its owner may is the client's rule: a broker lets others take the answers (openwire.md §9).
  if (isTemporary(destination) && !destination.physicalName?.startsWith(`${connection.connectionId}:`))
    throw refused(`${nameOf(destination)} belongs to another connection`);
}

/** What the application asks for cannot be. */
export function refused(message: string): OpenWireError {
  return new OpenWireError({ code: "usage", message });
}

export function taken(): OpenWireError {
  return refused("a listener takes the messages of this consumer");
}
