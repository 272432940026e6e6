import { BlockList, isIP, isIPv4 } from "node:net";
import { Invalid } from "./invalid.ts";

/**
 * An IP address in the one form in which it is compared and shown: IPv6 short and in lower case, without a zone; an IPv4 address that
 * comes in IPv6's clothes as IPv4. `undefined` when it is no address.
 */
export function plainAddress(text: string): string | undefined {
  const bare = text.replace(/%.*$/s, "");
  if (isIP(bare) !== 6) return isIPv4(text) ? text : undefined;
  const [head = "", tail] = bare.split("::");
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  // `URL` knows the short form, but refuses some that sockets take.
  const long = groups.map((group) => group.toString(16)).join(":");
  if (!mapped) return new URL(`http://[${long}]`).hostname.slice(1, -1);
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join(".");
}

/** 16 bits each, of one side of the `::`. */
function groupsOf(side: string): number[] {
  return side.split(":").flatMap((part) => {
    if (part === "") return [];
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** A list of networks and single addresses. */
export class Networks {
  /** Apart, since one BlockList finds IPv4 addresses in IPv6 networks. */
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  /** `10.1.0.0/16`, `10.1.2.3`, `fd00::/8`, `::1`. Throws `Invalid`, which names the entry. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  /** False for what is no address. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    if (plain === undefined) return false;
    const family = isIPv4(plain) ? "ipv4" : "ipv6";
    return this.#lists[family].check(plain, family);
  }

  #add(entry: string): void {
    const form = "write a network or an address: 10.1.0.0/16, 10.1.2.3, fd00::/8";
    const slash = entry.indexOf("/");
    const address = slash === -1 ? entry : entry.slice(0, slash);
    const plain = address.includes("%") ? undefined : plainAddress(address);
    if (plain === undefined) throw new Invalid(`"${entry}" holds no IP address`, form);
    const family = isIPv4(plain) ? "ipv4" : "ipv6";
    if (slash === -1) return this.#lists[family].addAddress(plain, family);
    const digits = entry.slice(slash + 1);
    // `::ffff:10.1.0.0/112` is 10.1.0.0/16.
    const mapped = family === "ipv4" && !isIPv4(address) ? 96 : 0;
    const length = /^\d{1,3}$/.test(digits) ? Number(digits) - mapped : -1;
    if (length < 0 || length > (family === "ipv4" ? 32 : 128))
      throw new Invalid(`"${entry}" has no right number of bits after the slash`, form);
    this.#lists[family].addSubnet(plain, length, family);
  }
}

const loopback = new Networks(["127.0.0.0/8", "::1"]);

/** Whether an address is this machine's own, that nobody else reaches. */
export function isLoopback(address: string): boolean {
  return loopback.has(address);
}

/** All of this machine's loopback addresses are one. */
export function sameHost(one: string, other: string): boolean {
  return one === other || (isLoopback(one) && isLoopback(other));
}
