import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AllowedNetworks, isPublic } from "../../../../src/crm/open-cti/webhooks/addresses.ts";
import { Invalid } from "../../../../src/platform/invalid.ts";

describe("where webhooks may go unasked", () => {
  test.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001:80b::200e",
  ])("%s", (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

describe("where they may not", () => {
  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    // No addresses at all.
    "",
    " ",
    "1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127.1",
    "localhost",
    "8.8.8.8 ",
    "[::1]",
    "8.8.8.8/32",
    "2606:4700::1111%1",
  ])("%s", (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test("no IPv4 address in IPv6's clothes, however it is written", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const prefix of ["::", "::ffff:", "::ffff:0:", "64:ff9b::", "0:0:0:0:0:FFFF:"])
          for (const tail of [address, hex]) expect(isPublic(`${prefix}${tail}`)).toBe(false);
        expect(isPublic(`2002:${hex}::1`)).toBe(false);
      }),
    );
  });

  test("whatever is judged, it is a plain answer", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4Extended()), (text) => {
        expect(typeof isPublic(text)).toBe("boolean");
      }),
    );
  });
});

describe("networks that a site allows", () => {
  test("hold what they say, in one family", () => {
    const allowed = new AllowedNetworks(["10.1.0.0/16", "127.0.0.1", "fd00::/8"]);
    for (const address of ["10.1.0.0", "10.1.255.255", "127.0.0.1", "fd12::1"])
      expect(allowed.has(address)).toBe(true);
    for (const address of [
      "10.2.0.0",
      "127.0.0.2",
      "fe80::1",
      "::ffff:10.1.2.3",
      "::ffff:127.0.0.1",
      "localhost",
      "",
    ])
      expect(allowed.has(address)).toBe(false);
    expect(new AllowedNetworks(["::/0"]).has("10.1.2.3")).toBe(false);
    expect(new AllowedNetworks(["0.0.0.0/0"]).has("::1")).toBe(false);
  });

  test.each([
    "",
    "10.0.0.0/33",
    "fd00::/129",
    "10.0.0.0/",
    "10.0.0/8",
    "example.com",
    "fe80::1%eth0",
    "10.0.0.0/8/8",
    "/8",
    "10.0.0.0/-1",
  ])("%j is none", (entry) => {
    expect(() => new AllowedNetworks([entry])).toThrow(Invalid);
  });

  test("any text is a network or is refused, and never anything else", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.ipV4(), fc.nat(40)).map(([ip, bits]) => `${ip}/${bits}`),
        ),
        (text) => {
          try {
            new AllowedNetworks([text]).has("10.0.0.1");
          } catch (error) {
            expect(error).toBeInstanceOf(Invalid);
          }
        },
      ),
    );
  });
});
