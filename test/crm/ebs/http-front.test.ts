import { afterEach, describe, expect, test } from "bun:test";
import { connect as connectTls } from "node:tls";
import type { Answer } from "../../../src/crm/ebs/contract.ts";
import type { HttpAnswer } from "../../../src/crm/ebs/http-answer.ts";
import { type Front, type FrontOptions, openFront } from "../../../src/crm/ebs/http-front.ts";
import { ManualClock, systemClock } from "../../../src/platform/clock.ts";
import { makeCertificate } from "../../../src/simulator/server/certificates.ts";
import { exchange, get, openPort, type Port, type PortSettings, Wire } from "./port.ts";

const place = "telesetNumber=70002&agentID=7001";
const ready = `/?FunctionName=Ready&${place}`;
const login = `/?FunctionName=Login&${place}&agentPassword=x`;
const success = "<CCTSDK/>";
const open: { stop(patience: number): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop(2000)));
});

async function port(
  settings?: Partial<PortSettings>,
  answer?: Answer,
  clock = new ManualClock(),
): Promise<Port> {
  const made = await openPort(settings, answer, clock);
  open.push(made);
  return made;
}

/** A front whose answers are the targets. */
async function echo(options: Partial<FrontOptions> = {}): Promise<Front> {
  const say = (body: string, status = 200): HttpAnswer => ({ status, headers: {}, body });
  const front = await openFront({
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    clock: systemClock,
    desk: {
      answer: async ({ target }) => say(`[${target}]`),
      refuse: ({ status }) => say("refused", status),
    },
    ...options,
  });
  open.push(front);
  return front;
}

/** A Login that waits until it is told its outcome. */
async function slowLogin() {
  const asked = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<undefined>();
  const answer: Answer = (callout) =>
    callout.name === "Login" ? (asked.resolve(), outcome.promise) : Promise.resolve(undefined);
  return { asked: asked.promise, finish: () => outcome.resolve(undefined), answer };
}

describe("while Login's answer is made", () => {
  test("whoever closes his side gets it all the same", async () => {
    const slow = await slowLogin();
    const { port: number } = await port({}, slow.answer);
    const wire = new Wire(number);
    const ended = new Promise((resolve) => wire.socket.once("finish", resolve));
    wire.socket.end(get(login));
    await Promise.all([ended, slow.asked]);
    // Another connection has had its turn: that this one is closed has come.
    await exchange(number, get(ready));
    slow.finish();
    await wire.closed;
    expect(wire.text).toEndWith(success);
  });

  test("the next request waits, and its answer comes after", async () => {
    const slow = await slowLogin();
    const here = await port({}, slow.answer);
    const wire = new Wire(here.port);
    await wire.write(get(login));
    await slow.asked;
    await wire.write(get(`/?FunctionName=Logout&${place}`) + get("/none", "Connection: close") + get(ready));
    // Another connection has had its turn: what was sent before has come.
    await exchange(here.port, get(ready));
    expect(here.callouts.map(({ callout }) => callout.name)).toEqual(["Login", "Ready"]);
    expect(wire.text).toBe("");
    slow.finish();
    await wire.closed;
    expect(wire.text.match(/HTTP\/1\.1 .*/g)).toEqual([
      "HTTP/1.1 200 OK",
      "HTTP/1.1 200 OK",
      "HTTP/1.1 404 Not Found",
    ]);
    expect(here.callouts.map(({ callout }) => callout.name)).toEqual(["Login", "Ready", "Logout"]);
  });

  test("no limit of time is over but its own", async () => {
    const slow = await slowLogin();
    const clock = new ManualClock();
    const here = await port({ loginTimeout: 200_000 }, slow.answer, clock);
    const wire = new Wire(here.port);
    await wire.write(get(login));
    await slow.asked;
    clock.advance(180_000);
    slow.finish();
    expect(await wire.until(/CCTSDK\/>$/)).toEndWith(success);
    wire.end();
  });

  test("the port closes after it, and does nothing that was sent behind it", async () => {
    const slow = await slowLogin();
    const here = await port({}, slow.answer);
    const wire = new Wire(here.port);
    await wire.write(get(login) + get(ready));
    await slow.asked;
    const stopped = here.stop();
    slow.finish();
    await Promise.all([stopped, wire.closed]);
    expect(wire.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nConnection: close\r\n.*<CCTSDK\/>$/s);
    expect(here.callouts).toHaveLength(1);
  });
});

describe("time limits", () => {
  test("a head that comes in drops is given ten seconds", async () => {
    const clock = new ManualClock();
    const here = await port({}, undefined, clock);
    const drops = new Wire(here.port);
    const silent = new Wire(here.port);
    for (const byte of get(ready).slice(0, 20)) await drops.write(byte);
    expect(await exchange(here.port, get(ready))).toEndWith(success);
    clock.advance(9000);
    expect(drops.text).toBe("");
    clock.advance(2000);
    await Promise.all([drops.closed, silent.closed]);
    expect(drops.text).toMatch(/^HTTP\/1\.1 408 .*took longer/s);
    expect(silent.text).toBe("");
    expect(here.callouts).toHaveLength(1);
  });

  test("between two requests there is a minute", async () => {
    const clock = new ManualClock();
    const here = await port({}, undefined, clock);
    const wire = new Wire(here.port);
    await wire.write(get(ready));
    await wire.until(/CCTSDK\/>$/);
    clock.advance(55_000);
    wire.text = "";
    await wire.write(get(ready));
    expect(await wire.until(/CCTSDK\/>$/)).toEndWith(success);
    clock.advance(61_000);
    await wire.closed;
  });

  test("a handshake is given ten seconds", async () => {
    const { certificate, key } = makeCertificate({ names: ["localhost"], now: new Date() });
    const clock = new ManualClock();
    const here = await port({ tls: { cert: certificate, key } }, undefined, clock);
    const wire = new Wire(here.port);
    await wire.write(Buffer.from("160301", "hex"));
    await fetch(`https://localhost:${here.port}${ready}`, { tls: { rejectUnauthorized: false } });
    clock.advance(11_000);
    await wire.closed;
  });
});

describe("many and much", () => {
  test("for one connection too many the one that waited longest is closed", async () => {
    let [time, asked] = [0, Promise.withResolvers<void>()];
    const pending = Promise.withResolvers<HttpAnswer>();
    const front = await echo({
      most: 3,
      clock: { now: () => time++, after: systemClock.after },
      desk: {
        answer: async ({ target }) =>
          target === "/slow"
            ? (asked.resolve(), pending.promise)
            : { status: 200, headers: {}, body: target },
        refuse: ({ status }) => ({ status, headers: {}, body: "" }),
      },
    });
    const slow = new Wire(front.port);
    await slow.write(get("/slow"));
    await asked.promise;
    const [first, second] = [new Wire(front.port), new Wire(front.port)];
    await first.write(get("/first"));
    await first.until(/\/first$/);
    await second.write(get("/second"));
    await second.until(/\/second$/);
    await first.write(get("/again"));
    await first.until(/\/again$/);
    expect(await exchange(front.port, get("/new"), /\/new$/)).toEndWith("/new");
    await second.closed;
    expect(first.socket.destroyed).toBe(false);
    pending.resolve({ status: 200, headers: {}, body: "at last" });
    expect(await slow.until(/at last$/)).toEndWith("at last");
    for (const wire of [slow, first]) wire.end();
  });

  test("whoever sends and does not read is not read any more, and loses nothing", async () => {
    const long = "x".repeat(5000);
    const front = await echo();
    const wire = new Wire(front.port);
    wire.socket.pause();
    const count = 2000;
    for (let number = 0; number < count; number++) wire.socket.write(get(`/${number}${long}`));
    expect(await exchange(front.port, get("/other"), /\]$/)).toEndWith("[/other]");
    wire.socket.resume();
    const text = await wire.until(new RegExp(`\\[/${count - 1}x+\\]$`));
    expect([...text.matchAll(/\[\/\d+/g)].map(String)).toEqual(
      Array.from({ length: count }, (_, number) => `[/${number}`),
    );
    wire.end();
  }, 20_000);
});

describe("TLS", () => {
  test("is the same: pipelining, raw bytes, half-closed callers", async () => {
    const { certificate, key } = makeCertificate({ names: ["localhost"], now: new Date() });
    const slow = await slowLogin();
    const here = await port({ tls: { cert: certificate, key } }, slow.answer);
    const options = { port: here.port, host: "127.0.0.1", rejectUnauthorized: false, allowHalfOpen: true };
    const socket = connectTls(options);
    let text = "";
    socket.on("data", (data: Buffer) => {
      text += data.toString("latin1");
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.end(
      Buffer.from(get(login) + get(`/?FunctionName=MakeCall&${place}&dialString=(1) 2&x=\u00e9`), "latin1"),
    );
    await slow.asked;
    // As above.
    await fetch(`https://127.0.0.1:${here.port}/`, { tls: { rejectUnauthorized: false } });
    expect(text).toBe("");
    slow.finish();
    await closed;
    expect(text.match(/<CCTSDK\/>/g)).toHaveLength(2);
    expect(here.callouts).toMatchObject([
      { callout: { name: "Login" } },
      { callout: { name: "MakeCall", number: "12" } },
    ]);
  });

  test("answers curl, twice on one connection", async () => {
    const { certificate, key } = makeCertificate({ names: ["localhost"], now: new Date() });
    const here = await port({ tls: { cert: certificate, key } });
    const url = `https://localhost:${here.port}${ready}`;
    const curl = Bun.spawn(["curl", "-sk", "-w", " %{num_connects}\n", url, url], { env: {} });
    expect(await new Response(curl.stdout).text()).toBe(`${success} 1\n${success} 0\n`);
  });
});
