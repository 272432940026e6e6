import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { ebs } from "../../../src/commands/help-crm.ts";
import { readEbsSettings } from "../../../src/crm/ebs/settings.ts";
import { CtiError } from "../../../src/model/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "cti-ebs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "cert.pem"), "-----BEGIN CERTIFICATE-----\n");
writeFileSync(join(folder, "key.pem"), "-----BEGIN PRIVATE KEY-----\n");
writeFileSync(join(folder, "text.txt"), "hello");

const read = (toml: string) => readEbsSettings(parse(toml), { label: "config.toml: ebs", folder });
const tls = 'cert = "cert.pem"\nkey = "key.pem"\n';

test("what nobody says", async () => {
  expect(await read("")).toEqual({
    listen: { host: "127.0.0.1", port: 3107 },
    tls: undefined,
    hosts: [],
    allow: [],
    origins: [],
    eventHosts: [],
    loginTimeout: 8000,
    staleAfter: 300_000,
    unattendedAfter: 60,
    keepRecords: 86_400_000,
    dnis: "extension",
    direct: false,
    data: [],
    fixed: [],
    misspeltCampaign: true,
    rate: { perSecond: 20, burst: 100 },
  });
});

describe("cti help ebs", () => {
  const [first = "", data = "", central = ""] = ebs
    .split(/^At EBS$|^One cti serve/m)
    .flatMap((part) => part.split(/^What a screen pop/m))
    .filter((part) => / = /.test(part))
    .map((part) =>
      part
        .split("\n")
        .filter((line) => /^ {2}(\[|[\w."-]+ = )/.test(line))
        .map((line) => line.replace("profiles.default.adapters.ebs.", "").replace(/\[profiles.*\]/, ""))
        .join("\n"),
    );

  test("shows the defaults as they are", async () => {
    expect(Object.keys(parse(first)).length).toBeGreaterThan(6);
    expect(await read(first)).toEqual(await read(""));
  });

  test("shows tables that can be pasted", async () => {
    expect(await read(data)).toMatchObject({
      data: [
        { variable: "callVariable1", keys: ["CustomerNum"] },
        { variable: "user.account", keys: ["AccountNum", "siteKey"] },
      ],
      fixed: [{ key: "occtClassification", value: "SR", when: "ServiceRequestNum" }],
    });
    const site = central.replace("site.pem", "cert.pem").replace("site-key.pem", "key.pem");
    expect(await read(site)).toMatchObject({
      listen: { host: "0.0.0.0", port: 3107 },
      hosts: ["softphone.example.com"],
      allow: ["10.1.0.0/16"],
      eventHosts: ["10.2.0.7"],
      origins: ["https://ebs.example.com"],
      rate: { perSecond: 20, burst: 100 },
    });
  });
});

test("what can be said", async () => {
  const settings = await read(`
    listen = "10.9.0.1:0"
    ${tls}
    hosts = "Softphone.example.com"
    allow = ["10.1.0.0/16", "::1"]
    origins = ["https://EBS.example.com:443/", "http://ebs2:8000"]
    event-hosts = "10.2.0.7"
    login-timeout = 5
    stale-after = "10m"
    unattended-after = "2m"
    keep-records = "1h"
    dnis = "dialed-number"
    direct = true
    misspelt-campaign = false
    rate = { per-second = 3, burst = 7 }
    [data]
    callVariable10 = "CustomerNum"
    callVariable2 = ["ServiceRequestNum", "siteKey"]
    user.account.number = "AccountNum"
    "user.Other" = "language"
    [fixed]
    occtClassification = { value = "SR", when = "ServiceRequestNum" }
    occtScreenPopAction = "InquireSR"
  `);
  expect(settings).toEqual({
    listen: { host: "10.9.0.1", port: 0 },
    tls: { cert: "-----BEGIN CERTIFICATE-----\n", key: "-----BEGIN PRIVATE KEY-----\n" },
    hosts: ["softphone.example.com"],
    allow: ["10.1.0.0/16", "::1"],
    origins: ["https://ebs.example.com", "http://ebs2:8000"],
    eventHosts: ["10.2.0.7"],
    loginTimeout: 5000,
    staleAfter: 600_000,
    unattendedAfter: 120,
    keepRecords: 3_600_000,
    dnis: "dialed-number",
    direct: true,
    misspeltCampaign: false,
    rate: { perSecond: 3, burst: 7 },
    data: [
      { variable: "callVariable10", keys: ["CustomerNum"] },
      { variable: "callVariable2", keys: ["ServiceRequestNum", "siteKey"] },
      { variable: "user.account.number", keys: ["AccountNum"] },
      { variable: "user.Other", keys: ["language"] },
    ],
    fixed: [
      { key: "occtClassification", value: "SR", when: "ServiceRequestNum" },
      { key: "occtScreenPopAction", value: "InquireSR", when: undefined },
    ],
  });
});

test.each([
  ["localhost:3108", { host: "127.0.0.1", port: 3108 }],
  ["[::1]:0", { host: "::1", port: 0 }],
  ["[0:0:0:0:0:0:0:1]:1", { host: "::1", port: 1 }],
  ["127.0.0.2:65535", { host: "127.0.0.2", port: 65_535 }],
])("listen = %p is this computer alone and needs nothing more", async (listen, expected) => {
  expect((await read(`listen = "${listen}"`)).listen).toEqual(expected);
});

test("a rate alone", async () => {
  expect((await read("rate = 2")).rate).toEqual({ perSecond: 2, burst: 10 });
  expect((await read("rate.burst = 3")).rate).toEqual({ perSecond: 20, burst: 3 });
});

test.each([
  ["3d", 3 * 86_400_000],
  ["72h", 3 * 86_400_000],
  ["90m", 5_400_000],
])("records are kept for %s", async (given, expected) => {
  expect((await read(`keep-records = "${given}"`)).keepRecords).toBe(expected);
});

describe("what is wrong is said, with its place and a way out:", () => {
  test.each([
    ['lisen = "x"', /there is no setting "lisen" .*did you mean "listen"/],
    ['event_hosts = "x"', /did you mean "event-hosts"/],
    ["colour = 1", /it may be one of: listen, cert/],
    ['password = "s3cr3t"', /passwords are not read .*EBS sends each agent's password in its Login/],
    ['agent-password = "s3cr3t"', /passwords are not read/],
    ["listen = 3107", /"listen" must be text in quotes/],
    ['listen = "3107"', /"listen" "3107" is no address with a port .*write listen = "127\.0\.0\.1:3107"/],
    ['listen = "::1:3107"', /is no address with a port/],
    ['listen = "127.0.0.1:65536"', /is no address with a port/],
    ['listen = "pc.example.com:3107"', /holds no IP address/],
    ['listen = "[127.0.0.1]:3107"', /holds no IP address/],
    [
      'listen = "0.0.0.0:3107"',
      /"listen" needs "cert" and "key": 0\.0\.0\.0 can be reached from other computers/,
    ],
    ['listen = "[::]:3107"\nallow = "10.0.0.0\/8"', /needs "cert" and "key"/],
    [`listen = "10.1.2.3:3107"\n${tls}`, /needs "allow": .*allow = \["10\.1\.0\.0\/16"\]/],
    ['cert = "cert.pem"', /"cert" needs "key" beside it/],
    ['key = "key.pem"', /"key" needs "cert" beside it/],
    ['cert = "none.pem"', /"cert" cannot be read: .*none\.pem/],
    ['cert = "text.txt"', /"cert" names a file that is not PEM/],
    ['hosts = "https://x"', /"hosts" "https:\/\/x" is no name of a host/],
    ['hosts = "x:3107"', /without scheme and port/],
    ['allow = "10.0.0.0\/33"', /"allow" "10\.0\.0\.0\/33" has no right number of bits/],
    ['allow = ["ebs.example.com"]', /holds no IP address/],
    ["allow = [1]", /must be a text or a list of texts/],
    ['event-hosts = [""]', /"event-hosts" must be a text or a list/],
    ['origins = "ebs.example.com"', /"origins" "ebs.example.com" is no origin/],
    ['origins = "*"', /is no origin/],
    ['origins = "null"', /is no origin/],
    ['origins = "https:\/\/ebs.example.com\/OA_HTML"', /"origins" holds more than origins/],
    ['origins = "https:\/\/u:s3cr3t@ebs.example.com"', /"origins" holds more than origins/],
    ["login-timeout = 0", /"login-timeout" "0" is not a time/],
    ['login-timeout = "3m"', /"login-timeout" is more than 2 minutes/],
    ['keep-records = "31d"', /"keep-records" is no time from a moment to 30 days .*"3d"/],
    ['keep-records = "0d"', /"keep-records" is no time/],
    ["stale-after = true", /must be a number of seconds/],
    ['dnis = "dialled-number"', /"dnis" .*did you mean "dialed-number"/],
    ['direct = "yes"', /"direct" must be true or false/],
    ['data = "x"', /"data" must be a table/],
    ['data.callvariable1 = "CustomerNum"', /"data" "callvariable1" is no call variable/],
    ['data.callVariable11 = "CustomerNum"', /callVariable1 to callVariable10/],
    ["data.callVariable1 = 1", /"data" \(callVariable1\) must be a text or a list/],
    ['data.callVariable1 = "Customer Num"', /\(callVariable1\) "Customer Num" is no name of a data key/],
    [
      'data.callVariable1 = "customernum"',
      /"customernum" is not how EBS spells it .*did you mean "CustomerNum"/,
    ],
    ['data.callVariable1 = "occtDNIS"', /occtDNIS is filled in by cti .*"dnis"/],
    ['fixed.OCCTani = "1"', /"fixed" occtANI is filled in by cti/],
    ["fixed = []", /"fixed" must be a table/],
    ["fixed.occtClassification = {}", /\(occtClassification.value\) must be text/],
    [
      'fixed.occtClassification = { value = "SR", wen = "x" }',
      /\(occtClassification\) has no "wen" .*"when"/,
    ],
    ['fixed.occtClassification = { value = "SR", when = 1 }', /\(occtClassification.when\) must be text/],
    ["rate = 0", /"rate" must be a number from 1/],
    ['rate = "20"', /"rate" must be a number from 1/],
    ["rate = { persecond = 1 }", /"rate" has no "persecond" .*"per-second"/],
    ["rate = { burst = 0.5 }", /"rate" \(burst\) must be a number/],
  ])("%s", async (toml, words) => {
    const error = await read(toml).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof CtiError)) throw new Error("no CtiError");
    expect(error.code).toBe("config-invalid");
    expect(error.message).toStartWith("config.toml: ebs: ");
    expect(`${error.message} ${error.hint}`).toMatch(words);
    expect(JSON.stringify(error)).not.toContain("s3cr3t");
  });
});
