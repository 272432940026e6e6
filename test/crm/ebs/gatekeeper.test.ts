import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Gatekeeper, type GateSettings, type Judgement } from "../../../src/crm/ebs/gatekeeper.ts";
import { RateLimit } from "../../../src/crm/ebs/rate-limit.ts";
import { ManualClock } from "../../../src/platform/clock.ts";

const page = "https://ebs.example.com";
const settings: GateSettings = {
  listen: { host: "10.9.0.1", port: 3107 },
  hosts: ["softphone.example.com"],
  allow: ["10.1.0.0/16"],
  origins: [page],
  rate: { perSecond: 2, burst: 5 },
};

interface Given {
  method?: string;
  target?: string;
  from?: string;
  headers?: Record<string, string>;
}

function judge({
  method = "GET",
  target = "/?FunctionName=MakeCall&agentPassword=s3cr3t",
  from,
  headers,
}: Given) {
  return new Gatekeeper(settings, new ManualClock()).judge({
    method,
    target,
    from: from ?? "127.0.0.1",
    headers: new Headers({ host: "localhost:3107", ...headers }),
  });
}

function refusal(given: Given): Extract<Judgement, { verdict: "refused" }> {
  const judgement = judge(given);
  if (judgement.verdict !== "refused") throw new Error(`${judgement.verdict}, not refused`);
  return judgement;
}

describe("who calls", () => {
  test.each(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"])(
    "%s may",
    (from) => {
      expect(judge({ from })).toEqual({ verdict: "callout", headers: {} });
    },
  );

  test.each(["10.2.0.1", "fe80::1%eth0", "::ffff:10.2.0.1", "", "localhost"])("%p may not", (from) => {
    expect(refusal({ from })).toMatchObject({ status: 403, details: expect.stringContaining('"allow"') });
  });
});

describe("by what name", () => {
  test.each([
    "localhost",
    "LOCALHOST:3107",
    "127.0.0.1:1",
    "[::1]:3107",
    "[0:0:0:0:0:0:0:1]",
    "10.9.0.1",
    "Softphone.example.com:",
  ])("%s", (host) => {
    expect(judge({ headers: { host } }).verdict).toBe("callout");
  });

  test.each([
    "",
    "evil.example",
    "localhost.evil.example",
    "evil@localhost",
    "localhost, evil.example",
    "localhost, localhost",
    "localhost:x",
    "localhost:3107/x",
    "localhost localhost",
    "[::1",
    "[::2]",
    "127.0.0.1.nip.io",
  ])("not %p", (host) => {
    expect(refusal({ headers: { host } })).toMatchObject({
      status: 403,
      details: expect.stringContaining('"hosts"'),
    });
  });

  test("none, which only HTTP/1.0 can", () => {
    const keeper = new Gatekeeper(settings, new ManualClock());
    const visit = { method: "GET", target: "/?FunctionName=Ready", from: "127.0.0.1" };
    expect(keeper.judge({ ...visit, headers: new Headers() }).verdict).toBe("callout");
  });
});

describe("from a browser", () => {
  test.each([
    [{ origin: "https://evil.example" }],
    [{ origin: "null" }],
    [{ origin: "" }],
    [{ origin: `${page}.evil.example` }],
    [{ origin: `${page}, ${page}` }],
    [{ origin: "http://ebs.example.com" }],
    [{ origin: page, referer: "https://evil.example/x" }],
    [{ referer: "https://evil.example/?x=s3cr3t" }],
    [{ referer: `https://evil.example/${page}` }],
    [{ referer: "about:blank" }],
    [{ referer: "" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ "sec-fetch-site": "same-origin" }],
    [{ "sec-fetch-site": "none, none" }],
    [{ "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    [{ origin: "http://localhost:3107", "sec-fetch-site": "same-origin" }],
  ])("a page is refused: %p", (headers) => {
    const { status, details, seen } = refusal({ headers });
    expect({ status, details }).toMatchObject({ status: 403, details: expect.stringContaining('"origins"') });
    expect(seen).not.toContain("s3cr3t");
  });

  test.each([
    [{ origin: page }],
    [{ origin: page, "sec-fetch-site": "cross-site" }],
    [{ referer: `${page}/OA_HTML/RF.jsp?function_id=1`, "sec-fetch-site": "cross-site" }],
    [{ origin: page, referer: `${page}/` }],
  ])("a page of EBS is not: %p", (headers: Record<string, string>) => {
    expect(judge({ headers })).toEqual({
      verdict: "callout",
      headers: "origin" in headers ? { "Access-Control-Allow-Origin": page, Vary: "Origin" } : {},
    });
  });

  test("what is typed into the address bar, or a link in a mail, looks and does nothing", () => {
    const headers = { "sec-fetch-site": "none" };
    expect(judge({ headers, target: "/?functionname=checkstatus" }).verdict).toBe("callout");
    expect(judge({ headers, target: "/?FunctionName=CheckStatus&FunctionName=MakeCall" }).verdict).toBe(
      "callout",
    );
    for (const target of ["/", "/?FunctionName=MakeCall", "/?FunctionName=MakeCall&FunctionName=CheckStatus"])
      expect(refusal({ headers, target })).toMatchObject({
        status: 403,
        details: expect.stringContaining("CheckStatus"),
      });
  });

  test("preflights are answered for pages of EBS alone", () => {
    expect(judge({ method: "OPTIONS", headers: { origin: page } })).toEqual({
      verdict: "empty",
      status: 204,
      headers: {
        "Access-Control-Allow-Origin": page,
        Vary: "Origin",
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Private-Network": "true",
      },
    });
    expect(refusal({ method: "OPTIONS", headers: { origin: "https://evil.example" } }).headers).toEqual({});
    expect(refusal({ method: "OPTIONS" }).status).toBe(403);
  });
});

describe("how", () => {
  test("HEAD does nothing, other methods are refused", () => {
    expect(judge({ method: "HEAD" })).toEqual({ verdict: "empty", status: 200, headers: {} });
    for (const method of ["POST", "PUT", "DELETE", "TRACE", "CONNECT", "get", ""])
      expect(refusal({ method })).toMatchObject({ status: 405, headers: { Allow: "GET, HEAD, OPTIONS" } });
  });

  test("in an address of at most 8 KB", () => {
    expect(judge({ target: "x".repeat(8192) }).verdict).toBe("callout");
    expect(refusal({ target: "x".repeat(8193) }).status).toBe(414);
  });

  test("not too often, each address for itself, and refused calls do not count", () => {
    const clock = new ManualClock();
    const keeper = new Gatekeeper(settings, clock);
    const call = (from: string, host = "localhost") =>
      keeper.judge({ method: "GET", target: "/", from, headers: new Headers({ host }) });
    for (let count = 0; count < 20; count++)
      expect(call("127.0.0.1", "evil.example").verdict).toBe("refused");
    for (let count = 0; count < 5; count++) expect(call("127.0.0.1").verdict).toBe("callout");
    expect(call("127.0.0.1")).toMatchObject({ status: 429, headers: { "Retry-After": "1" } });
    expect(call("::ffff:127.0.0.1")).toMatchObject({ status: 429 });
    expect(call("10.1.2.3").verdict).toBe("callout");
    clock.advance(500);
    expect(call("127.0.0.1").verdict).toBe("callout");
    expect(call("127.0.0.1").verdict).toBe("refused");
  });
});

describe("the rate", () => {
  test("is never more than burst and what time brings; the wait it names is enough", () => {
    const steps = fc.array(fc.integer({ min: -2000, max: 3000 }), { maxLength: 60 });
    const rates = fc.record({
      perSecond: fc.double({ min: 0.1, max: 50, noNaN: true }),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(rates, steps, (rate, waits) => {
        const clock = new ManualClock();
        const limit = new RateLimit(rate, clock);
        let [granted, forward] = [0, 0];
        for (const wait of waits) {
          // `sleep` takes negative steps: a clock that is set back.
          clock.sleep(wait);
          forward += Math.max(0, wait);
          if (limit.take("a") === 0) granted += 1;
        }
        expect(granted).toBeLessThanOrEqual(rate.burst + (forward / 1000) * rate.perSecond + 1e-6);
        const wait = limit.take("a");
        clock.sleep(wait * 1000 + 1);
        if (wait > 0) expect(limit.take("a")).toBe(0);
      }),
    );
  });

  test("remembers so many addresses and no more", () => {
    const limit = new RateLimit({ perSecond: 1, burst: 1 }, new ManualClock());
    for (let count = 0; count < 5000; count++) {
      limit.take(`10.0.${count >> 8}.${count & 255}`);
      // Whoever calls again is not forgotten.
      expect(limit.take("10.1.2.3") > 0).toBe(count > 0);
    }
    expect(limit.size).toBe(1000);
  });
});

test("whatever comes: no verdict for strangers, no word of a query in what is said", () => {
  const name = fc.constantFrom("host", "origin", "referer", "sec-fetch-site", "cookie");
  const value = fc.oneof(
    fc.constantFrom(
      "localhost",
      page,
      `${page}/?s3cr3t`,
      "https://evil.example/?s3cr3t",
      "none",
      "cross-site",
      "x?s3cr3t",
    ),
    fc.string({ unit: fc.constantFrom(..."abc:/[].,% ") }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "HEAD", "OPTIONS", "POST"),
      fc.constantFrom("127.0.0.1", "10.1.2.3", "10.2.0.1"),
      fc.dictionary(name, value),
      fc.string({ unit: "binary" }),
      (method, from, headers, tail) => {
        const judgement = judge({ method, from, headers, target: `/?s3cr3t${tail}` });
        expect(JSON.stringify(judgement)).not.toContain("s3cr3t");
        const foreign =
          from === "10.2.0.1" ||
          ("origin" in headers && headers.origin?.trim() !== page) ||
          (headers["sec-fetch-site"] === "cross-site" && !("origin" in headers || "referer" in headers));
        if (foreign) expect(judgement.verdict).toBe("refused");
      },
    ),
    { numRuns: 500 },
  );
});
