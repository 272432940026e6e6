import { describe, expect, test } from "bun:test";
import { createPrivateKey, generateKeyPairSync, verify } from "node:crypto";
import { SalesforceHttp } from "../../../../src/crm/open-cti/rest/http.ts";
import { assertion, rsaKey } from "../../../../src/crm/open-cti/rest/oauth/jwt.ts";
import { memoryStore, type TokenStore } from "../../../../src/crm/open-cti/rest/oauth/token-store.ts";
import {
  signIn,
  signInStatus,
  type SignInParts,
  signOut,
  type SignInStep,
} from "../../../../src/crm/open-cti/rest/sign-in.ts";
import { ManualClock, systemClock } from "../../../../src/platform/clock.ts";
import { Secret } from "../../../../src/platform/secret.ts";
import type { SimulatedSalesforce } from "../../../../src/simulator/salesforce/start.ts";
import { startSalesforce } from "../../../../src/simulator/salesforce/start.ts";
import { callLog, failure, forever, openStage, salesforceSettings } from "./stage.ts";

const ana = "agent1001@example.com";

function partsAt(
  org: SimulatedSalesforce,
  flow: "device" | "pkce",
  show: (step: SignInStep) => void,
): SignInParts & { store: TokenStore } {
  const settings = salesforceSettings({ login: org.url, ca: [org.caPem], flow });
  return { settings, key: undefined, store: memoryStore(), clock: systemClock, show };
}

/** What a browser does with an address: follows to the loopback listener. */
async function browse(url: string, org: SimulatedSalesforce): Promise<Response> {
  const first = await fetch(url, { redirect: "manual", tls: { ca: org.caPem } });
  return fetch(first.headers.get("location") ?? "", { redirect: "manual" });
}

describe("the device flow", () => {
  test("shows a code, waits until it is allowed, keeps the sign-in and knows who it is", async () => {
    await using org = disposable(await startSalesforce({ deviceInterval: 20 }));
    const steps: SignInStep[] = [];
    const parts = partsAt(org, "device", (step) => {
      steps.push(step);
      org.approve(undefined, ana);
    });
    const { identity, kept, notices } = await signIn(parts);
    expect(identity).toMatchObject({ username: ana, name: "Agent 1001", instance: org.url });
    expect([kept, notices]).toEqual(["key store", []]);
    expect(steps).toEqual([
      {
        flow: "device",
        url: `${org.url}/setup/connect`,
        code: expect.stringMatching(/^[A-Z0-9-]{8,}$/),
        expiresAt: expect.any(Number),
      },
    ]);
    expect((await signInStatus(parts)).identity.username).toBe(ana);
    expect(await signOut(parts)).toEqual({ revoked: true });
    expect((await failure(signInStatus(parts))).code).toBe("not-signed-in");
    expect(org.complaints()).toEqual([]);
  });

  test("says that it was denied, and that nobody allowed it in time", async () => {
    await using org = disposable(await startSalesforce({ deviceInterval: 20 }));
    const denied = await failure(signIn(partsAt(org, "device", () => org.approve(undefined, ana, true))));
    expect([denied.code, denied.message]).toEqual([
      "credentials-refused",
      "the sign-in was denied in the browser",
    ]);
    const clock = new ManualClock(Date.now());
    const parts = { ...partsAt(org, "device", () => clock.sleep(601_000)), clock };
    const waiting = failure(signIn(parts));
    // The first question after the code's life.
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    expect((await waiting).message).toBe("nobody allowed the sign-in in time");
  });

  test("asks no faster than Salesforce wants", async () => {
    await using org = disposable(await startSalesforce({ deviceInterval: 50 }));
    const asked = org.waitFor(() => tokens(org) >= 4).then(() => org.approve(undefined, ana));
    await signIn(partsAt(org, "device", () => {}));
    await asked;
    expect(org.complaints()).toEqual([]);
  });

  test("ends when it is stopped", async () => {
    await using org = disposable(await startSalesforce());
    const stop = new AbortController();
    const parts = { ...partsAt(org, "device", () => stop.abort()), signal: stop.signal };
    expect((await failure(signIn(parts))).code).toBe("interrupted");
  });
});

describe("PKCE", () => {
  test("signs in through the browser, which comes back to this computer", async () => {
    await using org = disposable(await startSalesforce({ autoApprove: ana }));
    const pages: Promise<string>[] = [];
    const parts = partsAt(org, "pkce", (step) => {
      expect(new URL(step.url).searchParams.get("code_challenge_method")).toBe("S256");
      pages.push(browse(step.url, org).then((answer) => answer.text()));
    });
    expect((await signIn(parts)).identity.username).toBe(ana);
    expect(await pages[0]).toMatch(/You can close this page/);
    expect(org.complaints()).toEqual([]);
  });

  test("takes nothing but the one redirect that it waits for", async () => {
    await using org = disposable(await startSalesforce({ autoApprove: ana }));
    const answers: number[] = [];
    const done = Promise.withResolvers<void>();
    const parts = partsAt(org, "pkce", (step) => {
      if (step.flow !== "pkce") return;
      const { redirect, url } = step;
      void (async () => {
        const get = async (address: string, headers: Record<string, string> = {}) =>
          void answers.push((await fetch(address, { headers })).status);
        await get(`${redirect}?code=stolen&state=guessed`);
        await get(`${redirect}?code=stolen`);
        await get(redirect.replace("/callback", "/other"));
        await get(`${redirect}?code=x`, { host: "evil.example.com" });
        await browse(url, org);
        done.resolve();
      })();
    });
    expect((await signIn(parts)).identity.username).toBe(ana);
    await done.promise;
    expect(answers).toEqual([403, 403, 404, 421]);
  });

  test("says that it was denied", async () => {
    await using org = disposable(await startSalesforce());
    const parts = partsAt(org, "pkce", (step) => {
      if (step.flow !== "pkce") return;
      const state = new URL(step.url).searchParams.get("state") ?? "";
      void fetch(
        `${step.redirect}?${new URLSearchParams({ error: "access_denied", error_description: "end-user denied authorization", state })}`,
      );
    });
    const error = await failure(signIn(parts));
    expect(error.message).toBe("the sign-in was denied in the browser");
    expect(error.why).toContain("end-user denied");
  });

  test("says it of a port that is taken", async () => {
    await using org = disposable(await startSalesforce());
    const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
    const parts = partsAt(org, "pkce", () => {});
    const error = await failure(signIn({ ...parts, settings: { ...parts.settings, port: taken.port ?? 0 } }));
    await taken.stop(true);
    expect(error.code).toBe("config-invalid");
    expect(error.hint).toMatch(/--port/);
  });
});

describe("JWT bearer", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  test("asserts who, for whom, and for less than three minutes", () => {
    const now = Date.UTC(2026, 0, 5);
    const given = { clientId: "3MVG9", user: "ana@example.com", login: "https://acme.my.salesforce.com" };
    const [head = "", body = "", tail = ""] = assertion(given, createPrivateKey(pem), now).split(".");
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    expect(read(head)).toEqual({ alg: "RS256" });
    const claims = read(body) as Record<string, unknown>;
    expect(claims).toEqual({
      iss: "3MVG9",
      sub: "ana@example.com",
      aud: "https://login.salesforce.com",
      exp: expect.any(Number),
    });
    expect(Number(claims.exp) * 1000 - now).toBeLessThanOrEqual(180_000);
    expect(verify("sha256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(tail, "base64url"))).toBe(
      true,
    );
  });

  test.each([
    ["nothing", ""],
    ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
    [
      "a short key",
      generateKeyPairSync("rsa", { modulusLength: 1024 })
        .privateKey.export({ type: "pkcs8", format: "pem" })
        .toString(),
    ],
    [
      "another kind of key",
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ])("%s is no key, and is not repeated", (_name, text) => {
    let thrown: unknown;
    try {
      rsaKey(new Secret(text), "key.pem");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "config-invalid" });
    const line = text.split("\n")[1];
    if (line !== undefined && line !== "") expect(JSON.stringify(thrown)).not.toContain(line);
  });

  test("a wrong app, user or clock is refused with Salesforce's words and what to do", async () => {
    await using stage = await openStage();
    const app = await failure(stage.another({ clientId: "another" }).connect());
    expect([app.code, app.hint]).toEqual(["credentials-refused", expect.stringMatching(/client-id/)]);
    const user = await failure(stage.another({ user: "gone@example.com" }).connect());
    expect(user.why).toContain("hasn't approved");
    expect(user.hint).toMatch(/administrator/);
  });

  test("a refused one is not signed anew by every request", async () => {
    const clock = new ManualClock(Date.now());
    await using stage = await openStage({}, { user: "gone@example.com" }, { clock });
    await Promise.all([1, 2, 3].map(() => failure(stage.rest.search("5551234", forever))));
    await failure(stage.rest.search("5551234", forever));
    expect(stage.org.calls()).toHaveLength(1);
    clock.advance(31_000);
    await failure(stage.rest.search("5551234", forever));
    expect(stage.org.calls()).toHaveLength(2);
  });
});

describe("a session that has ended", () => {
  test("is renewed once for all who need it, and their requests are done", async () => {
    await using stage = await openStage();
    await stage.rest.search("5551234", forever);
    await stage.org.fail("expire-tokens");
    const before = tokens(stage.org);
    const found = await Promise.all(Array.from({ length: 6 }, () => stage.rest.search("5551234", forever)));
    expect(found.every(([match]) => match?.name === "Mia Short")).toBe(true);
    expect(tokens(stage.org) - before).toBe(1);
    await stage.org.fail("expire-tokens");
    expect(await stage.rest.saveTask(callLog(), forever)).toMatchObject({ created: true });
  });

  test("of a person is renewed by a refresh token, which rotates", async () => {
    await using own = await personal({ rotateRefreshTokens: true });
    const { org, store, stage } = own;
    const first = (await store.load())?.token.refresh?.reveal();
    for (let round = 0; round < 3; round++) {
      await org.fail("expire-tokens");
      await Promise.all([1, 2, 3].map(() => stage().search("5551234", forever)));
    }
    const last = (await store.load())?.token.refresh?.reveal();
    expect(last).toBeDefined();
    expect(last).not.toBe(first);
    // A restart goes on with what was kept.
    expect(await stage(true).search("5551234", forever)).toHaveLength(1);
  });

  test("is taken over from another process that renewed it first", async () => {
    await using own = await personal({ rotateRefreshTokens: true });
    const { org, stage } = own;
    const [one, other] = [stage(), stage(true)];
    await one.search("5551234", forever);
    await other.search("5551234", forever);
    await org.fail("expire-tokens");
    await one.search("5551234", forever);
    const before = tokens(org);
    expect(await other.search("5551234", forever)).toHaveLength(1);
    expect(tokens(org)).toBe(before);
  });

  test("and a refresh token that is good no more says so, once, until somebody signs in", async () => {
    await using own = await personal({});
    const { org, store, stage } = own;
    const rest = stage();
    await rest.search("5551234", forever);
    const kept = (await store.load())?.token;
    if (kept === undefined) throw new Error("no sign-in was kept");
    const http = new SalesforceHttp({ ca: [org.caPem] });
    const { revoked } = await import("../../../../src/crm/open-cti/rest/oauth/refresh.ts");
    expect(await revoked({ http }, kept)).toBe(true);
    await http.close();
    const error = await failure(rest.search("5551234", forever));
    expect([error.code, error.hint]).toEqual(["credentials-refused", "sign in anew: cti open-cti sign-in"]);
    expect(error.details).toMatchObject({ retry: true });
    const before = tokens(org);
    await failure(rest.search("5551234", forever));
    expect(tokens(org)).toBe(before);
    await own.again();
    expect(await rest.search("5551234", forever)).toHaveLength(1);
  });
});

test("no token, key or assertion is in a log, a trace, an error or an address", async () => {
  await using stage = await openStage({ rotateRefreshTokens: true });
  await stage.rest.search("5551234", forever);
  const errors = [];
  await stage.org.fail("expire-tokens");
  await stage.rest.saveTask(callLog(), forever);
  for (const [name, value] of [["status", 503], ["validation"], ["error", "INVALID_FIELD"]] as const) {
    await stage.org.fail(name, value);
    errors.push(await failure(stage.rest.saveTask(callLog({ callObject: name }), forever)));
  }
  await stage.org.heal();
  errors.push(await failure(stage.another({ clientId: "another" }).connect()));
  const said = [stage.fake.text, JSON.stringify(errors), ...errors.map((error) => Bun.inspect(error))].join(
    "\n",
  );
  // Two sign-ins and the key are known to whoever redacts.
  expect(stage.fake.secrets.length).toBeGreaterThanOrEqual(3);
  const { privateKey = "" } = stage.org;
  const keyLines = privateKey.split("\n").filter((line) => line.length > 40);
  for (const secret of [...stage.fake.secrets, ...keyLines]) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/assertion=|Bearer|eyJhbGci/);
  expect(said).toContain("POST /services/oauth2/token → 200");
  expect(stage.org.complaints().filter(({ kind }) => kind === "token-in-url")).toEqual([]);
});

const tokens = (org: SimulatedSalesforce): number =>
  org.calls().filter(({ what }) => what === "POST /services/oauth2/token").length;

function disposable(org: SimulatedSalesforce): SimulatedSalesforce & AsyncDisposable {
  return Object.assign(org, { [Symbol.asyncDispose]: () => org.close() });
}

/** An org at which a person has signed in, by PKCE, with rest of its own for each `stage(true)`. */
async function personal(options: Parameters<typeof openStage>[0]) {
  const store = memoryStore();
  const own = await openStage({ ...options, autoApprove: ana }, { flow: "pkce" }, { store });
  const { org } = own;
  const again = async (): Promise<void> => {
    await signIn({ ...partsAt(org, "pkce", (step) => void browse(step.url, org)), store });
  };
  await again();
  return {
    org,
    store,
    again,
    stage: (another = false) => (another ? own.another() : own.rest),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}
