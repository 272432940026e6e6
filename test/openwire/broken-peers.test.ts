import { afterEach, describe, expect, test } from "bun:test";
import type { ConnectOptions } from "../../src/openwire/contract.ts";
import { connect, OpenWireError } from "../../src/openwire/index.ts";
import { create } from "../../src/openwire/wire/create.ts";
import { createEncoder } from "../../src/openwire/wire/encoder.ts";
import { wireFormatInfo } from "../../src/openwire/wire/wire-format.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { fakeBroker, type FakeBroker, type FakeBrokerOptions, stateWatch } from "./support.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function broker(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
  const fake = await fakeBroker(options);
  ends.unshift(() => fake.close());
  return fake;
}

async function open(address: string, options: ConnectOptions = {}) {
  const connection = await connect(address, options);
  ends.unshift(() => connection.close());
  return connection;
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(OpenWireError);
      return error as OpenWireError;
    },
  );

describe("a door behind which no broker is", () => {
  test.each([
    ["HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP"],
    ["ERROR\nmessage:Unknown\n\n\0", "STOMP"],
    ["\x15\x03\x03\x00\x02\x02\x16", "ssl://"],
    ["SSH-2.0-OpenSSH_9.2\r\n", "another protocol"],
  ])("%j is told for what it is", async (greeting, words) => {
    const fake = await broker({ greeting: Buffer.from(greeting, "latin1") });
    const error = await failure(connect(fake.url));
    expect(error.code).toBe("not-openwire");
    expect(error.why).toContain(words);
  });

  test("a version that there is not", async () => {
    const greeting = createEncoder().encode({ ...wireFormatInfo(), version: 0 });
    const fake = await broker({ greeting });
    expect(await failure(connect(fake.url))).toMatchObject({
      code: "not-openwire",
      message: "the broker speaks version 0 of OpenWire, which there is not",
    });
  });

  test("one that says nothing is given up after its time", async () => {
    const clock = new ManualClock();
    const fake = await broker({ greeting: null });
    const failed = failure(connect(fake.url, { clock }));
    while (fake.connections === 0 || fake.received.length === 0) await new Promise(setImmediate);
    clock.advance(10_000);
    expect(await failed).toMatchObject({ code: "not-openwire", why: "no WireFormatInfo within 10000 ms" });
  });

  test("nobody at all, an unknown host, a wrong address", async () => {
    expect(await failure(connect("tcp://127.0.0.1:1"))).toMatchObject({ code: "unreachable" });
    expect(await failure(connect("tcp://broker.invalid:61616"))).toMatchObject({ code: "host-not-found" });
    const wrong = await failure(connect("failover:(tcp://a:1)?randomise=false&jms.password=topsecret"));
    expect(wrong).toMatchObject({ code: "address-invalid" });
    expect(wrong.why).toContain('did you mean "randomize"?');
    expect(JSON.stringify(wrong) + String(wrong)).not.toContain("topsecret");
  });
});

describe("a broker that refuses", () => {
  const refusing = (type: string, className: string) =>
    broker({
      answer: (command) =>
        command.type === type && "commandId" in command
          ? [
              create("ExceptionResponse", {
                correlationId: command.commandId,
                exception: { className, message: "no, says the broker", stackTrace: [], cause: null },
              }),
            ]
          : undefined,
    });

  test.each([
    ["ConnectionInfo", "java.lang.SecurityException", "security"],
    ["ConnectionInfo", "javax.jms.InvalidClientIDException", "invalid-client-id"],
    ["ConnectionInfo", "jakarta.jms.JMSSecurityException", "security"],
    ["ConnectionInfo", "org.example.Strange", "broker"],
  ] as const)("%s with %s is %s", async (type, className, code) => {
    const fake = await refusing(type, className);
    expect(await failure(connect(fake.url))).toMatchObject({
      code,
      why: "no, says the broker",
      brokerClass: className,
    });
  });

  test("wrong credentials are not tried again and again, with a failover address neither", async () => {
    const fake = await refusing("ConnectionInfo", "java.lang.SecurityException");
    expect(await failure(connect(`failover:(${fake.url})`, { password: "topsecret" }))).toMatchObject({
      code: "security",
    });
    expect(fake.connections).toBe(1);
  });

  test("a consumer it will not have leaves the connection as it was", async () => {
    const fake = await refusing("ConsumerInfo", "javax.jms.InvalidSelectorException");
    const connection = await open(fake.url);
    const session = await connection.session();
    expect(await failure(session.consume("A", { selector: "((" }))).toMatchObject({
      code: "invalid-selector",
    });
    await session.send("A", "still there", { confirmed: true });
    expect(connection.state.state).toBe("connected");
  });

  test("what was not asked for is told to whom it may concern", async () => {
    const errors: OpenWireError[] = [];
    const told = Promise.withResolvers<void>();
    const fake = await broker();
    await open(fake.url, {
      onError: (error) => {
        errors.push(error);
        told.resolve();
      },
    });
    const exception = {
      className: "javax.jms.InvalidDestinationException",
      message: "gone",
      stackTrace: [],
      cause: null,
    };
    fake.send(create("ConnectionError", { exception }));
    await told.promise;
    expect(errors[0]).toMatchObject({ code: "invalid-destination", why: "gone" });
  });
});

describe("a broker that breaks", () => {
  test.each([
    ["a frame of 100 MB", Buffer.from("06400000", "hex"), "frame-too-large"],
    ["garbage", Buffer.from("00000004ffffffff", "hex"), "malformed"],
    ["a frame that ends in the middle of a field", Buffer.from("000000031e0000", "hex"), "malformed"],
  ] as const)("%s ends the connection with %p", async (_what, bytes, code) => {
    const states = stateWatch();
    const fake = await broker({ wishes: { maxFrameSize: 1 << 20 } });
    const connection = await open(fake.url, { onState: states.onState });
    const session = await connection.session();
    const waiting = failure(
      session.consume("A").then((consumer) => consumer.receive().then(() => session.send("A", "x"))),
    );
    fake.write(bytes);
    expect(await states.until("closed")).toMatchObject({ error: { code } });
    expect((await waiting).code).toBe(code);
  });

  test("with a failover address garbage is a reason to begin anew", async () => {
    const states = stateWatch();
    const fake = await broker();
    const connection = await open(`failover:(${fake.url})`, { onState: states.onState });
    fake.write(Buffer.from("00000004ffffffff", "hex"));
    await states.until("interrupted", 1);
    await states.until("connected", 2);
    await (await connection.session()).send("A", "there again", { confirmed: true });
    expect(fake.connections).toBe(2);
  });

  test("one that falls silent is noticed; our own sleep is not taken for its silence", async () => {
    const clock = new ManualClock();
    const states = stateWatch();
    const fake = await broker({
      wishes: { maxInactivityDuration: 1000, maxInactivityDurationInitialDelay: 100 },
    });
    await open(fake.url, { clock, onState: states.onState });
    clock.advance(100);
    // Nothing ran for an hour: the laptop was closed.
    clock.sleep(3_600_000);
    clock.advance(1);
    expect(states.seen.at(-1)?.state).toBe("connected");
    clock.advance(1000);
    clock.advance(1000);
    expect(await states.until("closed")).toMatchObject({ error: { code: "connection-lost" } });
  });

  test("a question is echoed, and an idle connection says that it lives", async () => {
    const clock = new ManualClock();
    const fake = await broker({
      wishes: { maxInactivityDuration: 3000, maxInactivityDurationInitialDelay: 100 },
    });
    await open(fake.url, { clock });
    fake.send(create("KeepAliveInfo", { commandId: 77, responseRequired: true }));
    const heard = (id: number) =>
      fake.received.some((each) => each.type === "KeepAliveInfo" && each.commandId === id);
    while (!heard(77)) await new Promise(setImmediate);
    clock.advance(100);
    clock.advance(1000);
    clock.advance(1000);
    while (!heard(0)) await new Promise(setImmediate);
    const echo = fake.received.find((each) => each.type === "KeepAliveInfo" && each.commandId === 77);
    expect(echo).toMatchObject({ responseRequired: false });
  });
});

test("a blocked send gives up after the address's timeout", async () => {
  const clock = new ManualClock();
  const fake = await broker();
  const states = stateWatch();
  const connection = await open(`failover:(${fake.url})?timeout=5000&initialReconnectDelay=60000`, {
    clock,
    onState: states.onState,
  });
  const session = await connection.session();
  await fake.close();
  await states.until("interrupted", 1);
  const sends = [failure(session.send("A", "x")), failure(session.send("A", "x", { persistent: true }))];
  clock.advance(5000);
  for (const send of sends) expect(await send).toMatchObject({ code: "timeout" });
});
