import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { CtiError } from "../model/errors.ts";
import {
  type ConnectionTarget,
  connectionError,
  isUnknownIssuer,
  systemCode,
} from "../platform/connection-error.ts";
import { type Authorities, pinProblem, tlsOptions } from "../platform/tls-options.ts";
import { resolvedAddress } from "../platform/trust.ts";
import type { FinesseNode } from "./contract.ts";
import { explainFailure } from "./node-tls.ts";
import { Agent, buildConnector } from "../platform/undici.ts";

/** Connections to one Finesse node, trusted and resolved as the node says; REST and WebSocket run through it alike. */
export interface NodeAgent {
  readonly dispatcher: Agent;
  /** Why the last connection attempt failed: a WebSocket's own error event does not say. */
  readonly lastFailure: CtiError | undefined;
  /** Lets running requests end, then closes. */
  close(): Promise<void>;
  /** Cuts every connection at once, upgraded ones too. */
  destroy(): void;
}

/**
 * @param connectTimeout milliseconds to connect and shake hands
 * @param unreachable the code of the errors for a server that does not answer
 */
export function createNodeAgent(
  node: FinesseNode,
  connectTimeout: number,
  unreachable: "finesse-unreachable" | "notifications-unreachable" = "finesse-unreachable",
): NodeAgent {
  const sockets = new Set<Duplex>();
  let lastFailure: CtiError | undefined;
  let authorities: Authorities = "near";

  const connect: buildConnector.connector = (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    const address = resolvedAddress(node.resolve, host, port);
    const target: ConnectionTarget = {
      what: unreachable === "finesse-unreachable" ? "Finesse" : "Finesse's notification service",
      host,
      port,
      unreachable,
      ...(address !== undefined && { address }),
    };
    const attempt = (authorities: Authorities, done: buildConnector.Callback) =>
      buildConnector({
        ...(options.protocol === "https:" && tlsOptions(node.trust, host, authorities)),
        timeout: connectTimeout,
        allowH2: false,
        // A resumed session shows no certificate to compare a pin with.
        maxCachedSessions: 0,
      })({ ...options, hostname: address ?? host, ...(isIP(host) === 0 && { servername: host }) }, done);
    const finish: buildConnector.Callback = (error, socket) => {
      if (error !== null) {
        if (systemCode(error) === "UND_ERR_CONNECT_TIMEOUT") error.message = "the connection timed out";
        void explainFailure(error, target).then((explained) => {
          lastFailure = explained;
          callback(explained, null);
        });
        return;
      }
      const mismatch = socket instanceof TLSSocket ? pinProblem(node.trust, socket) : undefined;
      if (mismatch !== undefined) {
        socket.destroy();
        lastFailure = connectionError(mismatch, target);
        callback(lastFailure, null);
        return;
      }
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      lastFailure = undefined;
      callback(null, socket);
    };
    attempt(authorities, (...outcome) => {
      const [error] = outcome;
      if (authorities === "all" || error === null || !isUnknownIssuer(error)) return finish(...outcome);
      authorities = "all";
      attempt(authorities, finish);
    });
  };

  const dispatcher = new Agent({
    connect,
    connections: 4,
    // HTTP/2 brings nothing here, and a WebSocket over it is experimental.
    allowH2: false,
    keepAliveTimeout: 10_000,
    // Limits of our own are finer than undici's, which tick in whole seconds.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    dispatcher,
    get lastFailure() {
      return lastFailure;
    },
    close: () => dispatcher.close(),
    destroy: () => {
      void dispatcher.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}
