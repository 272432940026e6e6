import { describe, expect, test } from "bun:test";
import { createHash, randomBytes } from "node:crypto";
import { ManualClock } from "../../../src/platform/clock.ts";
import { client_id, errorIn, fieldOf, token, works } from "./sign-in.ts";
import { Stage } from "./stage.ts";

const redirect_uri = "http://localhost:49152/callback";

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
