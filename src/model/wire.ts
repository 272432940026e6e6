/** One message on a wire, as handed to the trace. The trace masks call-variable values and known secrets before it stores `text`. */
export interface WireRecord {
  channel: "rest" | "xmpp" | "openwire" | "http";
  direction: "out" | "in";
  /** Host and port of the peer; behind a message broker the queue or topic. */
  peer: string;
  agent: string | undefined;
  cause: string | undefined;
  /** Finesse's requestId where there is one; of a message owed to a CRM the delivery's id. */
  requestId: string | undefined;
  /** One line for a list: `PUT /finesse/api/User/1001 → 202`. */
  summary: string;
  /** The message body or stanza. Credentials are never part of it: whoever records leaves the header or SASL text out. */
  text: string;
}

export type WireTrace = (record: WireRecord) => void;
