/**
 * Why something failed, for a program. The last group says what a broker's exception class means, by the last part of its name, since newer
 * brokers use jakarta.jms (openwire.md §7).
 */
export type OpenWireErrorCode =
  /** The address or an option of it is wrong. */
  | "address-invalid"
  | "unreachable"
  | "host-not-found"
  /** TLS: certificate, name or protocol. */
  | "tls"
  /** What listens there is no OpenWire broker, or one that we cannot talk to. */
  | "not-openwire"
  | "malformed"
  | "frame-too-large"
  | "not-encodable"
  /** Closed, reset, or silent for too long. */
  | "connection-lost"
  | "timeout"
  /** Closed by us. */
  | "closed"
  /** Of a commit under which the connection broke: nobody knows. */
  | "in-doubt"
  | "usage"
  | "security"
  | "invalid-client-id"
  | "invalid-destination"
  | "invalid-selector"
  | "resource-allocation"
  | "illegal-state"
  | "transaction-rolled-back"
  /** Any other exception of the broker. */
  | "broker";

export interface OpenWireErrorData {
  code: OpenWireErrorCode;
  /** What failed, one sentence. */
  message: string;
  /** The broker's or the system's own words. */
  why?: string;
  /** Java class name of the broker's exception. */
  brokerClass?: string;
}

/** The one error class of this library. Never holds a password. */
export class OpenWireError extends Error {
  override readonly name = "OpenWireError";
  readonly code: OpenWireErrorCode;
  readonly why: string | undefined;
  readonly brokerClass: string | undefined;

  constructor(data: OpenWireErrorData, options?: ErrorOptions) {
    super(data.message, options);
    this.code = data.code;
    this.why = data.why;
    this.brokerClass = data.brokerClass;
  }
}

/** What anything threw, as an error of this library. */
export function asOpenWire(error: unknown): OpenWireError {
  return error instanceof OpenWireError
    ? error
    : new OpenWireError(
        {
          code: "broker",
          message: "the OpenWire connection failed",
          why: error instanceof Error ? error.message : String(error),
        },
        { cause: error },
      );
}
