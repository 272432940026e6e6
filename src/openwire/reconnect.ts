import type { Clock } from "../platform/clock.ts";
import type { BrokerAddress, FailoverOptions } from "./address.ts";
import { asOpenWire, OpenWireError } from "./errors.ts";

/** Errors that another broker or a later attempt will not mend. */
const hopeless = new Set(["security", "invalid-client-id", "address-invalid"]);

export interface DialOptions {
  order: readonly BrokerAddress[];
  /** Absent: each broker once. */
  failover: FailoverOptions | undefined;
  /** The connection's first time. */
  first: boolean;
  /** Rounds more that the pauses are to be counted with. */
  calm: number;
  clock: Clock;
  signal: AbortSignal;
  /** Connects to this one, or rejects. */
  connect: (broker: BrokerAddress) => Promise<void>;
  /** A round has failed, and the next one begins at `retryAt`, milliseconds since the epoch. */
  onWait: (failure: OpenWireError, retryAt: number) => void;
}

/** Goes through the brokers, round after round, until one takes us. Rejects when no further attempt is to be made. */
export async function dial(options: DialOptions): Promise<void> {
  const { order, failover, first, calm, clock, signal } = options;
  let failure = new OpenWireError({ code: "unreachable", message: "no attempt to connect was made" });
  for (let attempt = 1; ; attempt++) {
    if (failover !== undefined && !mayTry(failover, attempt, first)) throw failure;
    const delay = failover === undefined ? 0 : reconnectDelay(failover, attempt + calm);
    if (delay > 0) {
      options.onWait(failure, clock.now() + delay);
      await pause(clock, delay, signal);
    }
    for (const broker of order) {
      if (signal.aborted) throw new OpenWireError({ code: "closed", message: "connecting was given up" });
      try {
        await options.connect(broker);
        return;
      } catch (error) {
        failure = asOpenWire(error);
        if (hopeless.has(failure.code)) throw failure;
      }
    }
    if (failover === undefined) throw failure;
  }
}

/** Ends early when the signal is given. */
function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(delay, end);
    if (signal.aborted) return end();
    signal.addEventListener("abort", end, { once: true });
  });
}

/** The brokers in the order in which they are tried: as given, or shuffled; the one that was lost comes last, as with the stock client. */
export function orderOf(
  brokers: readonly BrokerAddress[],
  { randomize, priorityBackup }: Pick<FailoverOptions, "randomize" | "priorityBackup">,
  random: () => number,
  lost?: BrokerAddress,
): BrokerAddress[] {
  const order = brokers.filter((broker) => broker !== lost);
  if (randomize && !priorityBackup) shuffle(order, random);
  if (order.length < brokers.length && lost !== undefined) order.push(lost);
  return order;
}

function shuffle(order: BrokerAddress[], random: () => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
}

/** However an address is written: a door that refuses at once must not be knocked at without a pause. */
const leastDelay = 10;

/** Milliseconds before round `attempt` (from 1) through all brokers; 0 for the first. */
export function reconnectDelay(options: FailoverOptions, attempt: number): number {
  if (attempt <= 1) return 0;
  const { initialReconnectDelay, maxReconnectDelay, backOffMultiplier, useExponentialBackOff } = options;
  const first = Math.max(initialReconnectDelay, leastDelay);
  if (!useExponentialBackOff) return first;
  return Math.min(first * backOffMultiplier ** (attempt - 2), Math.max(maxReconnectDelay, leastDelay));
}

/** False when no further round is to be made. */
export function mayTry(options: FailoverOptions, attempt: number, first: boolean): boolean {
  const startup = first && options.startupMaxReconnectAttempts >= 0;
  const most = startup ? options.startupMaxReconnectAttempts : options.maxReconnectAttempts;
  return most < 0 || attempt <= Math.max(most, first ? 1 : 0);
}
