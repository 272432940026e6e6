import { describe, expect, test } from "bun:test";
import type { Client } from "./client.ts";
import { openStage, password, session } from "./stage.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";
import type { Json } from "../../../../src/crm/adapter.ts";

const signIn = (agent: string, given = password, id = "1") =>
  ({ type: "sign-in", id, agent, extension: "2002", password: given }) as const;

async function cookieOf(
  stage: { host: string; origin: string; fetch: (path: string, init: RequestInit) => Promise<Response> },
  ticket: string,
) {
  const response = await stage.fetch("/softphone/session", {
    method: "POST",
    headers: { Origin: stage.origin, "Content-Type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function signedIn(page: Client, agent = "1002"): Promise<string> {
  page.hello();
  await page.next("hello");
  page.send(signIn(agent));
  await page.next("outcome");
  return (await page.next("hello")).ticket ?? "";
}

describe("a sign-in", () => {
  test("with a wrong password is refused, and nothing of the password comes back", async () => {
    await using stage = await openStage({ signIn: "page" });
    const page = await stage.open();
    page.hello();
    page.send(signIn("1002", "wr0ng-Passw0rd"));
    const { id, error } = await page.next("error");
    expect([id, error.code]).toEqual(["1", "credentials-refused"]);
    expect(JSON.stringify(page.messages)).not.toContain("wr0ng-Passw0rd");
    expect(stage.fake.secrets).toEqual(["wr0ng-Passw0rd"]);
  });

  test("is tried three times for one agent within five minutes, from wherever; Finesse is not asked again", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({ signIn: "page" }, { clock });
    for (let count = 0; count < 3; count++) {
      const page = await stage.open();
      page.hello();
      page.send(signIn("1002", `wrong-${count}`));
      expect((await page.next("error")).error.code).toBe("credentials-refused");
    }
    const page = await stage.open();
    page.hello();
    page.send(signIn("1002"));
    const { error } = await page.next("error");
    expect(error).toMatchObject({ code: "refused", details: { wait: 300 } });
    expect(error.message).toContain("too many wrong passwords");
    expect(stage.fake.signIns).toHaveLength(3);
    page.send(signIn("1001"));
    await page.next("outcome");
    const later = await stage.open();
    later.hello();
    await later.next("hello");
    clock.advance(300_000);
    later.send(signIn("1002"));
    await later.next("outcome");
  });

  test("of many guesses at once asks Finesse of three", async () => {
    await using stage = await openStage({ signIn: "page" });
    const pages = await Promise.all(Array.from({ length: 12 }, () => stage.open()));
    for (const [index, page] of pages.entries()) {
      page.hello();
      page.send(signIn("1002", `wrong-${index}`));
    }
    for (const page of pages) await page.next("error");
    expect(stage.fake.signIns).toHaveLength(3);
  });

  test("of many agents is stopped by the address", async () => {
    await using stage = await openStage({ signIn: "page" });
    for (let count = 0; count < 32; count++) {
      const page = await stage.open();
      page.hello();
      page.send(signIn(`20${count}`, "guess"));
      await page.next("error");
    }
    expect(stage.fake.signIns).toHaveLength(30);
  });

  test("is for pages that are not paired where pages are paired", async () => {
    await using stage = await openStage({ signIn: "pairing" });
    const page = await stage.open();
    page.hello();
    page.send(signIn("1001"));
    expect((await page.next("error")).error.code).toBe("refused");
    expect(stage.fake.signIns).toEqual([]);
    const paired = await stage.paired();
    paired.send(signIn("1002"));
    expect((await paired.next("error")).error.message).toContain("agent 1001 is at this page");
    paired.send(signIn("1001", password, "2"));
    await paired.next("outcome");
    expect(stage.fake.signIns).toMatchObject([{ agent: "1001" }]);
  });
});

describe("a page that was signed in", () => {
  test("is let in again by its cookie, until the session is over", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({ signIn: "page" }, { clock });
    const page = await stage.open();
    const cookie = await cookieOf(stage, await signedIn(page));
    const reloaded = await stage.open({ cookie });
    reloaded.hello();
    expect((await reloaded.next("hello")).agent).toBe("1002");
    stage.fake.sessions.delete("1002");
    stage.pages.changed("1002");
    clock.advance(2000);
    for (const each of [page, reloaded])
      expect(await each.next("signed-out")).toMatchObject({ why: "the agent is signed out" });
    stage.fake.sessions.set("1002", session("1002"));
    const late = await stage.open({ cookie });
    late.hello();
    expect((await late.next("hello")).agent).toBeUndefined();
  });

  test("stays while one session takes another's place", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({ signIn: "page" }, { clock });
    const page = await stage.open();
    await signedIn(page);
    stage.fake.sessions.delete("1002");
    stage.pages.changed("1002");
    clock.advance(1000);
    stage.fake.sessions.set("1002", session("1002"));
    stage.pages.changed("1002");
    clock.advance(10_000);
    page.send({ type: "reasons", id: "1" });
    await page.next("reasons");
    expect(page.messages.filter(({ type }) => type === "signed-out")).toEqual([]);
  });

  test("that is left takes its browser's other tabs along, and no others", async () => {
    await using stage = await openStage({ signIn: "page" });
    const page = await stage.open();
    const cookie = await cookieOf(stage, await signedIn(page));
    const tab = await stage.open({ cookie });
    tab.hello();
    await tab.next("state");
    const elsewhere = await stage.open();
    await signedIn(elsewhere);
    tab.send({ type: "leave" });
    await tab.next("signed-out");
    await page.next("signed-out");
    const again = await stage.open({ cookie });
    again.hello();
    expect((await again.next("hello")).agent).toBeUndefined();
    elsewhere.send({ type: "reasons", id: "1" });
    await elsewhere.next("reasons");
    expect(stage.fake.sessions.has("1002")).toBe(true);
  });

  test("is let in by another connector that comes after this one", async () => {
    const keeps = new Map<string, Json>();
    let cookie = "";
    {
      await using stage = await openStage({ signIn: "page" }, { keeps });
      const port = new URL(stage.origin).port;
      cookie = (await cookieOf(stage, await signedIn(await stage.open()))).replace(port, "PORT");
    }
    await using stage = await openStage({ signIn: "page" }, { keeps });
    stage.fake.sessions.set("1002", session("1002"));
    const page = await stage.open({ cookie: cookie.replace("PORT", new URL(stage.origin).port) });
    page.hello();
    expect((await page.next("hello")).agent).toBe("1002");
  });
});

describe("pairing", () => {
  test("takes a token once", async () => {
    await using stage = await openStage({ signIn: "pairing" });
    const { token, url } = stage.pages.mintPairing("1001");
    expect(url).toBe(`${stage.origin}/softphone#pair=${token}`);
    const page = await stage.open();
    page.hello({ pairing: token });
    expect((await page.next("hello")).agent).toBe("1001");
    const thief = await stage.open();
    thief.hello({ pairing: token });
    expect((await thief.next("error")).error.code).toBe("credentials-refused");
    expect((await thief.next("hello")).agent).toBeUndefined();
  });

  test("may be done later, by a code pasted into a page that is open", async () => {
    await using stage = await openStage({ signIn: "pairing" });
    const page = await stage.open();
    page.hello();
    expect(await page.next("hello")).toMatchObject({ signIn: "pairing" });
    page.hello({ pairing: stage.pages.mintPairing("1001").token });
    expect((await page.next("hello")).agent).toBe("1001");
  });

  test("is not guessed: after ten wrong codes the address waits, with the right one too", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({ signIn: "pairing" }, { clock });
    const { token } = stage.pages.mintPairing("1001");
    const page = await stage.open();
    for (let count = 0; count < 10; count++) {
      page.hello({ pairing: `guess-${count}` });
      expect((await page.next("error")).error.code).toBe("credentials-refused");
    }
    page.hello({ pairing: token });
    expect((await page.next("error")).error).toMatchObject({ code: "refused", details: { wait: 60 } });
    clock.advance(60_000);
    page.hello({ pairing: token });
    expect((await page.next("lead")).leads).toBe(true);
  });

  test("is not offered where agents sign in in the page", async () => {
    await using stage = await openStage({ signIn: "page" });
    expect(() => stage.pages.mintPairing("1001")).toThrow("it is not paired");
  });

  test("shows an agent who is not signed in as such, and stays when he comes and goes", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({ signIn: "pairing" }, { clock });
    stage.fake.sessions.delete("1001");
    const page = await stage.open();
    page.hello({ pairing: stage.pages.mintPairing("1001").token });
    expect((await page.next("hello")).agent).toBe("1001");
    expect((await page.next("state")).state.session).toBeUndefined();
    stage.fake.sessions.set("1001", session("1001"));
    stage.pages.changed("1001");
    clock.advance(100);
    expect((await page.next("state")).state.session?.agent).toBe("1001");
    stage.fake.sessions.delete("1001");
    stage.pages.changed("1001");
    clock.advance(10_000);
    expect((await page.next("state")).state.session).toBeUndefined();
    page.send({ type: "reasons", id: "1" });
    await page.next("reasons");
  });
});

test("no password, token, ticket or cookie, and nothing that was written of a customer, is logged, traced or kept", async () => {
  await using stage = await openStage();
  const { token } = stage.pages.mintPairing("1001");
  const page = await stage.open();
  page.hello({ pairing: token });
  const { ticket = "" } = await page.next("hello");
  const cookie = await cookieOf(stage, ticket);
  const wrong = await stage.open();
  wrong.hello({ pairing: "wr0ng-t0ken" });
  wrong.send(signIn("1002", "wr0ng-Passw0rd"));
  await wrong.next("error");
  await wrong.next("error");
  wrong.send(signIn("1002"));
  await wrong.next("outcome");
  const status = session("1001");
  stage.fake.sessions.set("1001", { ...status, shared: ["VALUE-of-a-variable"] });
  stage.pages.changed("1001");
  const { callLog } = await import("./stage.ts");
  const saving = stage.pages.save(
    "1001",
    callLog({ notes: "NOTES-of-a-customer" }),
    undefined,
    new AbortController().signal,
  );
  const { id, log } = await page.next("save");
  expect(log.notes).toBe("NOTES-of-a-customer");
  page.send({ type: "note", callObject: "I-1:1001", text: "NOTES-of-a-customer" });
  page.send({ type: "not-saved", id, error: "WORDS-of-a-record" });
  await expect(saving).rejects.toThrow();
  expect(stage.fake.traced.map(({ summary }) => summary)).toEqual([
    "softphone page save",
    "softphone page not-saved",
  ]);
  const { logged, traced, keeps } = stage.fake;
  const everything = JSON.stringify([logged, traced, [...keeps], stage.pages.health()]);
  for (const secret of [
    password,
    "wr0ng-Passw0rd",
    "wr0ng-t0ken",
    token,
    ticket,
    cookie.split("=")[1] ?? "?",
    "VALUE-of-a-variable",
    "NOTES-of-a-customer",
    "WORDS-of-a-record",
  ])
    expect(everything).not.toContain(secret);
});
