/** One entry of the list that Salesforce answers for a refused REST request. */
export interface SfErrorEntry {
  message: string;
  errorCode: string;
  fields?: string[];
}

/** A refusal in Salesforce's shape. Thrown below the listener, answered there. */
export class SfError extends Error {
  override readonly name = "SfError";
  readonly status: number;
  readonly entries: SfErrorEntry[];

  constructor(status: number, ...entries: SfErrorEntry[]) {
    super(entries.map(({ errorCode, message }) => `${errorCode}: ${message}`).join("; "));
    this.status = status;
    this.entries = entries;
  }
}

/** A refusal of one reason. */
export function refused(status: number, errorCode: string, message: string, fields?: string[]): SfError {
  return new SfError(status, { message, errorCode, ...(fields !== undefined && { fields }) });
}

/** No such address, or no such record. */
export function notFound(message = "The requested resource does not exist"): SfError {
  return refused(404, "NOT_FOUND", message);
}

/** A refusal by the OAuth endpoints (RFC 6749 §5.2). */
export class OAuthError extends Error {
  override readonly name = "OAuthError";
  readonly status: number;
  readonly error: string;

  constructor(error: string, description: string, status = 400) {
    super(description);
    this.status = status;
    this.error = error;
  }
}
