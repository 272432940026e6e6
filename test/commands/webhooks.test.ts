import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Webhook } from "standardwebhooks";
import { makeSecret, newSigningSecret, newToken } from "../../src/commands/webhooks-secret.ts";
import { madeText, receivedText } from "../../src/commands/webhooks-text.ts";
import { pingError } from "../../src/commands/webhooks.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { KeyStore } from "../../src/platform/password.ts";
import type { Secret } from "../../src/platform/secret.ts";
import { plain } from "../../src/platform/terminal.ts";
import { fakeControl, run } from "./harness.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const secret = newSigningSecret();

/** A configuration of its own; `more` is its webhooks' tables. */
function configured(more: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "cti-webhooks-"));
  ends.push(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "cti"));
  const tables = more.replaceAll("[.", "[profiles.default.adapters.open-cti.webhooks.");
  writeFileSync(
    join(folder, "cti/config.toml"),
    `[profiles.default.adapters.open-cti.webhooks]\nallow-networks = ["127.0.0.1"]\n${tables}`,
  );
  return { XDG_CONFIG_HOME: folder, CTI_WEBHOOK_CRM_SECRET: secret };
}

function receiver(status: number): {
  url: string;
  heard: { headers: Record<string, string>; body: string }[];
} {
  const heard: { headers: Record<string, string>; body: string }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      heard.push({ headers: Object.fromEntries(request.headers.entries()), body: await request.text() });
      return new Response(null, { status });
    },
  });
  ends.push(() => server.stop(true));
  return { url: server.url.href, heard };
}

const cti = (args: string[], env: Record<string, string> = {}) =>
  run(["webhooks", ...args], fakeControl(), { env });

describe("cti webhooks", () => {
  const tables = `[.crm]\nurl = "https://crm.example.com/very/secret?key=hunter2"\nvariables = true\n[.dev]\nurl = "http://127.0.0.1:8114/"\nevents = ["call.started"]\n[.inbound]\nhosts = ["cti.example.com"]\n`;

  test("says who is told, of what, and where secrets come from; nothing of an address but the host, no secret", async () => {
    for (const args of [[], ["list"], ["--json"], ["list", "--json"]]) {
      const ran = await cti(args, configured(tables));
      expect(ran.exitCode).toBe(0);
      for (const word of [
        "crm.example.com",
        "127.0.0.1:8114",
        "call.started",
        "CTI_WEBHOOK_CRM_SECRET",
        "missing",
        "127.0.0.1:8113",
        "cti.example.com",
      ])
        expect(ran.stdout).toContain(word);
      for (const word of ["very", "hunter2", secret]) expect(ran.stdout).not.toContain(word);
    }
  });

  test("the fields of --json are a contract", async () => {
    const { stdout } = await cti(["--json"], configured(tables));
    const shown = JSON.parse(stdout) as { targets: object[]; inbound: object };
    expect(Object.keys(shown)).toEqual(["profile", "targets", "inbound", "allowNetworks"]);
    expect(shown.targets[0]).toEqual({
      name: "crm",
      host: "crm.example.com",
      tls: true,
      events: ["call", "agent"],
      variables: true,
      secret: {
        from: "variable",
        variable: "CTI_WEBHOOK_CRM_SECRET",
        stored: "webhook target crm",
        count: 1,
      },
    });
    expect(Object.keys(shown.inbound)).toEqual(["listen", "tls", "hosts", "token", "secret"]);
  });

  test("none, and a table that is wrong", async () => {
    expect((await cti([])).stdout).toContain("cti help webhooks");
    const wrong = await cti([], configured('[.crm]\nurl = "https://user:hunter2@crm.example.com"'));
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).not.toContain("hunter2");
  });
});

describe("cti webhooks test", () => {
  test("posts one event that the public library believes", async () => {
    const { url, heard } = receiver(202);
    const ran = await cti(["test", "crm"], configured(`[.crm]\nurl = "${url}"`));
    expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toMatch(
      /^✓ crm: the receiver at 127\.0\.0\.1:\d+ took it \(HTTP 202, \d+ ms, webhook-id ping-key-1\)\n$/,
    );
    const [message] = heard;
    if (message === undefined) throw new Error("nothing came");
    expect(new Webhook(secret).verify(message.body, message.headers)).toMatchObject({
      specversion: "1.0",
      type: "cti.ping",
      data: { target: "crm" },
    });
  });

  test.each([
    [410, 4, "wants no webhooks any more"],
    [302, 4, "redirects are not followed"],
    [401, 4, "cti webhooks secret"],
    [500, 4, "answered HTTP 500"],
  ])("HTTP %i: exit %i", async (status, exitCode, words) => {
    const { url } = receiver(status);
    const env = configured(`[.crm]\nurl = "${url}"`);
    const ran = await cti(["test"], env);
    expect([ran.exitCode, ran.stdout]).toEqual([exitCode, ""]);
    expect(ran.stderr).toContain(words);
    const json = await cti(["test", "--json"], env);
    expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([
      exitCode,
      expect.objectContaining({ taken: false, status }),
    ]);
  });

  test("nobody there, and where it may not go: exit 5", async () => {
    const nobody = await cti(["test"], configured('[.crm]\nurl = "http://127.0.0.1:1/"'));
    expect([nobody.exitCode, nobody.stderr]).toEqual([5, expect.stringContaining("ECONNREFUSED")]);
    const inside = await cti(["test"], configured('[.crm]\nurl = "https://169.254.169.254/very-secret"'));
    expect([inside.exitCode, inside.stderr]).toEqual([5, expect.stringContaining("allow-networks")]);
    expect(inside.stderr).not.toContain("very-secret");
  });

  test("too late: exit 6", () => {
    const pinged = {
      target: "crm",
      host: "h",
      id: "i",
      taken: false,
      why: "did not answer within 10 s",
      elapsed: 1,
    };
    expect(pingError(pinged)?.exitCode).toBe(6);
    expect(pingError({ ...pinged, taken: true })).toBeUndefined();
  });

  test("of several it must be said which; a secret typed in the place of a name is not repeated", async () => {
    const env = configured('[.crm]\nurl = "https://a.example.com"\n[.dev]\nurl = "https://b.example.com"');
    const which = await cti(["test"], env);
    expect([which.exitCode, which.stderr]).toEqual([2, expect.stringContaining("crm, dev")]);
    const typed = await cti(["test", secret], env);
    expect(typed.exitCode).toBe(2);
    expect(typed.stderr).not.toContain(secret);
    expect((await cti(["test"])).exitCode).toBe(2);
    expect((await cti(["test", "dev"], env)).stderr).toContain("cti webhooks secret dev");
  });
});

/** A key store in memory. */
function memory(): KeyStore & { kept: Map<string, string> } {
  const kept = new Map<string, Secret>();
  return {
    get: async (name) => kept.get(name),
    set: async (name, value) => void kept.set(name, value),
    remove: async (name) => void kept.delete(name),
    get kept() {
      return new Map([...kept].map(([name, value]) => [name, value.reveal()]));
    },
  };
}

describe("cti webhooks secret", () => {
  const place = { variable: "CTI_WEBHOOK_CRM_SECRET", stored: "webhook target crm", what: "the secret" };

  test("a new one; changed without a gap; the old one forgotten; replaced at once", async () => {
    const keyStore = memory();
    let made = 0;
    const make = { keyStore, store: true, fresh: () => `secret-${++made}` };
    const now = () => keyStore.kept.get(place.stored);
    expect(await makeSecret(place, "new", make)).toMatchObject({ secret: "secret-1", count: 1 });
    expect(await makeSecret(place, "new", make).catch((error: unknown) => error)).toBeInstanceOf(CtiError);
    expect(now()).toBe("secret-1");
    expect(await makeSecret(place, "rotate", make)).toMatchObject({ secret: "secret-2", count: 2 });
    expect(now()).toBe("secret-2 secret-1");
    await makeSecret(place, "rotate", make);
    expect(now()).toBe("secret-3 secret-2");
    expect(await makeSecret(place, "retire", make)).toEqual({
      variable: place.variable,
      stored: place.stored,
      count: 1,
    });
    expect(now()).toBe("secret-3");
    await makeSecret(place, "replace", make);
    expect(now()).toBe("secret-4");
    expect(
      await makeSecret({ ...place, stored: "other" }, "retire", make).catch((error: unknown) => error),
    ).toBeInstanceOf(CtiError);
  });

  test("a key store that takes nothing: what to do instead, and not the secret", async () => {
    const keyStore = { ...memory(), set: () => Promise.reject(new Error("locked")) };
    const error = await makeSecret(place, "new", { keyStore, store: true, fresh: () => "hunter2" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "config-invalid",
      why: "locked",
      hint: expect.stringContaining("--no-store"),
    });
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });

  test("are of chance, and as Standard Webhooks writes them", () => {
    expect(newSigningSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSigningSecret()).not.toBe(newSigningSecret());
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(() => new Webhook(newSigningSecret())).not.toThrow();
  });

  const tables = '[.crm]\nurl = "https://crm.example.com"\n[.inbound]\n';

  test("is shown only where somebody asks for it, or sits there", async () => {
    const quiet = await cti(["secret", "crm"], configured(tables));
    expect(quiet.exitCode).toBe(0);
    expect(quiet.stdout).not.toContain("whsec_");
    expect(quiet.stderr).toContain("CTI_WEBHOOK_CRM_SECRET is set");
    expect((await cti(["secret", "crm", "--print"], configured(tables))).stdout).toMatch(
      /\n {2}whsec_\S{44}\n/,
    );
    expect((await cti(["secret", "crm", "--no-store", "--print", "-q"], configured(tables))).stdout).toMatch(
      /^whsec_\S{44}\n$/,
    );
    expect((await cti(["secret", "crm", "--json"], configured(tables))).stdout).not.toContain("whsec_");
    const both = await cti(["secret", "inbound", "--print", "--json"], configured(tables));
    expect(JSON.parse(both.stdout)).toEqual([
      {
        variable: "CTI_WEBHOOK_TOKEN",
        stored: "webhook inbound token",
        secret: expect.any(String),
        count: 1,
      },
      {
        variable: "CTI_WEBHOOK_INBOUND_SECRET",
        stored: "webhook inbound secret",
        secret: expect.stringContaining("whsec_"),
        count: 1,
      },
    ]);
    expect(madeText([{ variable: "X", secret: "hunter2", count: 1 }], false, plain)).not.toContain("hunter2");
  });

  test("not for what is not configured, nor with flags that exclude each other", async () => {
    expect((await cti(["secret", "other"], configured(tables))).exitCode).toBe(2);
    expect(
      (await cti(["secret", "inbound"], configured('[.crm]\nurl = "https://crm.example.com"'))).exitCode,
    ).toBe(2);
    for (const flags of [
      ["--rotate", "--replace"],
      ["--no-store", "--rotate"],
      ["--retire", "--rotate"],
    ])
      expect((await cti(["secret", "crm", ...flags], configured(tables))).exitCode).toBe(2);
  });
});

describe("cti webhooks listen", () => {
  test("shows what cti webhooks test posts, and what is not signed; ends on Ctrl-C", async () => {
    const env = configured('[.crm]\nurl = "http://127.0.0.1:8114/"');
    const root = resolve(import.meta.dir, "../..");
    const child = Bun.spawn(
      ["bun", join(root, "src/main.ts"), "webhooks", "listen", "--port", "0", "--json"],
      {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    ends.push(() => child.kill());
    const reader = child.stdout.getReader();
    let text = "";
    const lines = async (count: number) => {
      while (text.split("\n").length <= count) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`it ended: ${text}`);
        text += Buffer.from(value).toString();
      }
      return text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    const url = String((await lines(1))[0]?.listening);
    const body = JSON.stringify({ type: "cti.ping" });
    const at = new Date();
    const headers = {
      "webhook-id": "a",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign("a", at, body),
    };
    const post = (more: Record<string, string>, text = body) =>
      fetch(url, { method: "POST", headers: { ...headers, ...more }, body: text });
    expect((await post({})).status).toBe(204);
    expect((await post({})).status).toBe(204);
    expect((await post({}, `${body} `)).status).toBe(401);
    expect((await fetch(url)).status).toBe(405);
    const shown = await lines(4);
    expect(shown.slice(1).map(({ id, verified, repeated }) => [id, verified, repeated])).toEqual([
      ["a", true, false],
      ["a", true, true],
      ["a", false, false],
    ]);
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
  });

  test("no terminal is steered by what comes", () => {
    const event = { type: "cti.\u001b[2J", subject: "a\nb", data: { call: { state: "\u202e", party: "1" } } };
    const line = receivedText({ id: "\u0007", repeated: true, event, why: "x" }, "09:00:00", plain);
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(receivedText({ id: "", repeated: false, event: undefined }, "09:00:00", plain)).toContain(
      "no event",
    );
    expect(receivedText({ id: "", repeated: false, event: [null] }, "09:00:00", plain)).toContain("no event");
  });
});

describe("the descriptions", () => {
  test("are JSON, in lines for people and in one for programs", async () => {
    for (const [what, field] of [
      ["openapi", "openapi"],
      ["schema", "$schema"],
    ] as const) {
      const ran = await cti([what]);
      expect(JSON.parse(ran.stdout)).toHaveProperty([field]);
      expect(ran.stdout.split("\n").length).toBeGreaterThan(100);
      expect((await cti([what, "--json"])).stdout.trim().split("\n")).toHaveLength(1);
    }
  });

  test("the help page fits a screen's width, and shows a receiver", async () => {
    const { stdout } = await run(["help", "webhooks"], fakeControl());
    for (const word of ["standardwebhooks", "Crypto.generateMac", "CTI_WEBHOOK_CRM_SECRET", '"do": "dial"'])
      expect(stdout).toContain(word);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);
  });
});
