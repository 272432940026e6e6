import type { Client, TransportClass } from "@xmpp/client";

/** The transport of @xmpp/client that takes this service. Throws when there is none: a service we made up ourselves. */
export function libraryTransport(client: Client, service: string): TransportClass {
  const found = client.transports.find((transport) => answers(transport, service));
  if (found === undefined) throw new Error(`no transport of @xmpp/client takes ${service}`);
  return found;
}

/** Puts a transport with these parts changed before all others, so that it takes the service. */
export function installTransport(
  client: Client,
  base: TransportClass,
  changes: Partial<TransportClass["prototype"]>,
): void {
  class Installed extends (base as unknown as new () => object) {}
  Object.assign(Installed.prototype, changes);
  client.transports.unshift(Installed as unknown as TransportClass);
}

function answers(transport: TransportClass, service: string): boolean {
  try {
    return transport.prototype.socketParameters(service) !== undefined;
  } catch {
    return false;
  }
}
