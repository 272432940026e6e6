import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyStoreEntry, salesforceKey } from "../../../../src/crm/open-cti/rest/secrets.ts";
import { readSalesforceSettings } from "../../../../src/crm/open-cti/rest/settings.ts";
import type { KeyStore } from "../../../../src/platform/password.ts";
import { Secret } from "../../../../src/platform/secret.ts";
import { failure, salesforceSettings } from "./stage.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-salesforce-"));
});

afterEach(() => rm(folder, { recursive: true }));

const read = (table: Record<string, unknown>) =>
  readSalesforceSettings(table, { label: "config.toml: adapters.open-cti.salesforce", folder });
const wrong = async (table: Record<string, unknown>) => {
  const error = await failure(read({ "client-id": "3MVG9", ...table }));
  expect(error.code).toBe("config-invalid");
  expect(error.message).toStartWith("config.toml: adapters.open-cti.salesforce: ");
  return `${error.message} / ${error.hint ?? ""}`;
};

describe("the table of Salesforce", () => {
  test("needs the app alone", async () => {
    expect(await read({ "client-id": "3MVG9.x_y" })).toEqual(
      salesforceSettings({
        clientId: "3MVG9.x_y",
        flow: "pkce",
        user: undefined,
        country: undefined,
        zone: undefined,
        port: 8114,
      }),
    );
  });

  test("holds all there is", async () => {
    const ca = join(folder, "ca.pem");
    await writeFile(ca, "-----BEGIN CERTIFICATE-----\n");
    expect(
      await read({
        login: "https://acme--uat.sandbox.my.salesforce.com/",
        "client-id": "3MVG9",
        user: "integration@example.com",
        key: "key.pem",
        version: 60,
        country: "+49",
        "last-digits": [7, 10],
        zone: "Europe/Berlin",
        "external-id": "CTI_Call__c",
        owners: { "1001": " ana@example.com " },
        "owner-field": "EmployeeNumber",
        port: 8765,
        ca: "ca.pem",
      }),
    ).toEqual({
      login: "https://acme--uat.sandbox.my.salesforce.com",
      clientId: "3MVG9",
      flow: "jwt",
      user: "integration@example.com",
      keyFile: join(folder, "key.pem"),
      version: "v60.0",
      country: "49",
      lastDigits: [10, 7],
      zone: "Europe/Berlin",
      externalId: "CTI_Call__c",
      owners: { "1001": "ana@example.com" },
      ownerField: "EmployeeNumber",
      port: 8765,
      ca: ["-----BEGIN CERTIFICATE-----\n"],
    });
  });

  test.each([
    [{ "client-id": undefined }, /"client-id" is missing.*consumer key/],
    [{ clientid: "x" }, /did you mean "client-id"/],
    [{ "client-secret": "hunter2" }, /passwords are not read.*proves itself by PKCE/],
    [{ login: "http://acme.my.salesforce.com" }, /without TLS/],
    [{ login: "https://ana:pw@acme.my.salesforce.com" }, /holds a user name or password/],
    [{ login: "https://acme.lightning.force.com" }, /https:\/\/acme\.my\.salesforce\.com/],
    [{ login: "https://acme.my.salesforce.com/services" }, /more than scheme and host/],
    [{ login: "acme" }, /no address/],
    [{ flow: "password" }, /not one of jwt, device, pkce/],
    [{ flow: "jwt" }, /"user" is missing/],
    [{ flow: "device", key: "key.pem" }, /is of no use with flow = "device"/],
    [{ version: "sixty" }, /no API version/],
    [{ version: "v30.0" }, /older than v46\.0/],
    [{ country: "Germany" }, /calling code/],
    [{ "last-digits": [3] }, /from 6 to 14/],
    [{ zone: "Berlin" }, /no time zone/],
    [{ "external-id": "CallObject" }, /end in __c/],
    [{ "external-id": "X__c/y" }, /no API name/],
    [{ "owner-field": "Name = 'x'" }, /no API name/],
    [{ owners: { 1001: 5 } }, /\(1001\)/],
    [{ port: 0 }, /1 to 65535/],
    [{ ca: "missing.pem" }, /cannot be read/],
  ])("%p is wrong", async (table, words) => {
    const said = await wrong(table);
    expect(said).toMatch(words);
    expect(said).not.toMatch(/hunter2|pw@/);
  });
});

describe("the key of JWT", () => {
  const pem = generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
  const entries = new Map<string, string>();
  const keyStore: Pick<KeyStore, "get"> = {
    get: async (name) => {
      const found = entries.get(name);
      return found === undefined ? undefined : new Secret(found);
    },
  };
  const find = (environment: Record<string, string>, keyFile?: string) =>
    salesforceKey(environment, keyStore, salesforceSettings({ keyFile }));

  beforeEach(() => entries.clear());

  test("comes from the variable, the file, the key store, in this order", async () => {
    const file = join(folder, "key.pem");
    await writeFile(file, pem, { mode: 0o600 });
    entries.set(keyStoreEntry("cti-sim"), pem);
    const oneLine = pem.replaceAll("\n", "\\n");
    expect(await find({ CTI_SALESFORCE_KEY: oneLine }, file)).toMatchObject({ from: "CTI_SALESFORCE_KEY" });
    expect(await find({}, file)).toMatchObject({ from: "file" });
    const kept = await find({});
    expect(kept?.from).toBe("key store");
    expect(kept?.pem.reveal()).toBe(pem);
    expect(Bun.inspect(kept)).not.toContain(pem.split("\n")[1] ?? "");
    expect(await salesforceKey({}, keyStore, salesforceSettings({ flow: "pkce" }))).toBeUndefined();
  });

  test("is missed with where it may be", async () => {
    expect((await failure(find({}))).hint).toMatch(/CTI_SALESFORCE_KEY.*key = /);
  });

  test("is not read where others can read it, or through a link", async () => {
    const file = join(folder, "key.pem");
    await writeFile(file, pem, { mode: 0o600 });
    await chmod(file, 0o640);
    expect((await failure(find({}, file))).hint).toContain(`chmod 600 ${file}`);
    await chmod(file, 0o600);
    const link = join(folder, "link.pem");
    await symlink(file, link);
    expect((await failure(find({}, link))).message).toMatch(/is no file/);
    expect((await failure(find({}, join(folder, "none.pem")))).message).toMatch(/cannot be read/);
  });

  test("is looked at before it is used, and not repeated", async () => {
    const error = await failure(find({ CTI_SALESFORCE_KEY: "hunter2" }));
    expect(error.code).toBe("config-invalid");
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });
});
