import { describe, expect, test } from "bun:test";
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { ManualClock } from "../../../src/platform/clock.ts";
import { type Got, Stage } from "./stage.ts";

const client_id = "cti-sim";
const redirect_uri = "http://localhost:49152/callback";
const token = (stage: Stage, form: Record<string, string>) =>
  stage.ask("/services/oauth2/token", { form: { client_id, ...form }, token: null });
const fieldOf = (got: Got, name: string) => String(Object(got.body)[name]);
const errorIn = (got: Got): unknown => [got.status, Object(got.body).error];
const works = async (stage: Stage, access: string) => (await stage.rest("limits", { token: access })).status;

describe("JWT bearer", () => {
  const assertion = (key: string, claims: object, alg = "RS256") => {
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${encoded({ alg })}.${encoded(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), createPrivateKey(key)).toString("base64url")}`;
  };
  const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  const now = () => Math.floor(Date.now() / 1000);
  const claimsOf = (stage: Stage, more: object = {}) => ({
    iss: client_id,
    sub: "integration@example.com",
    aud: stage.org.url,
    exp: now() + 120,
    ...more,
  });

  test("a signed assertion is worth an access token, and no refresh token", async () => {
    await using stage = await Stage.open({ makeKey: true });
    const key = stage.org.privateKey ?? "";
    const got = await token(stage, { grant_type, assertion: assertion(key, claimsOf(stage)) });
    const access = fieldOf(got, "access_token");
    expect(got.body).toMatchObject({ token_type: "Bearer", instance_url: stage.org.url });
    expect(got.body).not.toHaveProperty("refresh_token");
    expect(await works(stage, access)).toBe(200);
    const userinfo = await stage.ask("/services/oauth2/userinfo", { token: access });
    expect(userinfo.body).toMatchObject({ preferred_username: "integration@example.com" });
    expect(stage.org.calls().at(0)).toMatchObject({
      way: "oauth",
      arguments: { body: { assertion: "•••" } },
      result: { access_token: "•••" },
    });
    expect(
      (
        await token(stage, {
          grant_type,
          assertion: assertion(key, claimsOf(stage, { aud: "https://login.salesforce.com" })),
        })
      ).status,
    ).toBe(200);
  });

  test.each<[string, object, string]>([
    ["for another server", { aud: "https://example.com" }, "audience is invalid"],
    ["expired", { exp: 1 }, "expired"],
    ["good for longer than three minutes", { exp: now() + 3600 }, "180 are the most"],
    ["for somebody unknown", { sub: "nobody@example.com" }, "hasn't approved"],
    ["without an end", { exp: undefined }, "exp is missing"],
  ])("%s: refused", async (_, claims, words) => {
    await using stage = await Stage.open({ makeKey: true });
    const got = await token(stage, {
      grant_type,
      assertion: assertion(stage.org.privateKey ?? "", claimsOf(stage, claims)),
    });
    expect([got.status, got.body]).toMatchObject([
      400,
      { error: "invalid_grant", error_description: expect.stringContaining(words) },
    ]);
  });

  test("by another key, by another algorithm, of another app, unreadable: refused", async () => {
    await using stage = await Stage.open({ makeKey: true });
    const other = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const key = stage.org.privateKey ?? "";
    for (const wrong of [
      assertion(other.privateKey, claimsOf(stage)),
      assertion(key, claimsOf(stage), "none"),
      "a.b.c",
      "nothing",
    ])
      expect(errorIn(await token(stage, { grant_type, assertion: wrong }))).toEqual([400, "invalid_grant"]);
    expect(
      errorIn(
        await token(stage, { grant_type, assertion: assertion(key, claimsOf(stage, { iss: "other" })) }),
      ),
    ).toEqual([400, "invalid_client_id"]);
    await using keyless = await Stage.open();
    expect(
      errorIn(await token(keyless, { grant_type, assertion: assertion(key, claimsOf(keyless)) })),
    ).toEqual([400, "invalid_grant"]);
  });
});

describe("the device flow", () => {
  const begin = async (stage: Stage) => {
    const got = await token(stage, { response_type: "device_code", scope: "api refresh_token" });
    expect(Object(got.body).verification_uri).toBe(`${stage.org.url}/setup/connect`);
    const poll = () => token(stage, { grant_type: "device", code: fieldOf(got, "device_code") });
    return { code: fieldOf(got, "user_code"), poll };
  };

  test("waits until somebody approves, then gives a token that can be renewed", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock });
    const { code, poll } = await begin(stage);
    expect(errorIn(await poll())).toEqual([400, "authorization_pending"]);
    expect(stage.org.waiting()).toEqual([code]);
    expect(stage.org.approve(code.toLowerCase(), "agent1002@example.com")).toEqual({
      code,
      user: "agent1002@example.com",
    });
    clock.advance(5000);
    const got = await poll();
    expect(await works(stage, fieldOf(got, "access_token"))).toBe(200);
    const renewed = await token(stage, {
      grant_type: "refresh_token",
      refresh_token: fieldOf(got, "refresh_token"),
    });
    expect(renewed.body).not.toHaveProperty("refresh_token");
    expect(await works(stage, fieldOf(renewed, "access_token"))).toBe(200);
    expect(errorIn(await poll())).toEqual([400, "invalid_grant"]);
    expect(stage.org.waiting()).toEqual([]);
  });

  test("polled too fast it slows down and complains", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock });
    const { poll } = await begin(stage);
    await poll();
    clock.advance(4999);
    expect(errorIn(await poll())).toEqual([400, "slow_down"]);
    // Ten seconds now.
    clock.advance(9000);
    expect(errorIn(await poll())).toEqual([400, "slow_down"]);
    expect(stage.complaintKinds).toEqual(["polling-too-fast", "polling-too-fast"]);
  });

  test("denied, or too late", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock });
    const denied = await begin(stage);
    stage.org.approve(undefined, undefined, true);
    expect(errorIn(await denied.poll())).toEqual([400, "access_denied"]);
    const late = await begin(stage);
    clock.advance(600_001);
    expect(errorIn(await late.poll())).toEqual([400, "invalid_grant"]);
    expect(() => stage.org.approve(late.code)).toThrow("there is no code");
  });

  test("the page approves for a form of its own alone", async () => {
    await using stage = await Stage.open();
    const { code, poll } = await begin(stage);
    const form = { user_code: code, user: "agent1001@example.com", answer: "approve" };
    expect((await stage.ask("/setup/connect", { form, token: null })).status).toBe(403);
    expect(
      (await stage.ask("/setup/connect", { form, headers: { Origin: "https://evil.example.com" } })).status,
    ).toBe(403);
    expect(stage.org.waiting()).toEqual([code]);
    const page = await stage.ask(`/setup/connect?user_code=${encodeURIComponent('"><script>')}`);
    expect(page.body).not.toContain("<script>");
    const done = await stage.ask("/setup/connect", { form, headers: { Origin: stage.org.url } });
    expect(done.body).toContain(`${code}: done`);
    expect((await poll()).status).toBe(200);
  });
});

describe("the web-server flow with PKCE", () => {
  const proof = () => {
    const verifier = randomBytes(48).toString("base64url");
    return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
  };
  const query = (challenge: string, more: Record<string, string> = {}) =>
    new URLSearchParams({
      response_type: "code",
      client_id,
      redirect_uri,
      scope: "api refresh_token",
      state: "s1",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...more,
    });
  const authorize = async (stage: Stage, asked: URLSearchParams) => {
    const got = await stage.ask(`/services/oauth2/authorize?${asked}`, { token: null });
    const location = got.headers.get("location");
    return { got, back: location === null ? undefined : new URL(location) };
  };
  const autoApprove = "agent1001@example.com";

  test("sends the browser back with a code that is worth a token once", async () => {
    await using stage = await Stage.open({ autoApprove });
    const { verifier, challenge } = proof();
    const { back } = await authorize(stage, query(challenge));
    expect([back?.origin, back?.searchParams.get("state")]).toEqual(["http://localhost:49152", "s1"]);
    const code = back?.searchParams.get("code") ?? "";
    const form = { grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier };
    const got = await token(stage, form);
    expect(await works(stage, fieldOf(got, "access_token"))).toBe(200);
    expect(errorIn(await token(stage, form))).toEqual([400, "invalid_grant"]);
  });

  test("a person approves or denies at the page", async () => {
    await using stage = await Stage.open();
    const { challenge, verifier } = proof();
    const asked = query(challenge);
    const { got } = await authorize(stage, asked);
    expect(got.body).toContain("Allow access?");
    expect(got.headers.get("content-security-policy")).toContain("form-action 'self' http://localhost:49152");
    const answer = (answer: string) =>
      stage.ask("/services/oauth2/authorize", {
        form: { ...Object.fromEntries(asked), user: "agent1003@example.com", answer },
        headers: { Origin: stage.org.url },
        token: null,
      });
    expect((await answer("deny")).headers.get("location")).toContain("error=access_denied");
    const code =
      new URL((await answer("approve")).headers.get("location") ?? "").searchParams.get("code") ?? "";
    const given = await token(stage, {
      grant_type: "authorization_code",
      code,
      redirect_uri,
      code_verifier: verifier,
    });
    expect(
      (await stage.ask("/services/oauth2/userinfo", { token: fieldOf(given, "access_token") })).body,
    ).toMatchObject({ preferred_username: "agent1003@example.com" });
  });

  test("nobody is sent to an address that is not the app's", async () => {
    await using stage = await Stage.open({ autoApprove });
    const wrong: Record<string, string>[] = [
      { client_id: "other" },
      { redirect_uri: "https://evil.example.com/" },
      { redirect_uri: "http://localhost.evil.example.com/" },
      { redirect_uri: "http://me@localhost/" },
    ];
    for (const more of wrong) {
      const { got, back } = await authorize(stage, query(proof().challenge, more));
      expect([got.status, back]).toEqual([400, undefined]);
    }
  });

  test.each([
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ code_challenge: "" }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
  ])("%j: sent back with %s", async (more, error) => {
    await using stage = await Stage.open({ autoApprove });
    const { back } = await authorize(stage, query(proof().challenge, more));
    expect(back?.searchParams.get("error")).toBe(error);
  });

  test("a code is worth nothing without its verifier, its redirect, its app, or after a quarter of an hour", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({
      autoApprove,
      clock,
      clients: [{ id: client_id }, { id: "other" }],
    });
    const redeem = async (more: Record<string, string>, wait = 0) => {
      const { verifier, challenge } = proof();
      const { back } = await authorize(stage, query(challenge));
      clock.advance(wait);
      const code = back?.searchParams.get("code") ?? "";
      return errorIn(
        await token(stage, {
          grant_type: "authorization_code",
          code,
          redirect_uri,
          code_verifier: verifier,
          ...more,
        }),
      );
    };
    expect(await redeem({ code_verifier: proof().verifier })).toEqual([400, "invalid_grant"]);
    expect(await redeem({ code_verifier: "" })).toEqual([400, "invalid_request"]);
    expect(await redeem({ redirect_uri: "http://localhost:1/" })).toEqual([400, "redirect_uri_mismatch"]);
    expect(await redeem({ client_id: "other" })).toEqual([400, "invalid_grant"]);
    expect(await redeem({}, 900_000)).toEqual([400, "invalid_grant"]);
  });
});

describe("tokens", () => {
  const signIn = async (stage: Stage) => {
    const begun = await token(stage, { response_type: "device_code" });
    stage.org.approve();
    return token(stage, { grant_type: "device", code: fieldOf(begun, "device_code") });
  };

  test("end by time", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock, accessTokenLife: 60_000 });
    const access = fieldOf(await signIn(stage), "access_token");
    clock.advance(59_999);
    expect(await works(stage, access)).toBe(200);
    clock.advance(1);
    expect(await works(stage, access)).toBe(401);
  });

  test("are revoked; a refresh token takes its access tokens along", async () => {
    await using stage = await Stage.open();
    const got = await signIn(stage);
    const [access, refresh] = [fieldOf(got, "access_token"), fieldOf(got, "refresh_token")];
    const revoke = (given: string) =>
      stage.ask("/services/oauth2/revoke", { form: { token: given }, token: null });
    expect((await revoke(refresh)).status).toBe(200);
    expect(await works(stage, access)).toBe(401);
    expect(errorIn(await token(stage, { grant_type: "refresh_token", refresh_token: refresh }))).toEqual([
      400,
      "invalid_grant",
    ]);
    expect(errorIn(await revoke(refresh))).toEqual([400, "invalid_token"]);
  });

  test("rotate, where the org has it so", async () => {
    await using stage = await Stage.open({ rotateRefreshTokens: true });
    const refresh = fieldOf(await signIn(stage), "refresh_token");
    const renew = (given: string) => token(stage, { grant_type: "refresh_token", refresh_token: given });
    const next = await renew(refresh);
    expect(errorIn(await renew(refresh))).toEqual([400, "invalid_grant"]);
    expect((await renew(fieldOf(next, "refresh_token"))).status).toBe(200);
  });

  test("of a seed are the same every time", async () => {
    const first = await Stage.open({ seed: 7 });
    const one = first.org.token();
    await first[Symbol.asyncDispose]();
    await using second = await Stage.open({ seed: 7 });
    expect(second.org.token()).toBe(one);
  });

  test("of apps with a secret need it, and grants must be known", async () => {
    await using stage = await Stage.open({ clients: [{ id: client_id, secret: "s3cret" }] });
    expect(errorIn(await token(stage, { grant_type: "refresh_token", refresh_token: "x" }))).toEqual([
      400,
      "invalid_client",
    ]);
    expect(errorIn(await token(stage, { grant_type: "password", client_secret: "s3cret" }))).toEqual([
      400,
      "unsupported_grant_type",
    ]);
    expect(errorIn(await token(stage, { client_id: "nobody" }))).toEqual([400, "invalid_client_id"]);
  });
});
