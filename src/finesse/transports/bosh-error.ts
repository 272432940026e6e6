import type { BoshBody } from "./bosh-body.ts";

export interface BoshAnswer {
  /** Of HTTP. */
  status: number;
  text: string;
}

/** Why a BOSH session cannot go on. */
export class BoshError extends Error {
  override readonly name = "BoshError";
  constructor(
    message: string,
    /** The same request may succeed when sent again. */
    readonly temporary: boolean,
    cause?: unknown,
    readonly status?: number,
  ) {
    super(message, { cause });
  }
}

export function isTemporary(thrown: unknown): boolean {
  return thrown instanceof BoshError && thrown.temporary;
}

/** HTTP's status in the place of a terminate condition: the form before XEP-0124 1.6 (§17.1), or a proxy's own word. */
export function statusError(status: number): BoshError {
  const meanings: Record<number, string> = {
    400: "HTTP 400, bad-request",
    403: "HTTP 403, policy-violation",
    404: "HTTP 404, item-not-found: the server does not know the session any more",
  };
  return new BoshError(meanings[status] ?? `HTTP ${status}`, status >= 500, undefined, status);
}

const conditionWords: Record<string, string> = {
  "item-not-found": "the server does not know the session any more",
  "remote-connection-failed": "it has lost Finesse's XMPP server",
  "policy-violation": "it counts this client as too busy",
  "host-unknown": "it does not know the XMPP domain",
};

/** The server's `type='terminate'` (XEP-0124 §17.2); `undefined` for an end in order, or when the stream's own error says it. */
export function terminateError(body: BoshBody): BoshError | undefined {
  const { condition } = body.element.attrs;
  if (condition === undefined) return undefined;
  const words = conditionWords[condition];
  return new BoshError(
    `the server ended the BOSH session: ${condition}${words === undefined ? "" : ` (${words})`}`,
    false,
  );
}
