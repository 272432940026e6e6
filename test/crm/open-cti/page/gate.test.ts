import { describe, expect, test } from "bun:test";
import { Gate, isCentral, publicUrl, type Visit } from "../../../../src/crm/open-cti/page/gate.ts";
import { cookieHeaders, cookieValues } from "../../../../src/crm/open-cti/page/cookies.ts";

const local = new Gate({ host: "127.0.0.1", url: undefined }, 8112);
const central = new Gate({ host: "10.1.2.3", url: "https://cti.example.com/softphone" }, 8443);

function visit(path: string, headers: Record<string, string> = {}, method = "GET"): Visit {
  return { path, method, headers: new Headers({ host: "127.0.0.1:8112", ...headers }) };
}

function verdict(given: Visit, gate = local): string {
  const judgement = gate.judge(given);
  return judgement.verdict === "refused" ? String(judgement.status) : judgement.verdict;
}

const framed = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
const socket = { upgrade: "websocket", origin: "https://127.0.0.1:8112" };
const ticket = { origin: "https://127.0.0.1:8112", "content-type": "application/json" };

describe("the Host", () => {
  const table: [Gate, string, string][] = [
    [local, "127.0.0.1:8112", "page"],
    [local, "localhost:8112", "page"],
    [local, "LOCALHOST:8112", "page"],
    [local, "[::1]:8112", "page"],
    [local, "127.0.0.1", "403"],
    [local, "127.0.0.1:8113", "403"],
    [local, "rebound.example.com:8112", "403"],
    [local, "127.0.0.1.example.com:8112", "403"],
    [local, "127.0.0.1:8112, evil.example.com", "403"],
    [local, "", "403"],
    [central, "cti.example.com", "page"],
    [central, "10.1.2.3:8443", "page"],
    [central, "localhost:8443", "403"],
    [central, "evil.example.com", "403"],
  ];
  for (const [gate, host, expected] of table)
    test(`${host} → ${expected}`, () => expect(verdict(visit("/softphone", { host }), gate)).toBe(expected));
});

describe("who asks", () => {
  const table: [string, Visit, string][] = [
    ["Salesforce's frame", visit("/softphone", framed), "page"],
    ["a link", visit("/softphone", { ...framed, "sec-fetch-dest": "document" }), "page"],
    ["the address bar", visit("/softphone", { "sec-fetch-site": "none" }), "page"],
    ["another page's script", visit("/softphone", { ...framed, "sec-fetch-mode": "cors" }), "403"],
    ["another page's <img>", visit("/softphone", { ...framed, "sec-fetch-dest": "image" }), "403"],
    ["another page's <object>", visit("/softphone", { ...framed, "sec-fetch-dest": "object" }), "403"],
    ["a form of another page", visit("/softphone", { origin: "https://evil.example.com" }, "POST"), "403"],
    [
      "the page's own script tag",
      visit("/softphone/assets/a.js", { "sec-fetch-site": "same-origin" }),
      "asset",
    ],
    ["another page's script tag", visit("/softphone/assets/a.js", { "sec-fetch-site": "cross-site" }), "403"],
    ["a page of the same site", visit("/softphone/assets/a.js", { "sec-fetch-site": "same-site" }), "403"],
    ["the page's socket", visit("/softphone/socket", socket), "socket"],
    ["a socket without Origin", visit("/softphone/socket", { upgrade: "websocket" }), "403"],
    ["a socket of a sandbox", visit("/softphone/socket", { ...socket, origin: "null" }), "403"],
    [
      "Salesforce's socket",
      visit("/softphone/socket", { ...socket, origin: "https://acme.lightning.force.com" }),
      "403",
    ],
    [
      "a socket of our http",
      visit("/softphone/socket", { ...socket, origin: "http://127.0.0.1:8112" }),
      "403",
    ],
    [
      "a socket of another port",
      visit("/softphone/socket", { ...socket, origin: "https://127.0.0.1:8113" }),
      "403",
    ],
    [
      "a socket of another name of ours",
      visit("/softphone/socket", { ...socket, origin: "https://localhost:8112" }),
      "403",
    ],
    ["no socket at all", visit("/softphone/socket", { origin: socket.origin }), "405"],
    ["the page's ticket", visit("/softphone/session", ticket, "POST"), "session"],
    [
      "a ticket from nowhere",
      visit("/softphone/session", { "content-type": "application/json" }, "POST"),
      "403",
    ],
    [
      "a ticket as a form",
      visit("/softphone/session", { ...ticket, "content-type": "text/plain" }, "POST"),
      "415",
    ],
    ["a ticket that is read", visit("/softphone/session", ticket), "405"],
    ["health", visit("/softphone/health"), "health"],
    ["a path of nobody's", visit("/"), "404"],
    ["a path that only begins alike", visit("/softphoned"), "404"],
    ["a write", visit("/softphone/assets/a.js", {}, "PUT"), "405"],
  ];
  for (const [who, given, expected] of table)
    test(`${who} → ${expected}`, () => expect(verdict(given)).toBe(expected));

  test("behind a proxy that calls us by our address, the public origin is the page's own", () => {
    const headers = { host: "10.1.2.3:8443", upgrade: "websocket", origin: "https://cti.example.com" };
    expect(verdict(visit("/softphone/socket", headers), central)).toBe("socket");
  });
});

test("whether others than this computer reach it, and where", () => {
  expect(isCentral({ host: "127.0.0.1", url: undefined })).toBe(false);
  expect(isCentral({ host: "127.0.0.1", url: "https://localhost:8112/softphone" })).toBe(false);
  expect(isCentral({ host: "127.0.0.1", url: "https://cti.example.com/softphone" })).toBe(true);
  expect(isCentral({ host: "10.1.2.3", url: undefined })).toBe(true);
  expect(publicUrl({ host: "::1", url: undefined }, 8112)).toBe("https://[::1]:8112/softphone");
});

test("cookies of two connectors on one host do not meet", () => {
  const value = "A".repeat(43);
  const [plain = "", framedOnly = ""] = cookieHeaders(8112, value, 60);
  for (const cookie of [plain, framedOnly])
    expect(cookie).toMatch(
      /^__Host-[\w-]+=A+; Max-Age=60; Path=\/; Secure; HttpOnly; SameSite=None(; Partitioned)?$/,
    );
  expect(framedOnly).toEndWith("; Partitioned");
  const header = `x=1; ${[plain, framedOnly].map((cookie) => cookie.split(";")[0]).join("; ")}`;
  expect(cookieValues(8112, header)).toEqual([value]);
  expect(cookieValues(8113, header)).toEqual([]);
  expect(cookieValues(8112, null)).toEqual([]);
});
