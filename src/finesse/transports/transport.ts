import type { Client } from "@xmpp/client";
import type { CtiError } from "../../model/errors.ts";

/** One way of carrying XMPP to a node. A new one is a new file here and a line in `notifications.ts`, where the order of probing is. */
export interface Transport {
  /** `websocket`: what faces show. */
  readonly name: string;
  /** URL with its scheme, as @xmpp/client wants it. */
  readonly service: string;
  /** Makes the client reach `service` our way: own authorities, pin, --resolve, and every stanza traced. */
  install(client: Client): void;
  /** What is known about a connection that did not come about. */
  failure(thrown: unknown): CtiError;
  /** Cuts the connection at once. */
  destroy(): void;
}

/** Called with each text as it goes over the wire. */
export type StanzaTrace = (direction: "out" | "in", text: string) => void;
