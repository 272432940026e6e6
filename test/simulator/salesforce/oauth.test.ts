import { describe, expect, test } from "bun:test";
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { ManualClock } from "../../../src/platform/clock.ts";
import { client_id, errorIn, fieldOf, token, works } from "./sign-in.ts";
import { Stage } from "./stage.ts";

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
