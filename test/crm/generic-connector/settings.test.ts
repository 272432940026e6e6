import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gcSecrets, secretsOf, secretsRecord } from "../../../src/crm/generic-connector/secrets.ts";
import { plainHosts, readGcSettings } from "../../../src/crm/generic-connector/settings.ts";
import { CtiError } from "../../../src/model/errors.ts";
import type { Table } from "../../../src/platform/config-file.ts";
import { Secret } from "../../../src/platform/secret.ts";

const folder = mkdtempSync(join(tmpdir(), "cti-gc-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----\n");
writeFileSync(join(folder, "text.txt"), "hello");

const broker = "failover:(tcp://127.0.0.1:61616,ssl://b.example.com:61617)?randomize=false";
const read = (table: Table) => readGcSettings(table, { label: "config.toml: generic-connector", folder });

async function problem(work: Promise<unknown>): Promise<CtiError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CtiError)) throw new Error("no CtiError");
  expect(error.code).toBe("config-invalid");
  return error;
}

test("what nobody says", async () => {
  const settings = await read({ broker });
  expect(settings).toMatchObject({
    broker,
    username: undefined,
    tls: { ca: [], cert: undefined, key: undefined, insecure: false },
    queue: "Connector1",
    role: "active",
    home: [],
    flavour: "text",
    staleAfter: 10_000,
    heartbeat: 15_000,
    unattendedAfter: 60,
    securePassword: undefined,
  });
  expect(settings.name).toMatch(/^[A-Za-z0-9._-]+$/);
});

test("what can be said", async () => {
  const settings = await read({
    broker,
    username: "gc",
    ca: "ca.pem",
    cert: "ca.pem",
    key: "ca.pem",
    queue: "Connector2",
    name: "east",
    role: "shared",
    home: "1/2",
    flavour: "json",
    "stale-after": "30s",
    heartbeat: 5,
    "unattended-after": "2m",
    "secure-password": { applies: "login", iv: "fixed:0011223344556677", text: "utf16le", encoding: "hex" },
  });
  expect(settings).toMatchObject({
    username: "gc",
    tls: { ca: ["-----BEGIN CERTIFICATE-----\n"] },
    queue: "Connector2",
    name: "east",
    role: "shared",
    home: ["1/2"],
    flavour: "json",
    staleAfter: 30_000,
    heartbeat: 5000,
    unattendedAfter: 120,
    securePassword: {
      applies: ["login"],
      cipher: "des-ede3-cbc",
      iv: { fixed: "0011223344556677" },
      padding: "pkcs7",
      text: "utf16le",
      encoding: "hex",
    },
  });
  expect(await read({ broker, "secure-password": true })).toMatchObject({
    securePassword: { applies: ["connect", "login"], iv: "random" },
  });
});

describe("what is wrong names key and form", () => {
  test.each([
    [{}, /"broker" is missing/, "failover"],
    [{ broker: 1 }, /"broker" must be text/, ""],
    [{ broker: "http://x" }, /"broker" is no address of a broker/, "tcp://HOST:61616"],
    [{ broker, brokr: 1 }, /there is no setting "brokr"/, '"broker"'],
    [{ broker, stale_after: 1 }, /no setting "stale_after"/, '"stale-after"'],
    [{ broker, role: "activ" }, /"role" "activ" is not one of/, '"active"'],
    [{ broker, role: "shared" }, /"home" is missing/, "1/2"],
    [{ broker, home: "1/2" }, /"home" goes with role/, ""],
    [{ broker, role: "shared", home: "3/2" }, /"home" is not right/, ""],
    [{ broker, heartbeat: "soon" }, /"heartbeat" "soon" is not a time/, "10s"],
    [{ broker, insecure: "yes" }, /"insecure" must be true or false/, ""],
    [{ broker, queue: "a,b" }, /"queue" "a,b" is no name/, ""],
    [{ broker, name: "a b" }, /"name" "a b" is no name/, ""],
    [{ broker, flavour: "xml" }, /"flavour"/, ""],
    [{ broker, ca: "missing.pem" }, /"ca" cannot be read/, ""],
    [{ broker, ca: "text.txt" }, /"ca" names a file that is not PEM/, ""],
    [{ broker, cert: "ca.pem" }, /"cert" needs "key"/, ""],
    [{ broker, "secure-password": "yes" }, /"secure-password" must be true, or a table/, ""],
    [{ broker, "secure-password": { ivv: 1 } }, /"secure-password" knows no "ivv"/, '"iv"'],
    [{ broker, "secure-password": { iv: "fixed:1" } }, /wants another "iv"/, "16 hex"],
    [{ broker, "secure-password": { padding: "pkcs5" } }, /wants another "padding"/, "pkcs7"],
    [{ broker, "secure-password": { applies: ["hello"] } }, /applies to "connect" or "login"/, ""],
  ] as [Table, RegExp, string][])("%j", async (table, message, hint) => {
    const error = await problem(read(table));
    expect(error.message).toMatch(message);
    expect(error.message).toStartWith("config.toml: generic-connector");
    expect(error.hint ?? "").toContain(hint);
  });
});

test.each([
  [{ broker, password: "s3cret-pw" }],
  [{ broker, "broker-password": "s3cret-pw" }],
  [{ broker: "tcp://gc:s3cret-pw@host:61616" }],
  [{ broker: "failover:(tcp://gc:s3cret-pw@host:61616)" }],
  [{ broker: "tcp://host:61616?jms.password=s3cret-pw" }],
  [{ broker: "failover:(tcp://host:61616)?jms.userName=gc&jms.password=s3cret-pw" }],
  [{ broker, "secure-password": { key: "s3cret-pw" } }],
] as [Table][])("no secret is read from the file, and none is repeated: %#", async (table) => {
  const error = await problem(read(table));
  expect(JSON.stringify(error)).not.toContain("s3cret");
  expect(error.hint).toContain("CTI_GC_");
});

test("plain TCP that leaves the machine", () => {
  expect(plainHosts(broker)).toEqual([]);
  expect(plainHosts("failover:(tcp://10.0.0.1,ssl://b,tcp://localhost:61616,tcp://[::1]:61616)")).toEqual([
    "10.0.0.1:61616",
  ]);
});

describe("secrets", () => {
  const key = "0123456789abcdeffedcba98765432101122334455667788";
  const empty = { get: () => Promise.resolve(undefined) };

  test("come from the environment, else from the key store", async () => {
    const store = { get: (name: string) => Promise.resolve(new Secret(name.includes("key") ? key : "kept")) };
    expect(await gcSecrets({ CTI_GC_BROKER_PASSWORD: "told" }, store)).toEqual({
      brokerPassword: "told",
      passwordKey: key,
    });
    expect(await gcSecrets({}, empty)).toEqual({ brokerPassword: undefined, passwordKey: undefined });
  });

  test("go through a pipe by name", () => {
    const secrets = { brokerPassword: "a", passwordKey: undefined };
    expect(secretsRecord(secrets)).toEqual({ brokerPassword: "a" });
    expect(secretsOf(secretsRecord(secrets))).toEqual(secrets);
  });

  test("a key that is none is refused, and not repeated", async () => {
    const error = await problem(gcSecrets({ CTI_GC_PASSWORD_KEY: "abcdef" }, empty));
    expect(error.message).toContain("16 or 24 bytes");
    expect(JSON.stringify(error)).not.toContain("abcdef");
  });

  test("encrypted passwords need one", async () => {
    const settings = await read({ broker, "secure-password": true });
    expect((await problem(gcSecrets({}, empty, settings))).hint).toContain("CTI_GC_PASSWORD_KEY");
  });
});
