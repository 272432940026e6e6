import type { BrokerAddress, FailoverOptions } from "./address.ts";

/** The brokers in the order in which they are tried: as given, or shuffled. */
export function orderOf(
  brokers: readonly BrokerAddress[],
  { randomize, priorityBackup }: Pick<FailoverOptions, "randomize" | "priorityBackup">,
  random: () => number,
): BrokerAddress[] {
  const order = [...brokers];
  if (!randomize || priorityBackup) return order;
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
  return order;
}

/** Milliseconds before round `attempt` (from 1) through all brokers; 0 for the first. */
export function reconnectDelay(options: FailoverOptions, attempt: number): number {
  if (attempt <= 1) return 0;
  const { initialReconnectDelay, maxReconnectDelay, backOffMultiplier, useExponentialBackOff } = options;
  if (!useExponentialBackOff) return initialReconnectDelay;
  return Math.min(initialReconnectDelay * backOffMultiplier ** (attempt - 2), maxReconnectDelay);
}

/** False when no further round is to be made. */
export function mayTry(options: FailoverOptions, attempt: number, first: boolean): boolean {
  const startup = first && options.startupMaxReconnectAttempts >= 0;
  const most = startup ? options.startupMaxReconnectAttempts : options.maxReconnectAttempts;
  return most < 0 || attempt <= Math.max(most, first ? 1 : 0);
}
