import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { exchange, get, openPort, type Port, Wire } from "./port.ts";

const ready = "/?FunctionName=Ready&telesetNumber=70002&agentID=7001";
const success = "<CCTSDK/>";
const open: Port[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()));
});

async function port(): Promise<Port> {
  const made = await openPort();
  open.push(made);
  return made;
}

describe("keep-alive", () => {
  test("of HTTP/1.0 is promised in words", async () => {
    const here = await port();
    const wire = new Wire(here.port);
    const old = `GET ${ready} HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n`;
    await wire.write(old + old);
    const text = await wire.until(/CCTSDK\/>.*CCTSDK\/>$/s);
    expect(text.match(/\r\nConnection: keep-alive\r\n/g)).toHaveLength(2);
    wire.end();
  });

  test("goes on after a body, and after HEAD, 404 and 405", async () => {
    const here = await port();
    const wire = new Wire(here.port);
    await wire.write(
      get(ready, "Content-Length: 5") +
        "GET /" +
        get(ready, "Transfer-Encoding: chunked", "Expect: 100-continue") +
        "3\r\nGET\r\n0\r\n\r\n" +
        get(ready).replace("GET", "HEAD") +
        get("/") +
        get(ready).replace("GET", "POST") +
        get(ready),
    );
    const text = await wire.until(/404.*405.*200 OK.*CCTSDK\/>$/s);
    expect(text.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9))).toEqual([
      "200",
      "100",
      "200",
      "200",
      "404",
      "405",
      "200",
    ]);
    expect(here.callouts).toHaveLength(3);
    wire.end();
  });

  test("ends after what is no request, and nothing behind it is done", async () => {
    const here = await port();
    for (const bad of ["GET\r\n\r\n", get("/", "Content-Length: 1", "Content-Length: 2"), get("/", " x")]) {
      const wire = new Wire(here.port);
      await wire.write(get("/?FunctionName=CheckStatus") + bad + get(ready));
      await wire.closed;
      expect(wire.text).toMatch(
        /200 OK.*HTTP\/1\.1 400 .*Connection: close\r\n.*UnexpectedError.*<\/CCTSDK>$/s,
      );
    }
    expect(here.callouts.map(({ callout }) => callout.name)).toEqual(Array(3).fill("CheckStatus"));
  });
});

describe("any bytes, cut anywhere", () => {
  const callout = fc.integer({ min: 1, max: 999 }).map((number) => ({
    bytes: get(`/?FunctionName=Ready&telesetNumber=${number}&agentID=1`),
    extension: String(number),
  }));
  const noise = fc
    .oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => String.fromCharCode(...bytes)),
      fc.constantFrom(
        "GET ",
        " HTTP/1.1\r\n",
        "\r\n",
        "Host: localhost\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
      ),
      fc.constantFrom("Content-Length: 200\r\n\r\n", "Connection: close\r\n", "0\r\n\r\n", "\0"),
    )
    .map((bytes) => ({ bytes, extension: undefined }));

  test("harm nobody, and make no callout that was not sent", async () => {
    const here = await port();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(callout, noise), { maxLength: 8 }),
        fc.array(fc.nat(80), { minLength: 1, maxLength: 8 }),
        async (pieces, cuts) => {
          here.callouts.length = 0;
          const wire = new Wire(here.port);
          const bytes = Buffer.from(pieces.map((each) => each.bytes).join(""), "latin1");
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const end = at + (cuts[turn % cuts.length] ?? 0) + 1;
            await wire.write(bytes.subarray(at, end));
            at = end;
          }
          wire.socket.end();
          await wire.closed;
          const sent = pieces.flatMap(({ extension }) => extension ?? []);
          const done = here.callouts.map(({ callout: each }) => ("extension" in each ? each.extension : "?"));
          // In the order in which they were sent, none twice.
          let from = 0;
          for (const each of done) {
            const at = sent.indexOf(each, from);
            expect(at).toBeGreaterThanOrEqual(0);
            from = at + 1;
          }
          expect(await exchange(here.port, get(ready))).toEndWith(success);
        },
      ),
      { numRuns: 100 },
    );
  }, 20_000);
});
