import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { isIP } from "node:net";
import type { BrokerAddress } from "./address.ts";
import { describeAddress } from "./address.ts";
import type { ConnectOptions } from "./contract.ts";
import { OpenWireError, type OpenWireErrorCode } from "./errors.ts";

const unknownHost = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME", "DNS_ENOTFOUND"]);

/**
 * A connected socket, TLS done. Rejects with `unreachable`, `host-not-found`, `tls` or `timeout` and the system's words; `signal` ends it
 * with `closed`.
 */
export function openSocket(
  address: BrokerAddress,
  options: Pick<ConnectOptions, "tls"> & { signal: AbortSignal },
): Promise<Socket> {
  const { host, port, door } = address;
  const { tls = {} } = options;
  return new Promise((resolve, reject) => {
    const socket = address.tls
      ? connectTls({
          host,
          port,
          ...(tls.ca !== undefined && tls.ca.length > 0 && { ca: tls.ca }),
          ...(tls.cert !== undefined && { cert: tls.cert }),
          ...(tls.key !== undefined && { key: tls.key }),
          ...(isIP(host) === 0 || tls.servername !== undefined ? { servername: tls.servername ?? host } : {}),
          rejectUnauthorized: tls.insecure !== true,
        })
      : connectTcp({ host, port });
    socket.setNoDelay(true);
    if (door.keepAlive) socket.setKeepAlive(true);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", onError);
      act();
    };
    const fail = (error: OpenWireError): void =>
      settle(() => {
        socket.on("error", () => {});
        socket.destroy();
        reject(error);
      });
    const onError = (error: Error): void => fail(socketError(address, error));
    const onAbort = (): void =>
      fail(new OpenWireError({ code: "closed", message: "connecting was given up" }));
    const onTimeout = (): void =>
      fail(
        new OpenWireError({
          code: "timeout",
          message: `${describeAddress(address)} has not answered within ${door.connectionTimeout} ms`,
        }),
      );
    const timer = door.connectionTimeout > 0 ? setTimeout(onTimeout, door.connectionTimeout) : undefined;
    if (options.signal.aborted) return onAbort();
    options.signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once(address.tls ? "secureConnect" : "connect", () => settle(() => resolve(socket)));
    socket.once("close", () =>
      fail(new OpenWireError({ code: "unreachable", message: `${describeAddress(address)} hung up` })),
    );
  });
}

/** What the system says of a socket, with a code: `host-not-found`, `tls` or `unreachable`. */
export function socketError(address: BrokerAddress, error: Error): OpenWireError {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const system = "code" in first && typeof first.code === "string" ? first.code : "";
  const code: OpenWireErrorCode = unknownHost.has(system)
    ? "host-not-found"
    : /CERT|SSL|TLS|SIGNED|ISSUER|EPROTO|ERR_OSSL|UNABLE_TO/.test(`${system} ${first.message}`)
      ? "tls"
      : "unreachable";
  const what =
    code === "tls"
      ? "no secure connection to"
      : code === "host-not-found"
        ? "there is no host for"
        : "cannot reach";
  return new OpenWireError(
    {
      code,
      message: `${what} ${describeAddress(address)}`,
      why: first.message === "" ? system : first.message,
    },
    { cause: error },
  );
}
