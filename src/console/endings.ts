import type { EventEmitter } from "node:events";

/** What may end the console besides a key: signals, a terminal that is gone, a fault of its own. */
export interface Endings {
  /** Resolves with the first of them. */
  readonly ended: Promise<void>;
  end(): void;
  fail(error: unknown): void;
  /** The fault, to be told where it can be read: once the screen is as it was. */
  fault(): unknown;
  /** Nobody reads what would be written now. */
  terminalGone(): boolean;
  /** The others hear of crashes again; not when the terminal is gone, which still fails at what was written to it. */
  release(): void;
}

/**
 * Takes what the command line does about crashes (tell it, exit at once) into the console's own hands as long as the console has the screen: a
 * message would stand on a screen that is about to go, and the agent's lease would not be given back.
 */
export function watchEndings(): Endings {
  const ending = Promise.withResolvers<void>();
  const end = (): void => ending.resolve();
  let fault: { error: unknown } | undefined;
  let terminalGone = false;
  const fail = (error: unknown): void => {
    fault ??= { error };
    end();
  };
  const gone = (): void => {
    terminalGone = true;
    end();
  };
  const { stdout, stdin } = process;
  const releases = [
    takeOver(process, "uncaughtException", fail),
    takeOver(process, "unhandledRejection", fail),
    takeOver(stdout, "error", gone),
    takeOver(stdin, "error", gone),
    takeOver(process, "SIGHUP", gone),
    takeOver(process, "SIGTERM", end),
    takeOver(process, "SIGINT", end),
  ];
  return {
    ended: ending.promise,
    end,
    fail,
    // In a window that was closed nobody reads it, and most faults of that moment come from the closing.
    fault: () => (terminalGone ? undefined : fault?.error),
    terminalGone: () => terminalGone,
    release: () => {
      if (terminalGone) return;
      for (const release of releases) release();
    },
  };
}

function takeOver(emitter: EventEmitter, event: string, listener: (value: unknown) => void): () => void {
  const before = emitter.listeners(event) as ((...values: unknown[]) => void)[];
  for (const each of before) emitter.off(event, each);
  emitter.on(event, listener);
  return () => {
    emitter.off(event, listener);
    for (const each of before) emitter.on(event, each);
  };
}
