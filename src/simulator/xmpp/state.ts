/** `absent`: never announced, as on a node where Finesse did not start; `unavailable`: Finesse Tomcat went down (§15). */
export type FinessePresence = "available" | "unavailable" | "absent";

/** One signed-in stream, for people and programs that look into the simulator. */
export interface StreamState {
  agent: string;
  resource: string;
  transport: string;
  available: boolean;
  muted: boolean;
}

export interface XmppState {
  domain: string;
  finesse: FinessePresence;
  /** Added to everything the server sends, milliseconds of the simulator's clock. */
  delay: number;
  streams: StreamState[];
  subscriptions: { node: string; jid: string }[];
}
