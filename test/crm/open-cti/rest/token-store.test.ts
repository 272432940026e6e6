import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audience, instanceOrigin, lightningOrigin } from "../../../../src/crm/open-cti/rest/hosts.ts";
import type { Token } from "../../../../src/crm/open-cti/rest/oauth/token.ts";
import { tokenStore } from "../../../../src/crm/open-cti/rest/oauth/token-store.ts";
import type { KeyStore } from "../../../../src/platform/password.ts";
import { Secret } from "../../../../src/platform/secret.ts";
import { failure, salesforceSettings } from "./stage.ts";

let folder: string;
let entries: Map<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-tokens-"));
  entries = new Map();
});

afterEach(() => rm(folder, { recursive: true }));

const working: KeyStore = {
  get: async (name) => {
    const found = entries.get(name);
    return found === undefined ? undefined : new Secret(found);
  },
  set: async (name, secret) => void entries.set(name, secret.reveal()),
  remove: async (name) => void entries.delete(name),
};
const none: KeyStore = {
  get: async () => undefined,
  set: () => Promise.reject(new Error("no keyring here")),
  remove: () => Promise.reject(new Error("no keyring here")),
};
/** As a locked keyring: says yes and keeps nothing. */
const forgetful: KeyStore = { ...none, set: async () => {} };

const storeWith = (keyStore: KeyStore, profile = "default", clientId = "cti-sim") =>
  tokenStore({
    environment: { XDG_STATE_HOME: folder },
    profile,
    settings: salesforceSettings({ clientId }),
    keyStore,
  });
const tokenOf = (name: string, issuedAt = 1): Token => ({
  access: new Secret(`access-${name}`),
  refresh: new Secret(`refresh-${name}`),
  instance: "https://acme.my.salesforce.com",
  user: "005000000000001AAA",
  org: "00D000000000001EAA",
  issuedAt,
});
const nameOf = (token: Token | undefined) => token?.refresh?.reveal().replace("refresh-", "");
const only = async (): Promise<string> => {
  const [file = "", ...more] = await readdir(join(folder, "cti", "default"));
  expect(more).toEqual([]);
  return join(folder, "cti", "default", file);
};

describe("a sign-in is kept", () => {
  test("in the key store, where there is one", async () => {
    const store = storeWith(working);
    expect(await store.load()).toBeUndefined();
    expect(await store.save(tokenOf("a"))).toBe("key store");
    const found = await store.load();
    expect([nameOf(found?.token), found?.where, found?.token.instance]).toEqual([
      "a",
      "key store",
      "https://acme.my.salesforce.com",
    ]);
    await store.remove();
    expect(await store.load()).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["without one", none],
    ["with one that keeps nothing", forgetful],
  ])("in a file of the owner's alone %s", async (_name, keyStore) => {
    const store = storeWith(keyStore);
    expect(await store.save(tokenOf("a"))).toBe("file");
    expect((await stat(await only())).mode & 0o777).toBe(0o600);
    expect(await store.save(tokenOf("b", 2))).toBe("file");
    expect(nameOf((await store.load())?.token)).toBe("b");
    await store.remove();
    expect(await store.load()).toBeUndefined();
  });

  test("and the newer counts, where the key store was closed for a time", async () => {
    await storeWith(working).save(tokenOf("old", 1));
    await storeWith(none).save(tokenOf("new", 2));
    expect(nameOf((await storeWith(working).load())?.token)).toBe("new");
    await storeWith(working).save(tokenOf("newest", 3));
    expect(await readdir(join(folder, "cti", "default"))).toEqual([]);
  });

  test("apart for profiles and apps", async () => {
    for (const keyStore of [working, none]) {
      await storeWith(keyStore).save(tokenOf("a"));
      expect(await storeWith(keyStore, "other").load()).toBeUndefined();
      expect(await storeWith(keyStore, "default", "another").load()).toBeUndefined();
    }
  });
});

describe("a kept sign-in is looked at before it is believed", () => {
  test("a file that others can read is refused", async () => {
    const store = storeWith(none);
    await store.save(tokenOf("a"));
    await chmod(await only(), 0o644);
    const error = await failure(store.load());
    expect(error.code).toBe("config-invalid");
    expect(JSON.stringify(error)).not.toContain("refresh-a");
  });

  test("one that leads to another host, or is none, counts as none", async () => {
    const store = storeWith(none);
    await store.save(tokenOf("a"));
    const path = await only();
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("acme.my.salesforce.com", "acme.example.com"));
    expect(await store.load()).toBeUndefined();
    await writeFile(path, "{");
    expect(await store.load()).toBeUndefined();
  });
});

describe("hosts", () => {
  test.each([
    ["https://acme.my.salesforce.com", "https://acme.my.salesforce.com"],
    ["https://acme.my.salesforce.com/x?y", "https://acme.my.salesforce.com"],
    ["http://127.0.0.1:8443", "http://127.0.0.1:8443"],
  ])("a token may go to %p", (given, origin) => {
    const login = given.startsWith("http:") ? given : "https://login.salesforce.com";
    expect(instanceOrigin(given, login)).toBe(origin);
  });

  test.each([
    undefined,
    "",
    "https://evil.example.com",
    "https://salesforce.com.evil.example.com",
    "https://evilsalesforce.com",
    "http://acme.my.salesforce.com",
    "https://acme.my.salesforce.com:8443",
    "https://user@acme.my.salesforce.com",
    "https://acme.my.site.com",
  ])("but not to %p", (given) => {
    expect(() => instanceOrigin(given, "https://login.salesforce.com")).toThrow(/no token is sent to/);
  });

  test.each([
    ["https://login.salesforce.com", "https://login.salesforce.com"],
    ["https://acme.my.salesforce.com", "https://login.salesforce.com"],
    ["https://test.salesforce.com", "https://test.salesforce.com"],
    ["https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"],
    ["https://localhost:8443", "https://localhost:8443"],
  ])("a JWT for %p is for %p", (login, aud) => expect(audience(login)).toBe(aud));

  test("people see an org at Lightning", () => {
    expect(lightningOrigin("https://acme.my.salesforce.com")).toBe("https://acme.lightning.force.com");
    expect(lightningOrigin("https://acme--uat.sandbox.my.salesforce.com")).toBe(
      "https://acme--uat.sandbox.lightning.force.com",
    );
    expect(lightningOrigin("https://na1.salesforce.com")).toBe("https://na1.salesforce.com");
  });
});
