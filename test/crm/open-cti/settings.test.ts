import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOpenCtiSettings } from "../../../src/crm/open-cti/settings.ts";
import { trustReport } from "../../../src/crm/open-cti/trust.ts";
import { CtiError } from "../../../src/model/errors.ts";
import type { Table } from "../../../src/platform/config-file.ts";

const folder = mkdtempSync(join(tmpdir(), "cti-open-cti-"));
writeFileSync(join(folder, "site.pem"), "-----BEGIN CERTIFICATE-----\n");
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const place = { label: "config.toml: adapters.open-cti", folder };
const home = { profile: "default", environment: { HOME: folder } };
const salesforce = { "client-id": "3MVG9abc" };
const script = "https://acme.my.salesforce.com/support/api/62.0/lightning/opencti_min.js";
const read = (table: Table) => readOpenCtiSettings(table, place, home);

async function problem(table: Table): Promise<string> {
  const error = await read(table).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CtiError)) throw new Error("it was taken");
  expect(error.code).toBe("config-invalid");
  return `${error.message} | ${error.hint}`;
}

describe("the table of the Salesforce adapter", () => {
  test("empty it is a page beside one agent, paired by a token", async () => {
    expect(await read({})).toMatchObject({
      page: { host: "127.0.0.1", port: 8112, signIn: "pairing", script: undefined, tls: undefined },
      popAt: "ring",
      logAt: "end",
      logMissed: false,
      open: undefined,
      salesforce: undefined,
      keepRecords: 86_400_000,
    });
  });

  test("with an address of the site's it is for many, who sign in in the page", async () => {
    const settings = await read({
      listen: "0.0.0.0:443",
      cert: "site.pem",
      key: "site.pem",
      url: "https://cti.example.com/",
      script: "https://acme.my.salesforce.com/support/api/62.0/lightning/opencti_min.js",
    });
    expect(settings.page).toMatchObject({
      host: "0.0.0.0",
      signIn: "page",
      url: "https://cti.example.com/softphone",
    });
    expect(trustReport(settings)).toMatchObject({ mode: "central", certificate: { kind: "site" } });
  });

  test("where REST or webhooks do the work there is a page only when one is asked for", async () => {
    const webhooks = { crm: { url: "https://crm.example.com/cti" } };
    expect((await read({ webhooks })).page).toBeUndefined();
    expect((await read({ salesforce })).page).toBeUndefined();
    expect((await read({ salesforce, listen: "127.0.0.1:0" })).page).toBeDefined();
    expect((await read({ salesforce, page: true })).page).toBeDefined();
    expect((await read({ page: false })).page).toBeUndefined();
    expect(trustReport(await read({ page: false })).mode).toBe("none");
  });

  test.each<[Table, string]>([
    [{ listen: "0.0.0.0:8112" }, '"listen" needs "cert" and "key"'],
    [{ cert: "site.pem" }, '"cert" needs "key" beside it'],
    [{ listen: "0.0.0.0:8112", cert: "site.pem", key: "site.pem" }, '"listen" needs "url" beside it'],
    [{ url: "http://cti.example.com" }, '"url" is no https address'],
    [{ url: "https://cti.example.com/phone" }, "has a path of its own: /phone"],
    [{ script: "https://acme.my.salesforce.com/other.js" }, "is not the address of opencti_min.js"],
    [{ "pop-at": "rings" }, "did you mean"],
    [{ "frame-ancestors": ["*"] }, '"*" is no https origin'],
    [{ popat: "ring" }, 'did you mean "pop-at"'],
    [{ secret: "x" }, "passwords are not read from the configuration file"],
    [{ salesforce: "yes" }, '"salesforce" must be a table'],
    [{ "keep-records": "40d" }, "no time from a moment to 30 days"],
    [{ open: true }, '"open" needs [config.toml: adapters.open-cti.salesforce]'],
    [
      { open: true, salesforce, listen: "10.1.2.3:443", cert: "site.pem", key: "site.pem" },
      '"open" opens records on this computer',
    ],
    [{ open: [], salesforce }, '"open" names no program'],
    [
      { webhooks: { inbound: { listen: "127.0.0.1:8112" } }, listen: "127.0.0.1:8112" },
      '"listen" is also where webhooks\' commands come in',
    ],
    [{ script, "frame-ancestors": [] }, '"frame-ancestors" names nobody'],
  ])("%p is refused: %s", async (table, words) => {
    expect(await problem(table)).toContain(words);
  });
});
