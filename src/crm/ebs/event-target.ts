import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { toCtiError } from "../../model/errors.ts";
import type { Registration } from "./contract.ts";
import { isLoopback, type Networks } from "../../platform/networks.ts";

/**
 * Where events of a Register may go: to the address that registers, for callouts of this machine also to its other addresses, and to
 * networks the site allows. Anything else would let a caller use us to post into other people's networks. A name is looked up once, and
 * all its addresses must be allowed. Answers the target, or words for the person at EBS.
 */
export async function eventTarget(
  { host, port }: { host: string; port: number },
  from: string,
  allowed: Networks,
): Promise<NonNullable<Registration["target"]> | string> {
  let addresses: string[];
  try {
    addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];
  } catch (error) {
    return `ipAddress ${host} cannot be looked up: ${toCtiError(error).why ?? "no answer"}`;
  }
  const own = isLoopback(from) ? ownAddresses() : new Set<string>();
  const fits = (address: string): boolean =>
    address === from || (isLoopback(from) && isLoopback(address)) || own.has(address) || allowed.has(address);
  const [first] = addresses;
  if (first === undefined) return `ipAddress ${host} has no address`;
  if (!addresses.every(fits))
    return `events may go to the address that registers (${from}) or to event-hosts of the configuration, not to ${host}`;
  return { host: first, name: host, port };
}

function ownAddresses(): Set<string> {
  return new Set(
    Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address)),
  );
}
