import { isIP, connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../../../platform/clock.ts";
import { isUnknownIssuer } from "../../../platform/connection-error.ts";
import { type Authorities, tlsOptions } from "../../../platform/tls-options.ts";
import type { Trust } from "../../../platform/trust.ts";
import type { buildConnector } from "../../../platform/undici.ts";
import { type AllowedNetworks, isPublic } from "./addresses.ts";

/** The addresses of a name, in the order in which they are to be tried. */
export type Lookup = (host: string) => Promise<string[]>;

export interface GuardOptions {
  /** May be connected to besides the public internet; into these alone also without TLS. */
  allowed: Pick<AllowedNetworks, "has">;
  trust: Trust;
  lookup: Lookup;
  clock: Clock;
  /** Milliseconds for the look-up, the connection and the TLS handshake together. */
  timeout: number;
}

/** Addresses of a name that are tried at most; all are judged. */
const mostTried = 4;

/** The target's addresses are not ones that may be connected to: no connection was made. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

export class ConnectTimeout extends Error {
  override readonly name = "ConnectTimeout";
}

/**
 * Connects for undici, but only to where a webhook may go: every address of the name is judged, and the connection is made to the very
 * address that was judged, so that a name that says something else a moment later leads nowhere. `made` counts connections.
 */
export function guardedConnector(options: GuardOptions): { connect: buildConnector.connector; made: number } {
  const guard = {
    made: 0,
    connect: ((target, callback) => {
      open(options, target).then(
        (socket) => {
          guard.made += 1;
          callback(null, socket);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    }) satisfies buildConnector.connector,
  };
  return guard;
}

async function open(options: GuardOptions, target: buildConnector.Options): Promise<Socket> {
  const { clock, timeout } = options;
  const late = new AbortController();
  const cancel = clock.after(timeout, () => late.abort());
  const ended = new Promise<never>((_, reject) => {
    late.signal.addEventListener("abort", () =>
      reject(new ConnectTimeout(`no connection within ${timeout / 1000} s`)),
    );
  });
  try {
    return await Promise.race([connectJudged(options, target, late.signal), ended]);
  } finally {
    cancel();
  }
}

async function connectJudged(
  { allowed, trust, lookup, clock, timeout }: GuardOptions,
  { hostname, protocol, port: portText }: buildConnector.Options,
  signal: AbortSignal,
): Promise<Socket> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const secure = protocol === "https:";
  const port = Number(portText) || (secure ? 443 : 80);
  const addresses = isIP(host) === 0 ? await lookup(host) : [host];
  // One that is wrong is enough: whoever can put it into the name's answer can make it the only one.
  for (const address of addresses) judge(address, allowed, secure);
  const tried = addresses.slice(0, mostTried);
  const attempt = (address: string, authorities: Authorities, giveUp: AbortSignal): Promise<Socket> =>
    connected(
      secure
        ? connectTls({
            ...tlsOptions(trust, host, authorities),
            host: address,
            port,
            ALPNProtocols: ["http/1.1"],
            ...(isIP(host) === 0 && { servername: host }),
          })
        : connectPlain({ host: address, port }),
      secure ? "secureConnect" : "connect",
      giveUp,
    );
  let failure: unknown = new Error(`${host} has no address`);
  for (const address of tried) {
    if (signal.aborted) break;
    // A share of the time, so that an address which swallows packets does not keep the next one from its turn.
    const end = new AbortController();
    const giveUp = (): void => end.abort();
    const cancel = clock.after(timeout / tried.length, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      // All authorities cost memory: only when the near ones do not know the issuer.
      return await attempt(address, "near", end.signal).catch((error: unknown) => {
        if (!isUnknownIssuer(error)) throw error;
        return attempt(address, "all", end.signal);
      });
    } catch (error) {
      failure = error;
    } finally {
      cancel();
      signal.removeEventListener("abort", giveUp);
    }
  }
  throw failure;
}

function judge(address: string, allowed: GuardOptions["allowed"], secure: boolean): void {
  if (allowed.has(address)) return;
  if (!isPublic(address))
    throw new AddressRefused(`${address} is not of the public internet, nor in "allow-networks"`);
  if (!secure) throw new AddressRefused(`without TLS only addresses in "allow-networks" are connected to`);
}

function connected(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<Socket> {
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const giveUp = (): void => void socket.destroy();
    const settle = (): void => {
      signal.removeEventListener("abort", giveUp);
      socket.off(event, onConnect);
      socket.off("error", onFailure);
      socket.off("close", onClose);
    };
    const onConnect = (): void => {
      settle();
      resolve(socket);
    };
    const onFailure = (error: Error): void => {
      settle();
      // What follows the first error is about a socket that nobody holds any more.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onClose = (): void => {
      settle();
      reject(new Error("the connection was closed before it was ready"));
    };
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    socket.once(event, onConnect);
    socket.once("error", onFailure);
    socket.once("close", onClose);
  });
}
