import { OpenWireError, type OpenWireErrorCode } from "./errors.ts";
import type { Throwable } from "./wire/commands.ts";

/** By the last part of the class name: the package is javax.jms or jakarta.jms (openwire.md §7). */
const codes: Record<string, OpenWireErrorCode> = {
  SecurityException: "security",
  JMSSecurityException: "security",
  InvalidClientIDException: "invalid-client-id",
  InvalidDestinationException: "invalid-destination",
  DestinationDoesNotExistException: "invalid-destination",
  InvalidSelectorException: "invalid-selector",
  ResourceAllocationException: "resource-allocation",
  IllegalStateException: "illegal-state",
  TransactionRolledBackException: "transaction-rolled-back",
};

/** The broker's exception as an error. Nothing is made of its class but a code. */
export function brokerError(doing: string, exception: Throwable | null): OpenWireError {
  const brokerClass = exception?.className ?? "unknown";
  const code = codes[brokerClass.split(/[.$]/).at(-1) ?? ""] ?? "broker";
  const message =
    code === "security" ? `the broker refuses ${doing}` : `the broker answers ${doing} with an exception`;
  return new OpenWireError({
    code,
    message,
    why: exception?.message ?? brokerClass,
    brokerClass,
  });
}
