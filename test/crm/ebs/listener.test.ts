import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Answer } from "../../../src/crm/ebs/contract.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { exchange, get, openPort, type Port, type PortSettings, Wire } from "./port.ts";

const place = "telesetNumber=70002&agentID=7001";
const success = "<CCTSDK/>";
const ready = `/?FunctionName=Ready&${place}`;
const open: Port[] = [];
let port: Port;

async function another(
  settings?: Partial<PortSettings>,
  answer?: Answer,
  clock?: ManualClock,
): Promise<Port> {
  const made = await openPort(settings, answer, clock);
  open.push(made);
  return made;
}

beforeEach(async () => {
  port = await another();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()));
});

describe("a callout", () => {
  test("is answered as seed 004 says, seen with curl", async () => {
    const curl = Bun.spawn(
      [
        "curl",
        "--silent",
        "--write-out",
        "\n%{http_code} %{content_type}",
        `${port.url}/?FunctionName=Login&agentID=7001`,
      ],
      { env: {} },
    );
    expect(await new Response(curl.stdout).text()).toBe(
      '<CCTSDK><event name="Error"><data name="occtErrorMsg" value="ExtensionNotSpecified"/></event></CCTSDK>' +
        "\n200 text/xml; charset=UTF-8",
    );
    expect(port.callouts).toEqual([]);
  });

  test("reaches the adapter, with the address it came from", async () => {
    const answer = await exchange(
      port.port,
      get(`/any/path?FunctionName=Login&${place}&agentPassword=s%C3%A9&agentQueue=7700`),
    );
    expect(answer).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(answer).toContain("Content-Type: text/xml; charset=UTF-8\r\n");
    expect(answer).toContain("Cache-Control: no-store\r\n");
    expect(answer).toEndWith(`\r\n\r\n${success}`);
    expect(port.callouts).toEqual([
      {
        callout: { name: "Login", extension: "70002", agent: "7001", password: "sé", queue: "7700" },
        from: "127.0.0.1",
      },
    ]);
  });

  test("that fails is answered with 200 all the same", async () => {
    const failing = await another({}, async () => ({ key: "LoginFailed", details: "wrong <password>" }));
    const answer = await exchange(failing.port, get(`/?FunctionName=Login&${place}&agentPassword=x`));
    expect(answer).toStartWith("HTTP/1.1 200 OK");
    expect(answer).toContain(
      'value="LoginFailed"/><data name="KeyErrorDetails" value="wrong &lt;password&gt;"/>',
    );
  });

  test("without FunctionName is not found", async () => {
    expect(await exchange(port.port, get("/favicon.ico"))).toMatch(/^HTTP\/1\.1 404 .*UnexpectedError/s);
  });

  test.each([
    [`/?FunctionName=Ready&${place}%`, "70002", "7001%"],
    [`/?FunctionName=Ready&FunctionName=Logout&${place}&agentID=7002`, "70002", "7001"],
    [`http://localhost:3107/?FunctionName=Ready&${place}`, "70002", "7001"],
    [`//x/?FunctionName=Ready&${place}`, "70002", "7001"],
    [`/?FunctionName=Ready&${place}#x`, "70002", "7001#x"],
    [`/?functionname=ready&AGENTID=7001&port=1%20telesetNumber=70002&`, "70002", "7001"],
  ])("%s", async (target, extension, agent) => {
    const answer = await exchange(port.port, get(target));
    if (/\W/.test(agent)) expect(answer).toContain("agentID may hold");
    else expect(port.callouts).toMatchObject([{ callout: { name: "Ready", extension, agent } }]);
  });

  test("by HTTP/1.0, without a Host, is answered and the connection closed", async () => {
    const wire = new Wire(port.port);
    await wire.write(`GET ${ready} HTTP/1.0\r\n\r\n`);
    expect(await wire.until(/CCTSDK\/>$/)).toMatch(/^HTTP\/1\.\d 200 .*<CCTSDK\/>$/s);
    await wire.closed;
  });

  test("two and more on one connection, one after the other and at once", async () => {
    const wire = new Wire(port.port);
    await wire.write(get(ready));
    await wire.until(/CCTSDK\/>$/);
    await wire.write(get(ready) + get("/?FunctionName=CheckStatus") + get("/?FunctionName=Ready"));
    const text = await wire.until(/ExtensionNotSpecified.*<\/CCTSDK>$/s);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4);
    expect(port.callouts.map(({ callout }) => callout.name)).toEqual(["Ready", "Ready", "CheckStatus"]);
    wire.end();
  });
});

describe("strange callers", () => {
  test.each([
    ["no Host", `GET ${ready} HTTP/1.1\r\n\r\n`, 400],
    ["two Hosts", get(ready, "Host: localhost"), 403],
    [
      "two Hosts, a strange one first",
      `GET ${ready} HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n`,
      403,
    ],
    ["a strange Host", `GET ${ready} HTTP/1.1\r\nHost: evil.example\r\n\r\n`, 403],
    ["an empty Host", `GET ${ready} HTTP/1.1\r\nHost:\r\n\r\n`, 403],
    ["an image in a web page", get(ready, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"), 403],
    ["a script of a web page", get(ready, "Origin: https://evil.example"), 403],
    ["POST", get(ready).replace("GET", "POST"), 405],
    ["TRACE", get(ready).replace("GET", "TRACE"), 405],
    ["CONNECT", get("localhost:80").replace("GET", "CONNECT"), 405],
    ["9 KB of address", get(`${ready}&x=${"x".repeat(9000)}`), 414],
    ["20 KB of headers", get(ready, `X: ${"x".repeat(20_000)}`), 431],
    ["TLS", Buffer.from("16030100ff010000fb0303", "hex"), 400],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["two lengths of a body", get(ready, "Content-Length: 3", "Transfer-Encoding: chunked"), 400],
    ["a folded header", get(ready, "X: y", " z"), 400],
    ["no version", `GET ${ready}\r\n\r\n`, 400],
  ])("%s", async (_, bytes, status) => {
    const answer = await exchange(
      port.port,
      bytes,
      /^HTTP\/1\.1 \d+ (?:.*(?:<\/CCTSDK>|Connection: close\r\n\r\n))$/s,
    );
    expect(answer).toStartWith(`HTTP/1.1 ${status} `);
    expect(port.callouts).toEqual([]);
    // And the next one is served.
    expect(await exchange(port.port, get(ready))).toEndWith(success);
  });

  test("HEAD does nothing", async () => {
    const answer = await exchange(port.port, get(ready).replace("GET", "HEAD"), /\r\n\r\n$/);
    expect(answer).toStartWith("HTTP/1.1 200 OK");
    expect(port.callouts).toEqual([]);
  });

  test.each([
    ["a space in ISO-8859-1", "caf\u00e9 &", "café"],
    ["UTF-8", Buffer.from("café").toString("latin1"), "café"],
    ["UTF-8 beyond Latin", Buffer.from("لاہور €").toString("latin1"), "لاہور €"],
    ["both, which is neither", `${Buffer.from("é").toString("latin1")}\u00e9`, "Ã©é"],
    ["raw and escaped", "caf\u00e9%20x%E9", "café xé"],
  ])("raw bytes of an address arrive: %s", async (_, sent, password) => {
    const bytes = Buffer.from(get(`/?FunctionName=Login&${place}&agentPassword=${sent}`), "latin1");
    expect(await exchange(port.port, bytes)).toEndWith(success);
    expect(port.callouts).toMatchObject([{ callout: { name: "Login", password } }]);
  });

  test("raw spaces of an address arrive, as Java sends them", async () => {
    const bytes = get(`/?FunctionName=MakeCall&${place}&dialString=(300) 123 45`);
    expect(await exchange(port.port, bytes)).toEndWith(success);
    expect(port.callouts).toMatchObject([{ callout: { name: "MakeCall", number: "30012345" } }]);
  });

  test("seed 004's Register, as it stands there", async () => {
    const bytes = get(
      "/?FunctionName=Register&agentID=7001&ipAddress=127.0.0.1&port=8888 telesetNumber=70002&",
    );
    expect(await exchange(port.port, bytes)).toEndWith(success);
    expect(port.callouts).toMatchObject([{ callout: { name: "Register", port: 8888, extension: "70002" } }]);
  });

  test("pages of EBS get their preflight and may read the answer", async () => {
    const page = "https://ebs.example.com";
    const friendly = await another({ origins: [page] });
    const preflight = get(ready, `Origin: ${page}`, "Access-Control-Request-Private-Network: true").replace(
      "GET",
      "OPTIONS",
    );
    const allowed = await exchange(friendly.port, preflight, /\r\n\r\n$/);
    expect(allowed).toStartWith("HTTP/1.1 204");
    expect(allowed).toContain("Access-Control-Allow-Private-Network: true");
    expect(await exchange(friendly.port, get(ready, `Origin: ${page}`))).toContain(
      `Access-Control-Allow-Origin: ${page}`,
    );
    expect(friendly.callouts).toHaveLength(1);
  });

  test("too many callouts are told to wait", async () => {
    const slow = await another({ rate: { perSecond: 1, burst: 2 } }, undefined, new ManualClock());
    const statuses = [];
    for (let count = 0; count < 3; count++)
      statuses.push((await exchange(slow.port, get(ready))).slice(9, 12));
    expect(statuses).toEqual(["200", "200", "429"]);
    expect(await exchange(slow.port, get(ready))).toContain("Retry-After: 1\r\n");
  });

  test("no word of a query is logged or answered, whatever goes wrong", async () => {
    const broken = await another({}, async (callout) => {
      throw new Error(JSON.stringify(callout));
    });
    const query = `${place}&agentPassword=s3cr3t&agentQueue=s3cr3t`;
    const answers = [];
    for (const bytes of [
      get(`/?FunctionName=Login&${query}`),
      get(`/?FunctionName=s3cr3t&${query}`),
      get(`/?${query}`),
      get(`/s3cr3t?${query}`, "Origin: https://evil.example"),
      get(`/?${query}`, "Referer: https://evil.example/?s3cr3t"),
      get(`/?FunctionName=MakeCall&${place}&dialString=s3cr3t%00`),
      get(`/?FunctionName=Register&${place}&ipAddress=s3cr3t/&port=1`),
      get(`/?FunctionName=Ready&telesetNumber=s3cr3t/&agentID=1`),
      get(`/?${query}`).replace("GET", "DELETE"),
    ])
      answers.push(await exchange(broken.port, bytes));
    expect(answers[0]).toMatch(/^HTTP\/1\.1 200 .*UnexpectedError.*went wrong/s);
    expect(answers.join("")).not.toContain("s3cr3t");
    expect(broken.logged.join("\n")).toContain("error Login from 127.0.0.1: ");
    expect(broken.logged.filter((line) => line.startsWith("warn refused"))).toHaveLength(2);
    expect(broken.logged.join("\n")).not.toContain("s3cr3t");
  });
});

describe("slow callers", () => {
  test("byte by byte", async () => {
    const wire = new Wire(port.port);
    for (const byte of get(ready)) await wire.write(byte);
    expect(await wire.until(/CCTSDK\/>$/)).toEndWith(success);
    wire.end();
  });

  test("many of them do not keep others waiting", async () => {
    const wires = Array.from({ length: 300 }, () => new Wire(port.port));
    await Promise.all(
      wires.map((wire, count) => wire.write(get(ready).slice(0, count % get(ready).length || 1))),
    );
    expect(await exchange(port.port, get(ready))).toEndWith(success);
    for (const wire of wires) wire.end();
  });

  test("a Login that waits does not keep others waiting, and has its answer when there is one", async () => {
    const login = Promise.withResolvers<undefined>();
    const waiting = await another({}, (callout) =>
      callout.name === "Login" ? login.promise : Promise.resolve(undefined),
    );
    const wire = new Wire(waiting.port);
    await wire.write(get(`/?FunctionName=Login&${place}&agentPassword=x`));
    expect(await exchange(waiting.port, get(ready))).toEndWith(success);
    expect(wire.text).toBe("");
    login.resolve(undefined);
    expect(await wire.until(/CCTSDK\/>$/)).toEndWith(success);
    wire.end();
  });

  test("an adapter that never answers does not keep EBS waiting for ever", async () => {
    const clock = new ManualClock();
    const asked = Promise.withResolvers<void>();
    const stuck = await another({}, () => (asked.resolve(), new Promise(() => {})), clock);
    const answer = exchange(stuck.port, get(ready));
    await asked.promise;
    clock.advance(10_000);
    expect(await answer).toContain("no outcome of Ready yet");
  });

  test("any bytes at all harm nobody", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        get(ready),
        "GET ",
        "HTTP/1.1",
        "\r\n",
        "Host: localhost\r\n",
        "Content-Length: 9\r\n",
        ready,
        "\0",
      ),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const wire = new Wire(port.port);
        await wire.write(`${pieces.join("")} `);
        expect(await exchange(port.port, get(ready))).toEndWith(success);
        wire.end();
      }),
      { numRuns: 50 },
    );
  });

  test("who hangs up early harms nobody", async () => {
    const asked = Promise.withResolvers<void>();
    const login = Promise.withResolvers<undefined>();
    const waiting = await another({}, () => (asked.resolve(), login.promise));
    const wire = new Wire(waiting.port);
    await wire.write(get(ready));
    await asked.promise;
    wire.end();
    login.resolve(undefined);
    expect(await exchange(waiting.port, get(ready))).toEndWith(success);
  });

  test.each([
    ["of a length", get(ready, "Content-Length: 100000000")],
    ["in chunks", get(ready, "Transfer-Encoding: chunked")],
  ])("a body %s is not waited for", async (_, head) => {
    const clock = new ManualClock();
    const patient = await another({}, undefined, clock);
    const wire = new Wire(patient.port);
    await wire.write(`${head}5\r\nhello\r\n`);
    expect(await wire.until(/CCTSDK\/>$/)).toEndWith(success);
    clock.advance(11_000);
    await wire.closed;
    expect(patient.callouts).toHaveLength(1);
  });
});
