import { isIP } from "node:net";
import { filled, milliseconds } from "./adapter-table.ts";
import { Invalid } from "./invalid.ts";
import { plainAddress } from "./networks.ts";

export interface ListenAddress {
  /** An IP address, never a name. */
  host: string;
  port: number;
}

/** Reads `127.0.0.1:3107`; `usual` stands in the error. Throws `Invalid`. */
export function listenAddress(usual: number): (value: unknown) => ListenAddress {
  return (value) => {
    const form = `write listen = "127.0.0.1:${usual}" or "[::1]:${usual}"; port 0 is a free one`;
    const given = filled(value);
    const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(given);
    const host = (match?.[1] ?? match?.[2] ?? "").toLowerCase();
    const port = Number(match?.[3]);
    if (match === null || port > 65_535) throw new Invalid(`"${given}" is no address with a port`, form);
    if (host === "localhost") return { host: "127.0.0.1", port };
    if (isIP(host) !== (match[1] === undefined ? 4 : 6) || host.includes("%"))
      throw new Invalid(`"${given}" holds no IP address`, form);
    return { host: plainAddress(host) ?? host, port };
  };
}

/** Milliseconds: what is owed is held in memory as well. */
const longestKept = 30 * 86_400_000;

/** How long records are owed, milliseconds: as other times, and in days, since a CRM may be away over a weekend. Throws `Invalid`. */
export function keptFor(value: unknown): number {
  const match = typeof value === "string" ? /^\s*(\d+(?:\.\d+)?)\s*([hd])\s*$/.exec(value) : null;
  if (match === null) return milliseconds(value);
  const time = Number(match[1]) * (match[2] === "d" ? 86_400_000 : 3_600_000);
  if (!(time > 0) || time > longestKept)
    throw new Invalid("is no time from a moment to 30 days", 'write "24h" or "3d"');
  return time;
}
