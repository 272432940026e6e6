import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type HttpRead, type HttpRequest, RequestReader } from "../../../src/crm/ebs/http-request.ts";

/** All that a reader finds in these pieces, the last time it only waits included. */
function readAll(...pieces: string[]): unknown[] {
  const reader = new RequestReader();
  const found: unknown[] = [];
  let last: HttpRead | undefined;
  for (const piece of pieces) {
    reader.push(piece);
    for (last = reader.next(); last.kind !== "waiting"; last = reader.next())
      found.push(last.kind === "request" ? flat(last.request) : last.refusal);
  }
  return [...found, last];
}

function flat({ headers, ...request }: HttpRequest) {
  const names = ["host", "x", "connection", "content-length", "accept"];
  return { ...request, headers: names.map((name) => headers.get(name)), count: headers.size };
}

const request = (text: string): HttpRequest => {
  const reader = new RequestReader();
  reader.push(text);
  const read = reader.next();
  if (read.kind !== "request") throw new Error(JSON.stringify(read));
  return read.request;
};
const refusal = (text: string): number | undefined => {
  const reader = new RequestReader();
  reader.push(text);
  for (;;) {
    const read = reader.next();
    if (read.kind === "refused") return read.refusal.status;
    if (read.kind === "waiting") return undefined;
  }
};
const get = (target: string, ...headers: string[]) =>
  [`GET ${target} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");

describe("a request line", () => {
  test.each([
    ["GET / HTTP/1.1", "GET", "/"],
    ["GET /?a=(300) 123 HTTP/1.1", "GET", "/?a=(300) 123"],
    ["GET /?a= HTTP/1.1 HTTP/1.1", "GET", "/?a= HTTP/1.1"],
    ["GET /?a=\xe9\x80\xff HTTP/1.1", "GET", "/?a=\xe9\x80\xff"],
    ["GET /?a=\tb HTTP/1.1", "GET", "/?a=\tb"],
    ["GET  /  HTTP/1.1", "GET", " / "],
    ["M-SEARCH * HTTP/1.1", "M-SEARCH", "*"],
  ])("%p", (line, method, target) => {
    expect(request(`${line}\r\nHost: x\r\n\r\n`)).toMatchObject({ method, target });
    expect(request(`\r\n\n${line}\nHost: x\n\n`)).toMatchObject({ method, target });
  });

  test.each([
    "GET /\r\n",
    "GET  HTTP/1.1\r\n",
    "GET HTTP/1.1\r\n",
    " GET / HTTP/1.1\r\n",
    "GET / HTTP/2.0\r\n",
    "GET / http/1.1\r\n",
    "GET / HTTP/1.1 \r\n",
    "GET / HTTP/1.11\r\n",
    "GET /\0 HTTP/1.1\r\n",
    "GET /\rx HTTP/1.1\r\n",
    "GET\t/ HTTP/1.1\r\n",
    "G\xcbT / HTTP/1.1\r\n",
    "\x16\x03\x01",
    `${"G".repeat(33)}`,
    "\r\n".repeat(9),
    "\rGET",
  ])("%p is none", (bytes) => {
    expect(refusal(bytes)).toBe(400);
  });

  test("has a limit", () => {
    const line = (length: number) => `GET /${"x".repeat(length - 14)} HTTP/1.1`;
    expect(refusal(`${line(8192)}\r\n`)).toBeUndefined();
    expect(refusal(`${line(8192)}\r`)).toBeUndefined();
    expect(refusal(`${line(8193)}\r\n`)).toBe(414);
    expect(refusal(line(8193))).toBe(414);
  });
});

describe("header fields", () => {
  test("have names in any case, values without white space around them, and are joined", () => {
    const { headers } = request(get("/", "X:  a\t", "x: b", "Accept:"));
    expect(headers.get("x")).toBe("a, b");
    expect(headers.count("x")).toBe(2);
    expect(headers.get("accept")).toBe("");
    expect(headers.get("origin")).toBeNull();
    expect(request(get("/", "X: \xa0\x85")).headers.get("x")).toBe("\xa0\x85");
  });

  test.each([
    [" folded", 400],
    ["\tfolded", 400],
    ["X : y", 400],
    ["X", 400],
    [": y", 400],
    ["X: a\0", 400],
    ["X: a\rb", 400],
    ["X\xe9: y", 400],
    ["Content-Length: 3\r\nTransfer-Encoding: chunked", 400],
    ["Content-Length: 3\r\nContent-Length: 3", 400],
    ["Content-Length: 3, 3", 400],
    ["Content-Length: +3", 400],
    ["Content-Length: 0x3", 400],
    ["Content-Length:", 400],
    ["Content-Length: -1", 400],
    ["Content-Length: 1234567890123456", 400],
    ["Transfer-Encoding: gzip, chunked", 400],
    ["Transfer-Encoding: identity", 400],
    ["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400],
    ["Transfer-Encoding: \x0bchunked", 400],
    ["Expect: 200-ok", 417],
    [Array.from({ length: 100 }, () => "x: y").join("\r\n"), 431],
    [`X: ${"x".repeat(16_384)}`, 431],
  ])("%p", (lines, status) => {
    expect(refusal(get("/", "A: b", lines))).toBe(status);
  });

  test("a Host is needed, but by HTTP/1.0", () => {
    expect(refusal("GET / HTTP/1.1\r\n\r\n")).toBe(400);
    expect(request("GET / HTTP/1.0\r\n\r\n").keepAlive).toBe(false);
    expect(refusal("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")).toBe(400);
  });
});

describe("the connection", () => {
  test.each([
    ["1.1", "", true, false],
    ["1.1", "Connection: close\r\n", false, false],
    ["1.1", "Connection: x, CLOSE\r\n", false, false],
    ["1.1", "Connection: closed\r\n", true, false],
    ["1.0", "", false, false],
    ["1.0", "Connection: Keep-Alive\r\n", true, true],
    ["1.0", "Connection: keep-alive, close\r\n", false, false],
    ["1.1", "Content-Length: 65536\r\n", true, false],
    ["1.1", "Content-Length: 65537\r\n", false, false],
    ["1.1", "Host: y\r\n", false, false],
  ])("HTTP/%s %p", (version, lines, keepAlive, oldKeepAlive) => {
    expect(request(`GET / HTTP/${version}\r\nHost: x\r\n${lines}\r\n`)).toMatchObject({
      keepAlive,
      oldKeepAlive,
    });
  });

  test("what comes after its last request is not read", () => {
    expect(readAll(get("/1", "Connection: close") + get("/2"))).toMatchObject([
      { target: "/1" },
      { kind: "waiting", in: "nothing" },
    ]);
    expect(readAll(`${get("/1")}\0${get("/2")}`)).toMatchObject([
      { target: "/1" },
      { status: 400 },
      { kind: "waiting" },
    ]);
  });
});

describe("a body", () => {
  test.each([
    ["Content-Length: 5", "hello"],
    ["Content-Length: 0", ""],
    ["Transfer-Encoding: chunked", "0\r\n\r\n"],
    ["Transfer-Encoding: Chunked", '5;x="y"\r\nhello\r\nA \r\n0123456789\r\n0\r\nX: y\r\n\r\n'],
    ["Transfer-Encoding: chunked", "5\nhello\n0\n\n"],
  ])("is skipped: %s, %p", (header, body) => {
    expect(readAll(get("/1", header) + body + get("/2"))).toMatchObject([
      { target: "/1" },
      { target: "/2" },
      { kind: "waiting", in: "nothing" },
    ]);
  });

  test.each([
    "x\r\n",
    "\r\n",
    "5\r\nhello!",
    "-1\r\n",
    "10001\r\n",
    "123456789\r\n",
    "0\r\nX\r\n\r\n",
    "0x5\r\n",
  ])("in chunks that nobody may understand in another way: %p", (body) => {
    expect(readAll(get("/1", "Transfer-Encoding: chunked") + body + get("/2"))).toMatchObject([
      { target: "/1" },
      { status: 400 },
      { kind: "waiting" },
    ]);
  });

  test.each([
    ["Content-Length: 5", true],
    ["Transfer-Encoding: chunked", true],
    ["Content-Length: 0", false],
    ["Content-Length: 100000", false],
  ])("is asked for where the caller waits for that: %s", (header, expected) => {
    expect(request(get("/", header, "Expect: 100-Continue")).expectsContinue).toBe(expected);
  });
});

/** A request as bytes, and its target. */
const valid = fc
  .record({
    target: fc
      .array(fc.constantFrom("x", " ", "é", "\xff", "%20", "&", "HTTP/1.1", "?"), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => `/${parts.join("")}`),
    version: fc.constantFrom("1.1", "1.0"),
    end: fc.constantFrom("\r\n", "\n"),
    headers: fc.array(fc.constantFrom("X: y", "Accept: *; q=.2, */*", "X:", "x:\t\xfc "), { maxLength: 4 }),
    body: fc.constantFrom(
      { header: undefined, bytes: "" },
      { header: undefined, bytes: "" },
      { header: "Content-Length: 7", bytes: "GET / \r\n".slice(0, 7) },
      { header: "Transfer-Encoding: chunked", bytes: "3\r\nabc\r\n0\r\nX: y\r\n\r\n" },
    ),
  })
  .map(({ target, version, end, headers, body }) => {
    const old = version === "1.0";
    const framed = old && body.header?.startsWith("Transfer") ? { header: undefined, bytes: "" } : body;
    const lines = [`GET ${target} HTTP/${version}`, "Host: localhost", ...headers];
    if (framed.header !== undefined) lines.push(framed.header);
    if (old) lines.push("Connection: keep-alive");
    return { bytes: [...lines, "", ""].join(end) + framed.bytes, target };
  });

describe("however the bytes are cut", () => {
  test("valid requests are all found, each for itself", () => {
    fc.assert(
      fc.property(
        fc.array(valid, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(40)),
        (all, cuts) => {
          const bytes = all.map((each) => each.bytes).join("");
          const whole = readAll(bytes);
          expect(whole).toMatchObject([...all.map(({ target }) => ({ target })), { in: "nothing" }]);
          expect(readAll(...cut(bytes, cuts))).toEqual(whole);
          expect(readAll(...bytes)).toEqual(whole);
        },
      ),
    );
  });

  test("any bytes mean the same", () => {
    const piece = fc.oneof(
      valid.map(({ bytes }) => bytes),
      fc.constantFrom(
        "GET ",
        " HTTP/1.1",
        "\r\n",
        "\n",
        "\r",
        "Host: x\r\n",
        "\r\n\r\n",
        ":",
        " ",
        "\0",
        "x".repeat(9000),
      ),
      fc.constantFrom(
        "Content-Length: 9\r\n",
        "Transfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        "Expect: 100-continue\r\n",
      ),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => String.fromCharCode(...bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), fc.infiniteStream(fc.nat(200)), (pieces, cuts) => {
        const bytes = pieces.join("");
        expect(readAll(...cut(bytes, cuts), "")).toEqual(readAll(bytes, ""));
      }),
      { numRuns: 500 },
    );
  });
});

function cut(bytes: string, cuts: Iterator<number>): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(cuts.next().value) + 1;
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}
