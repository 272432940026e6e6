/**
 * Every way the product can fail, as a stable code that people can search for, and the exit code of the shell that goes with it.
 * The codes are a contract: never renamed, never reused.
 */
export const errorExitCodes = {
  internal: 1,
  "output-failed": 1,
  usage: 2,
  "config-invalid": 2,
  "input-invalid": 2,
  "ambiguous-agent": 2,
  "ambiguous-call": 2,
  "credentials-missing": 2,
  "credentials-refused": 3,
  "locked-out": 3,
  refused: 4,
  "finesse-unreachable": 5,
  "host-not-found": 5,
  "certificate-untrusted": 5,
  "certificate-name": 5,
  "certificate-expired": 5,
  "finesse-out-of-service": 5,
  "finesse-protocol": 5,
  "notifications-unreachable": 5,
  "connector-unreachable": 5,
  "connector-version": 5,
  "connector-start": 5,
  "simulator-unreachable": 5,
  "broker-unreachable": 5,
  "salesforce-unreachable": 5,
  "webhook-unreachable": 5,
  timeout: 6,
  "outcome-unknown": 6,
  "no-connector": 7,
  "not-signed-in": 7,
  "signed-in-elsewhere": 7,
  "session-lost": 7,
  "no-such-call": 7,
  "no-such-delivery": 7,
  interrupted: 130,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorExitCodes;

/** An error as it crosses a process boundary or is printed with `--json`. Contains no secrets. */
export interface ErrorData {
  code: ErrorCode;
  /** What failed, one sentence, for a person. */
  message: string;
  /** Why, in the server's or system's own words. */
  why?: string;
  /** What to do next: a command or an action. */
  hint?: string;
  /** Facts for a program: numbers and names, never secrets. */
  details?: Record<string, unknown>;
}

/**
 * The one error class of the product. Anything thrown that is not a CtiError is a bug and exits 1.
 * `message` says what failed, `why` carries the other side's words, `hint` the next step.
 */
export class CtiError extends Error {
  override readonly name = "CtiError";
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(data: ErrorData, options?: ErrorOptions) {
    super(data.message, options);
    this.code = data.code;
    this.why = data.why;
    this.hint = data.hint;
    this.details = data.details;
  }

  get exitCode(): number {
    return errorExitCodes[this.code];
  }

  toJSON(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.why !== undefined && { why: this.why }),
      ...(this.hint !== undefined && { hint: this.hint }),
      ...(this.details !== undefined && { details: this.details }),
    };
  }
}

/** True for an object that a control API answer or a pipe says is an error of ours. */
export function isErrorData(value: unknown): value is ErrorData {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Record<string, unknown>;
  return (
    typeof candidate.code === "string" &&
    candidate.code in errorExitCodes &&
    typeof candidate.message === "string"
  );
}

/** Wraps whatever was thrown. A CtiError passes through; the rest becomes `internal` with the thrown words as `why`. */
export function toCtiError(thrown: unknown): CtiError {
  if (thrown instanceof CtiError) return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new CtiError(
    {
      code: "internal",
      message: "something in cti itself went wrong",
      why,
      hint: "run the command again with CTI_DEBUG=1 and report what it prints",
    },
    { cause: thrown },
  );
}
