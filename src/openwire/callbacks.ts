import type { ConnectionState, ConnectOptions } from "./contract.ts";
import { OpenWireError } from "./errors.ts";

/**
 * The application's callbacks, which must not break the connection they are called from: what `onState` throws is told to `onError`; what that
 * throws, or `onState` where there is no `onError`, is an uncaught exception of the program.
 */
export function guarded({ onState, onError }: Pick<ConnectOptions, "onState" | "onError">): {
  onState: (state: ConnectionState) => void;
  onError: (error: OpenWireError) => void;
} {
  const tell = (error: OpenWireError): void => {
    try {
      onError?.(error);
    } catch (thrown) {
      uncaught(thrown);
    }
  };
  return {
    onError: tell,
    onState: (state) => {
      try {
        onState?.(state);
      } catch (thrown) {
        if (onError === undefined) uncaught(thrown);
        else tell(callbackError("onState failed", thrown));
      }
    },
  };
}

/** What the application's own code threw at us. */
export function callbackError(message: string, cause: unknown): OpenWireError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OpenWireError({ code: "usage", message, why }, { cause });
}

function uncaught(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}
