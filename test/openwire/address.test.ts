import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { describeAddress, parseAddress } from "../../src/openwire/address.ts";
import { doorDefaults } from "../../src/openwire/address-options.ts";
import { OpenWireError } from "../../src/openwire/errors.ts";
import { orderOf, reconnectDelay } from "../../src/openwire/reconnect.ts";

const refusal = (source: string): OpenWireError => {
  try {
    parseAddress(source);
  } catch (error) {
    expect(error).toBeInstanceOf(OpenWireError);
    expect(error).toMatchObject({ code: "address-invalid" });
    return error as OpenWireError;
  }
  throw new Error(`${source} was taken`);
};

const wordsOf = (error: OpenWireError): string => `${error.message} ${error.why} ${JSON.stringify(error)}`;

describe("an address", () => {
  test.each([
    ["tcp://broker", "tcp://broker:61616"],
    ["ssl://broker", "ssl://broker:61617"],
    ["nio+ssl://broker:1/", "ssl://broker:1"],
    ["TCP://[::1]:61616?wireFormat.maxInactivityDuration=0", "tcp://[::1]:61616"],
    ["failover:tcp://a,tcp://b:2", "tcp://a:61616 tcp://b:2"],
    ["failover:(tcp://a,ssl://[fe80::1]:7)?randomize=false", "tcp://a:61616 ssl://[fe80::1]:7"],
    ["failover://(tcp://a?connectionTimeout=5, tcp://b)", "tcp://a:61616 tcp://b:61616"],
  ])("%s names %s", (source, brokers) => {
    expect(parseAddress(source).brokers.map(describeAddress).join(" ")).toBe(brokers);
  });

  test("options: of the connection, of the door, of the way back, for all doors; values percent-encoded", () => {
    const address = parseAddress(
      "failover:(tcp://a?wireFormat.cacheEnabled=false)?timeout=3000&backOffMultiplier=1.5" +
        "&nested.connectionTimeout=0&jms.password=a%26b%3Dc%25&jms.prefetchPolicy.all=5",
    );
    expect(address).toMatchObject({
      failover: { timeout: 3000, backOffMultiplier: 1.5, randomize: true },
      brokers: [{ door: { wire: { cache: false }, connectionTimeout: 0 } }],
      jms: { password: "a&b=c%", queuePrefetch: 5, browserPrefetch: 5 },
    });
  });

  test.each([
    "",
    "failover:()",
    "failover:(failover:(tcp://a))",
    "http://broker",
    "tcp://broker:0",
    "tcp://broker:65536",
    "tcp://a?constructor=1",
    "tcp://a?__proto__=1",
    "tcp://a?jms.prefetchPolicy.queuePrefetch=-1",
    "tcp://a?jms.prefetchPolicy.queuePrefetch=1.5",
    "tcp://a?connectionTimeout=2147483648",
    "failover:(tcp://a)?maxReconnectDelay=99999999999",
    "failover:(tcp://a)?backOffMultiplier=0.5",
    "failover:(tcp://a?jms.userName=x)",
    "tcp://a?jms.clientID=%zz",
  ])("%s is none", (source) => {
    refusal(source);
  });

  test("a mistyped option is told, with the one that was meant", () => {
    expect(refusal("failover:(tcp://a)?randomise=false").why).toBe(
      'there is no option "randomise"; did you mean "randomize"?',
    );
    expect(refusal("tcp://a?jms.unheardOfByAnybody=1").why).toBe(
      'there is no option "jms.unheardOfByAnybody"',
    );
  });

  test.each([
    "tcp://user:topsecret@broker",
    "tcp://user:top/secret@broker",
    "tcp://a?jms.password=x&topsecret",
    "tcp://a?jms.password=x&y=topsecret",
    "tcp://a?jms.password:topsecret",
    "tcp://a?jms.password%3Dtopsecret",
    "tcp://a?topsecret",
    "failover:(tcp://a?jms.password=topsecret)",
    "tcp://a?jms.useCompression=topsecret",
    "tcp://a?connectionTimeout=topsecret",
  ])("%s is refused without its secret", (source) => {
    expect(wordsOf(refusal(source))).not.toContain("secret");
  });

  test("any text is an address or address-invalid, and never more than what a timer or a field can hold", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ..."failover: ( ) , ? & = tcp:// ssl:// [::1] a :1 jms.password= timeout= nested. wireFormat.version= -1 %41 @ /".split(
          " ",
        ),
      ),
      fc.string({ maxLength: 6 }),
      fc.constantFrom("toString", "valueOf", "hasOwnProperty", "99999999999999999999", "1e9"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const { brokers } = parseAddress(pieces.join(""));
          expect(brokers.length).toBeGreaterThan(0);
          for (const { port, door } of brokers) {
            expect(port > 0 && port < 65_536).toBe(true);
            expect(door.connectionTimeout).toBeLessThan(2 ** 31);
          }
        } catch (error) {
          expect(error).toMatchObject({ name: "OpenWireError", code: "address-invalid" });
        }
      }),
      { numRuns: 500 },
    );
  });

  test("no secret stands in the words of a refusal, wherever it was written", () => {
    const secret = "Zq7Xw9Kv";
    const around = fc.constantFrom("", "&", "=", "%", "?", ")", "(", ",", "/", ":", "@", "#", " ");
    const place = fc.constantFrom(
      "tcp://a?jms.password=",
      "tcp://a?jms.passwort=",
      "tcp://u:",
      "failover:(tcp://a)?jms.password=",
      "failover:(tcp://a?jms.password=",
      "tcp://a?jms.userName=u&jms.password",
    );
    fc.assert(
      fc.property(place, around, around, around, (start, one, two, three) => {
        try {
          parseAddress(`${start}${one}${secret}${two}${secret}${three}`);
        } catch (error) {
          expect(wordsOf(error as OpenWireError)).not.toContain(secret);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the way back", () => {
  const options = fc.record({
    randomize: fc.boolean(),
    initialReconnectDelay: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    maxReconnectDelay: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    backOffMultiplier: fc.double({ min: 1, max: 1000, noNaN: true }),
    useExponentialBackOff: fc.boolean(),
    maxReconnectAttempts: fc.constant(-1),
    startupMaxReconnectAttempts: fc.constant(-1),
    timeout: fc.constant(-1),
    priorityBackup: fc.boolean(),
  });

  test("waits never less than before, never for nothing but the first time, and never longer than a timer can", () => {
    fc.assert(
      fc.property(options, fc.array(fc.integer({ min: 1, max: 5000 })), (failover, attempts) => {
        expect(reconnectDelay(failover, 1)).toBe(0);
        let before = 0;
        for (const attempt of attempts.sort((a, b) => a - b)) {
          const delay = reconnectDelay(failover, attempt);
          expect(delay).toBeGreaterThanOrEqual(before);
          expect(delay).toBeLessThan(2 ** 31);
          if (attempt > 1) expect(delay).toBeGreaterThanOrEqual(10);
          before = delay;
        }
      }),
    );
  });

  test("goes to every broker once, and to the one that was lost last", () => {
    const brokers = Array.from({ length: 6 }, (_, port) => ({
      tls: false,
      host: "a",
      port: port + 1,
      door: doorDefaults(),
    }));
    const random = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 6 });
    fc.assert(
      fc.property(
        fc.boolean(),
        random,
        fc.option(fc.constantFrom(...brokers)),
        (randomize, chances, lost) => {
          let next = 0;
          const chance = (): number => chances[next++ % chances.length] ?? 0;
          const order = orderOf(brokers, { randomize, priorityBackup: false }, chance, lost ?? undefined);
          expect([...order].sort((a, b) => a.port - b.port)).toEqual(brokers);
          if (lost !== null) expect(order.at(-1)).toBe(lost);
        },
      ),
    );
  });
});
