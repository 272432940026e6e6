import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { judgeStatus } from "../../../../src/crm/open-cti/webhooks/judge.ts";
import { laneKey, laneKeys, targetOfLane } from "../../../../src/crm/open-cti/webhooks/lane-key.ts";
import { retryAfter } from "../../../../src/crm/open-cti/webhooks/retry-after.ts";
import {
  secretTexts,
  webhookSecrets,
  webhookSecretsOf,
  webhookSecretsRecord,
} from "../../../../src/crm/open-cti/webhooks/secrets.ts";
import { readWebhooks } from "../../../../src/crm/open-cti/webhooks/settings.ts";
import { CtiError } from "../../../../src/model/errors.ts";
import type { Table } from "../../../../src/platform/config-file.ts";
import { Secret } from "../../../../src/platform/secret.ts";
import { token } from "./inbound-stage.ts";
import { newer, secret } from "./stage.ts";

const place = { label: "config.toml: adapters.open-cti.webhooks", folder: "/nonexistent" };
const read = (table: unknown, folder = place.folder) => readWebhooks(table as Table, { ...place, folder });
const failure = async (work: Promise<unknown>): Promise<CtiError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CtiError)) throw new Error("it did not fail as it should");
  return error;
};
const https = "https://crm.example.com/hooks";

describe("the table", () => {
  test("empty; a target; all there is", async () => {
    expect(await read({})).toEqual({ targets: [], inbound: undefined, allowNetworks: [] });
    expect((await read({ crm: { url: https } })).targets).toEqual([
      { name: "crm", url: https, events: ["call", "agent"], variables: false, ca: [] },
    ]);
    const folder = mkdtempSync(join(tmpdir(), "cti-webhooks-"));
    writeFileSync(join(folder, "a.pem"), "-----BEGIN CERTIFICATE-----\n");
    const all = await read(
      {
        "allow-networks": ["10.1.0.0/16"],
        a: { url: "http://10.1.2.3/x", events: "call.started", variables: true, ca: "a.pem" },
        "b-2": { url: `${https}?key=1`, events: ["agent", "call"] },
        inbound: {
          listen: "0.0.0.0:443",
          cert: "a.pem",
          key: "a.pem",
          hosts: ["CTI.example.com", "10.0.0.1"],
        },
      },
      folder,
    );
    expect(all.targets.map(({ name, events, ca }) => [name, events, ca.length])).toEqual([
      ["a", ["call.started"], 1],
      ["b-2", ["agent", "call"], 0],
    ]);
    expect(all.inbound).toMatchObject({ host: "0.0.0.0", port: 443, hosts: ["cti.example.com", "10.0.0.1"] });
    rmSync(folder, { recursive: true });
  });

  test.each([
    "http://crm.example.com/hunter2",
    "ftp://crm.example.com/hunter2",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:,x",
    "https://",
    "hunter2.example.com",
    "",
    "https://user@crm.example.com/hunter2",
    "https://user:hunter2@crm.example.com/",
    "https://:hunter2@crm.example.com/",
    "https://crm.example.com/#hunter2",
    "https://crm.example.com:99999/",
    "https://[fe80::1%25eth0]/",
    "https://exa mple.com/",
    "unix:///run/x",
  ])("no target at %j, and nothing of it is repeated", async (url) => {
    const error = await failure(read({ crm: { url } }));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain('"url"');
    const said = JSON.stringify(error.toJSON());
    expect(said).not.toContain("hunter2");
  });

  test.each([
    [{ crm: {} }, '"url" is missing'],
    [{ crm: { url: https, secret: "x" } }, "secret"],
    [{ crm: { url: https, evnts: [] } }, 'did you mean "events"'],
    [{ crm: { url: https, events: ["call.strated"] } }, 'did you mean "call.started"'],
    [{ crm: { url: https, events: ["cti.call.*"] } }, 'did you mean "call"'],
    [{ crm: { url: https, variables: "yes" } }, "true or false"],
    [{ crm: { url: https, ca: "missing.pem" } }, "cannot be read"],
    [{ Crm: { url: https } }, "name"],
    [{ "a.b": { url: https } }, "name"],
    [{ "allow-networks": ["10.0.0.0/99"] }, "no network"],
    [{ "alow-networks": [] }, 'did you mean "allow-networks"'],
    [{ inbound: true }, "must be a table"],
    [{ inbound: { listen: "0.0.0.0:8113" } }, 'needs "cert" and "key"'],
    [{ inbound: { listen: "[::]:8113" } }, 'needs "cert" and "key"'],
    [{ inbound: { listen: "[::ffff:127.0.0.1]:8113" } }, 'needs "cert" and "key"'],
    [{ inbound: { listen: "cti.example.com:8113" } }, "no IP address"],
    [{ inbound: { listen: "8113" } }, "no address with a port"],
    [{ inbound: { listen: "127.0.0.1:70000" } }, "no address with a port"],
    [{ inbound: { hosts: ["https://cti.example.com"] } }, "no name of a host"],
    [{ inbound: { hosts: ["cti.example.com:443"] } }, "no name of a host"],
    [{ inbound: { hosts: ["*"] } }, "no name of a host"],
    [{ inbound: { token: "x" } }, "token"],
  ])("%j: %s", async (table, words) => {
    const error = await failure(read(table));
    expect(error.code).toBe("config-invalid");
    expect(JSON.stringify(error.toJSON())).toContain(JSON.stringify(words).slice(1, -1));
  });

  test.each([
    ["127.0.0.1:0", "127.0.0.1", 0],
    ["localhost:8113", "127.0.0.1", 8113],
    ["[::1]:8113", "::1", 8113],
    ["127.9.9.9:1", "127.9.9.9", 1],
  ])("listens at %s without a certificate", async (listen, host, port) => {
    expect((await read({ inbound: { listen } })).inbound).toEqual({ host, port, tls: undefined, hosts: [] });
  });

  test("whatever stands there, it is read or refused as config-invalid", async () => {
    const table = fc.dictionary(
      fc.oneof(fc.constantFrom("crm", "inbound", "allow-networks"), fc.string({ maxLength: 5 })),
      fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.record(
          { url: fc.oneof(fc.webUrl(), fc.string()), events: fc.jsonValue(), listen: fc.string() },
          { requiredKeys: [] },
        ),
      ),
      { maxKeys: 3 },
    );
    await fc.assert(
      fc.asyncProperty(table, async (given) => {
        await read(given).catch((error: unknown) => {
          expect(error).toBeInstanceOf(CtiError);
          expect((error as CtiError).code).toBe("config-invalid");
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe("secrets", () => {
  const targets = [{ name: "my-crm", url: https, events: [], variables: false }];
  const inbound = { host: "127.0.0.1", port: 0, tls: undefined };
  const none = { get: async () => undefined };
  const store = (kept: Record<string, string>) => ({
    get: async (name: string) => (kept[name] === undefined ? undefined : new Secret(kept[name])),
  });

  test("from the environment, else from the key store; several while they are changed", async () => {
    const environment = { CTI_WEBHOOK_MY_CRM_SECRET: ` ${newer} ${secret}\n`, CTI_WEBHOOK_TOKEN: token };
    const kept = { "webhook target my-crm": "not asked", "webhook inbound secret": secret };
    const found = await webhookSecrets(environment, store(kept), { targets, inbound });
    expect(found).toEqual({
      targets: { "my-crm": `${newer} ${secret}` },
      inbound: { token, secret },
    });
    expect(webhookSecretsOf(webhookSecretsRecord(found))).toEqual(found);
    expect(secretTexts(found).sort()).toEqual([newer, secret, token, secret].sort());
  });

  test("no target's name can reach those of inbound commands", async () => {
    const named = ["token", "inbound-token", "secret", "inbound-secret"].map((name) => ({
      ...targets[0],
      name,
      url: https,
      events: [],
      variables: false,
    }));
    const kept = { "webhook inbound token": token, "webhook inbound secret": secret };
    const error = await failure(
      webhookSecrets({ CTI_WEBHOOK_TOKEN: token, CTI_WEBHOOK_INBOUND_SECRET: secret }, store(kept), {
        targets: named,
        inbound: undefined,
      }),
    );
    expect(error.message).toContain("is missing");
  });

  test.each([
    [{}, "is missing"],
    [{ CTI_WEBHOOK_MY_CRM_SECRET: "" }, "is missing"],
    [{ CTI_WEBHOOK_MY_CRM_SECRET: "whsec_hunter2" }, "no secret"],
    [
      { CTI_WEBHOOK_MY_CRM_SECRET: secret, CTI_WEBHOOK_INBOUND_SECRET: secret, CTI_WEBHOOK_TOKEN: "hunter2" },
      "token",
    ],
    [
      {
        CTI_WEBHOOK_MY_CRM_SECRET: secret,
        CTI_WEBHOOK_INBOUND_SECRET: secret,
        CTI_WEBHOOK_TOKEN: `${token} hunter2`,
      },
      "token",
    ],
    [
      {
        CTI_WEBHOOK_MY_CRM_SECRET: secret,
        CTI_WEBHOOK_INBOUND_SECRET: secret,
        CTI_WEBHOOK_TOKEN: `${token},hunter2`,
      },
      "token",
    ],
    [
      { CTI_WEBHOOK_MY_CRM_SECRET: secret, CTI_WEBHOOK_TOKEN: token, CTI_WEBHOOK_INBOUND_SECRET: "hunter2" },
      "no secret",
    ],
  ])(
    "%#: one that is missing or none says so, with what to do, and without itself",
    async (environment, words) => {
      const error = await failure(webhookSecrets(environment, none, { targets, inbound }));
      expect(error.code).toBe("config-invalid");
      expect(error.message).toContain(words);
      expect(error.hint).toBeString();
      expect(JSON.stringify(error.toJSON())).not.toContain("hunter2");
    },
  );
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 0, 5, 9);
  test.each([
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7000],
    ["999999999", 3_600_000],
    ["Mon, 05 Jan 2026 09:01:00 GMT", 60_000],
    ["Monday, 05-Jan-26 09:01:00 GMT", 60_000],
    ["Mon, 05 Jan 2026 08:00:00 GMT", 0],
    ["Fri, 05 Jan 2126 09:00:00 GMT", 3_600_000],
    ["", 0],
    ["-1", 0],
    ["1.5", 0],
    ["soon", 0],
    ["2026", 2_026_000],
  ])("%j", (header, wait) => {
    expect(retryAfter(header, now)).toBe(wait);
  });

  test("whatever it says, between nothing and an hour", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), (header) => {
        expect(retryAfter(header, now)).toBeWithin(0, 3_600_001);
      }),
    );
    expect(retryAfter(undefined, now)).toBe(0);
  });

  test("every status means something", () => {
    for (let status = 200; status < 600; status++) {
      const judgement = judgeStatus(status, "1", now);
      expect(judgement.verdict === "taken").toBe(status < 300);
      if (status >= 500 || status < 400) expect(judgement.verdict).toBe(status < 300 ? "taken" : "later");
    }
  });
});

describe("lanes", () => {
  test("the same agent, the same lane; all of a target's are known", () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-z0-9-]{1,10}$/), (agent, target) => {
        const key = laneKey(target, agent);
        expect(key).toBe(laneKey(target, agent));
        expect(laneKeys(target)).toContain(key);
        expect(targetOfLane(key)).toBe(target);
      }),
    );
    expect(laneKeys("crm")).toContain(laneKey("crm", undefined));
  });
});
