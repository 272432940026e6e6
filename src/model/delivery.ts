/**
 * What becomes of a message that is late (design §5.4). `pop`: at most once, of no use after a few seconds or when its call is over.
 * `record`: at least once, until taken or too old.
 */
export type DeliveryPolicy = "pop" | "record";

/** One message owed to a CRM, as events and faces tell of it: without its content. No secrets, no call-variable values. */
export interface DeliveryBrief {
  /** Unique across restarts; the key by which a CRM may know a repetition. */
  id: string;
  adapter: string;
  /** The CRM's own name of the message: `ScreenPop`. */
  kind: string;
  policy: DeliveryPolicy;
  /** For people: what it says, about whom. */
  text: string;
  agent?: string;
  interaction?: string;
  /** How often it was tried. */
  attempts: number;
}

/** `owed`: not taken yet. `missed`: given up, because too old or because the CRM said no; kept to be looked at. */
export type DeliveryState = "owed" | "missed";

/** One delivery of `cti deliveries`. Times are ISO 8601 UTC. */
export interface DeliveryStatus extends DeliveryBrief {
  state: DeliveryState;
  createdAt: string;
  /** When it is given up. */
  expiresAt: string;
  /** Owed and tried in vain: when it is tried again. */
  retryAt?: string;
  /** Missed: since when. */
  missedAt?: string;
  /** Why the last try failed, or why it was given up. */
  why?: string;
}

/** For `cti status`. */
export interface DeliveryCounts {
  owed: number;
  missed: number;
  /** ISO 8601 UTC; when the oldest owed one was made. */
  oldest?: string;
}

export interface DeliveriesQuery {
  state?: DeliveryState;
  adapter?: string;
  agent?: string;
}

/** Oldest first. */
export interface DeliveryPage {
  deliveries: DeliveryStatus[];
  /** Of all that fit, not only of those here. */
  total: number;
}

/** These, or all that fit `query`. */
export type DeliveriesRequest = { ids: string[] } | { query: DeliveriesQuery };

export interface DeliveriesAnswer {
  done: DeliveryStatus[];
  /** Ids that nobody knows (`unknown`), or that it cannot be done with, and why. */
  refused: { id: string; why: string; unknown?: boolean }[];
}

/** What faces may do with what is owed to CRMs. */
export interface DeliveryDesk {
  counts(): DeliveryCounts;
  list(query: DeliveriesQuery, limit: number): DeliveryPage;
  /** Tries owed ones now, and makes missed records owed again; a missed pop stays missed: it would show the wrong customer. */
  retry(request: DeliveriesRequest): DeliveriesAnswer;
  /** Forgets them: the CRM will never hear of it. */
  discard(request: DeliveriesRequest): DeliveriesAnswer;
}
