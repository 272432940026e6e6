import type { Client } from "@xmpp/client";
import type { CtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { FinesseNode } from "../contract.ts";

/** One way of carrying XMPP to a node. A new one is a new file here and a line in `ways.ts`, where the order of probing is. */
export interface Transport {
  /** `websocket`, `bosh`, `tls`: what faces show. */
  readonly name: string;
  /** URL with its scheme, as @xmpp/client wants it. */
  readonly service: string;
  /** What is missing while nothing has connected: `no answer to the WebSocket upgrade`. */
  readonly silence: string;
  /** Makes the client reach `service` our way: own authorities, pin, --resolve, and every stanza traced. */
  install(client: Client): void;
  /** What is known about a connection that did not come about. */
  failure(thrown: unknown): CtiError;
  /** Cuts the connection at once. */
  destroy(): void;
}

/** Called with each stanza as it goes over the wire. */
export type StanzaTrace = (direction: "out" | "in", text: string) => void;

/** What every transport is made from. */
export interface TransportOptions {
  node: FinesseNode;
  /** URL with its scheme; its host is reached with the node's trust and addresses, whatever it is. */
  service: string;
  /** XMPP domain the stream is for. */
  domain: string;
  /** Milliseconds to connect and shake hands. */
  connectTimeout: number;
  clock: Clock;
  trace: StanzaTrace;
}
