import { BlockList, isIP, isIPv4 } from "node:net";
import { Invalid } from "../../../platform/invalid.ts";

type Family = "ipv4" | "ipv6";

/** IPv4 that is not the public internet (IANA's registry of special addresses), and Azure's metadata service, which looks as if it were. */
const notPublic4 = new Map([
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
]);
/** Of IPv6 only this is public; all forms that carry an IPv4 address inside are outside of it, or among the next. */
const public6 = new Map([["2000::", 3]]);
const notPublic6 = new Map([
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

const refused = { ipv4: listOf(notPublic4, "ipv4"), ipv6: listOf(notPublic6, "ipv6") };
const global6 = listOf(public6, "ipv6");

/**
 * Whether an address is one of the public internet: not this machine, nothing private, local to a link, of a cloud's metadata service, for
 * many or reserved, and no IPv4 address in IPv6's clothes. False for what is no address.
 */
export function isPublic(address: string): boolean {
  const family = familyOf(address);
  if (family === undefined || refused[family].check(address, family)) return false;
  return family === "ipv4" || global6.check(address, "ipv6");
}

/** Networks that a site allows besides public ones. */
export class AllowedNetworks {
  /** Apart, since one BlockList finds IPv4 addresses in IPv6 networks. */
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  /** `10.1.0.0/16`, `10.1.2.3`, `fd00::/8`. Throws `Invalid`, which names the entry. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  has(address: string): boolean {
    const family = familyOf(address);
    return family !== undefined && this.#lists[family].check(address, family);
  }

  #add(entry: string): void {
    const [, address = "", bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const family = familyOf(address);
    const most = family === "ipv4" ? 32 : 128;
    const length = bits === undefined ? most : Number(bits);
    if (family === undefined || length > most)
      throw new Invalid(`"${entry}" is no network`, "write 10.1.0.0/16, 10.1.2.3 or fd00::/8");
    this.#lists[family].addSubnet(address, length, family);
  }
}

/** `undefined` for what is no address, and for one with a zone: those are of a link. */
function familyOf(address: string): Family | undefined {
  if (isIP(address) === 0 || address.includes("%")) return undefined;
  return isIPv4(address) ? "ipv4" : "ipv6";
}

function listOf(networks: ReadonlyMap<string, number>, family: Family): BlockList {
  const list = new BlockList();
  for (const [address, length] of networks) list.addSubnet(address, length, family);
  return list;
}
