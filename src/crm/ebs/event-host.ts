import { isIP } from "node:net";
import { plainAddress } from "../../platform/networks.ts";

const label = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
const nameForm = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);
/** What URL parsers read as a number, and so as an IPv4 address in disguise: `2130706433`, `0x7f.1`. */
const numberForm = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/**
 * The host that Register's ipAddress names, as node:net and resolvers take it: an address without brackets or a name in lower case;
 * `undefined` when it is neither. IPv6 zones are not taken.
 */
export function eventHost(text: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(text)?.[1];
  const host = (bare ?? text).toLowerCase();
  if (host.includes("%")) return undefined;
  if (isIP(host) === 6) return plainAddress(host);
  if (bare !== undefined) return undefined;
  if (isIP(host) === 4) return host;
  return nameForm.test(host) && !numberForm.test(host) ? host : undefined;
}
