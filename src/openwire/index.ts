import { systemClock } from "../platform/clock.ts";
import { parseAddress } from "./address.ts";
import { BrokerConnection } from "./connection.ts";
import type { Connect } from "./contract.ts";

export type * from "./contract.ts";
export { OpenWireError, type OpenWireErrorCode } from "./errors.ts";
export { plainMap, plainValue } from "./wire/primitives.ts";

/**
 * Connects to an ActiveMQ broker: `tcp://HOST:61616`, `ssl://HOST:61617`, or `failover:(…,…)?options`, which goes on to the next broker
 * when one is lost. Rejects with OpenWireError: `address-invalid`, `unreachable`, `host-not-found`, `tls`, `not-openwire`, `security`…
 */
export const connect: Connect = (address, options = {}) => {
  const { clock = systemClock, random = Math.random } = options;
  const started = clock.now();
  // Long enough that no two connections to a broker get the same: a second one would take over from the first.
  const chance = Array.from({ length: 4 }, () => Math.floor(random() * 0x1_0000).toString(16)).join("");
  try {
    const parts = {
      address: parseAddress(address),
      options,
      clock,
      random,
      id: `ID:cti-${chance}-${started}-1:1`,
    };
    return new BrokerConnection(parts).open();
  } catch (error) {
    return Promise.reject(error);
  }
};
