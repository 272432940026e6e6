import type { JmsOptions } from "./address.ts";

/** Milliseconds before a message is handed out again the `count`-th time. */
export function redeliveryDelay(jms: JmsOptions, count: number): number {
  const { initialRedeliveryDelay = 1000, redeliveryBackOff = false, redeliveryMultiplier = 5 } = jms;
  if (!redeliveryBackOff) return initialRedeliveryDelay;
  const { maximumRedeliveryDelay = -1 } = jms;
  const delay = initialRedeliveryDelay * redeliveryMultiplier ** (count - 1);
  return Math.min(delay, maximumRedeliveryDelay > 0 ? maximumRedeliveryDelay : longest);
}

/** What a timer can hold. */
const longest = 2 ** 31 - 1;

/** False when it goes to the dead letters instead. `count`: how often it was handed out. */
export function mayBeRedelivered({ maximumRedeliveries = 6 }: JmsOptions, count: number): boolean {
  return maximumRedeliveries < 0 || count <= maximumRedeliveries;
}
