import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isLoopback, Networks, plainAddress } from "../../src/platform/networks.ts";
import { Invalid } from "../../src/platform/invalid.ts";

const v4 = fc.ipV4();
const number = (address: string): bigint =>
  address.split(".").reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

describe("networks", () => {
  test("hold what has the same first bits", () => {
    fc.assert(
      fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (network, address, bits) => {
        const networks = new Networks([`${network}/${bits}`]);
        const shift = BigInt(32 - bits);
        const inside = number(network) >> shift === number(address) >> shift;
        expect(networks.has(address)).toBe(inside);
        expect(networks.has(`::ffff:${address}`)).toBe(inside);
        expect(new Networks([`::ffff:${network}/${bits + 96}`]).has(address)).toBe(inside);
        expect(networks.has(network)).toBe(true);
        expect(new Networks([network]).has(address)).toBe(network === address);
      }),
    );
  });

  test("of IPv6 hold no IPv4, and the other way round", () => {
    fc.assert(
      fc.property(v4, fc.ipV6(), (four, six) => {
        const plain = plainAddress(six) ?? "";
        expect(new Networks(["::/0"]).has(four)).toBe(false);
        expect(new Networks(["0.0.0.0/0"]).has(six)).toBe(plain.includes("."));
        expect(new Networks([six]).has(six.toUpperCase())).toBe(true);
      }),
    );
    const networks = new Networks(["FD00::/8", "2001:db8::1"]);
    expect(["fd12::1", "fd12::1%eth0", "2001:DB8:0::1"].map((each) => networks.has(each))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["fe00::1", "2001:db8::2", "", "localhost", "1.2.3"].some((each) => networks.has(each))).toBe(
      false,
    );
    expect(new Networks([]).has("10.1.2.3")).toBe(false);
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/x",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "::ffff:10.0.0.0/8",
    "::/129",
    "fe80::1%eth0",
    "ebs.example.com",
    " 10.0.0.0",
    "",
  ])("%p is none", (entry) => {
    expect(() => new Networks([entry])).toThrow(Invalid);
  });

  test("this machine's own addresses", () => {
    for (const own of [
      "127.0.0.1",
      "127.9.9.9",
      "::1",
      "0:0:0:0:0:0:0:1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
    ])
      expect(isLoopback(own)).toBe(true);
    for (const other of ["128.0.0.1", "::2", "::ffff:10.0.0.1", "localhost", ""])
      expect(isLoopback(other)).toBe(false);
  });
});
