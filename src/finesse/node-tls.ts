import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import {
  type ConnectionTarget,
  connectionError,
  isCertificateProblem,
  isUnknownIssuer,
} from "../platform/connection-error.ts";
import { type Authorities, pinProblem, readServerCertificate, tlsOptions } from "../platform/tls-options.ts";
import { resolvedAddress } from "../platform/trust.ts";
import type { CtiError } from "../model/errors.ts";
import type { FinesseNode } from "./contract.ts";

/**
 * A bare TLS connection to a host with a node's trust and addresses. Not undici's connector, which would offer HTTP by ALPN to a server
 * that speaks something else. Rejects with CtiError `notifications-unreachable`, `host-not-found` or `certificate-*`.
 * @param signal gives up and cuts the connection, which then rejects as unreachable
 */
export async function connectTls(
  node: FinesseNode,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const address = resolvedAddress(node.resolve, host, port);
  const target: ConnectionTarget = {
    what: "Finesse's notification service",
    host,
    port,
    unreachable: "notifications-unreachable",
    ...(address !== undefined && { address }),
  };
  const attempt = (authorities: Authorities) =>
    handshake({ node, host, port, address: address ?? host, authorities, signal });
  try {
    // All authorities cost memory: only when the near ones do not know the issuer.
    const socket = await attempt("near").catch((error: unknown) => {
      if (!isUnknownIssuer(error)) throw error;
      return attempt("all");
    });
    const mismatch = pinProblem(node.trust, socket);
    if (mismatch === undefined) return socket;
    socket.destroy();
    throw mismatch;
  } catch (thrown) {
    throw await explainFailure(thrown, target);
  }
}

/** A refused certificate is looked at once more, without trust, so that the error can say whose it is. */
export async function explainFailure(error: unknown, target: ConnectionTarget): Promise<CtiError> {
  const certificate = isCertificateProblem(error)
    ? await readServerCertificate(target.address ?? target.host, target.port, target.host)
    : undefined;
  return connectionError(error, target, certificate);
}

function handshake(options: {
  node: FinesseNode;
  host: string;
  port: number;
  address: string;
  authorities: Authorities;
  signal: AbortSignal;
}): Promise<TLSSocket> {
  const { node, host, port, address, authorities, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error("the connection was given up"));
    const socket = connect({
      ...tlsOptions(node.trust, host, authorities),
      host: address,
      port,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const giveUp = () => socket.destroy();
    const settle = () => {
      signal.removeEventListener("abort", giveUp);
      socket.off("secureConnect", onConnect);
      socket.off("error", onFailure);
      socket.off("close", onClose);
    };
    const onConnect = () => {
      settle();
      resolve(socket);
    };
    const onFailure = (error: Error) => {
      settle();
      // What follows the first error is about a socket that nobody holds any more.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onClose = () => {
      settle();
      reject(new Error("the connection was closed during the TLS handshake"));
    };
    signal.addEventListener("abort", giveUp, { once: true });
    socket.once("secureConnect", onConnect);
    socket.once("error", onFailure);
    socket.once("close", onClose);
  });
}
