import { beforeEach, expect, test } from "bun:test";
import type { Json } from "../../../../src/crm/adapter.ts";
import { Passes } from "../../../../src/crm/open-cti/page/passes.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";

let clock: ManualClock;
let kept: Map<string, Json>;
let passes: Passes;

const open = (): Passes => {
  const made = new Passes({
    clock,
    owe: (work) =>
      work({
        add: () => {},
        expirePops: () => {},
        keep: (name, value) => void (value === undefined ? kept.delete(name) : kept.set(name, value)),
      }),
  });
  made.load(kept);
  return made;
};

beforeEach(() => {
  clock = new ManualClock();
  kept = new Map();
  passes = open();
});

function cookie(agent = "1001", way: "paired" | "signed-in" = "paired"): string {
  const redeemed = passes.redeem(passes.mintTicket({ agent, way }).ticket);
  if (redeemed === undefined) throw new Error("a fresh ticket was refused");
  return redeemed.cookie;
}

test("a pairing token has 256 bits, is good once, and for its own agent", () => {
  const { token, expiresAt } = passes.mintPairing("1001");
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(expiresAt - clock.now()).toBe(120_000);
  expect(passes.pair(`${token}x`)).toBeUndefined();
  expect(passes.pair("")).toBeUndefined();
  expect(passes.pair(token)).toEqual({ agent: "1001", way: "paired" });
  expect(passes.pair(token)).toBeUndefined();
});

test("a pairing token is too old after two minutes", () => {
  const { token } = passes.mintPairing("1001");
  clock.advance(119_999);
  const other = passes.mintPairing("1002").token;
  clock.advance(1);
  expect(passes.pair(token)).toBeUndefined();
  expect(passes.pair(other)).toEqual({ agent: "1002", way: "paired" });
});

test("of an agent's unused tokens the newest three are good; other agents' are their own", () => {
  const others = passes.mintPairing("1002").token;
  const tokens = [1, 2, 3, 4].map(() => passes.mintPairing("1001").token);
  expect(tokens.map((token) => passes.pair(token)?.agent)).toEqual([undefined, "1001", "1001", "1001"]);
  expect(passes.pair(others)?.agent).toBe("1002");
});

test("a ticket becomes a cookie once, within half a minute", () => {
  const { ticket } = passes.mintTicket({ agent: "1001", way: "signed-in" });
  const late = passes.mintTicket({ agent: "1001", way: "signed-in" });
  const redeemed = passes.redeem(ticket);
  expect(passes.admit(redeemed?.cookie ?? "")).toMatchObject({ agent: "1001", way: "signed-in" });
  expect(passes.redeem(ticket)).toBeUndefined();
  clock.advance(30_000);
  expect(passes.redeem(late.ticket)).toBeUndefined();
});

test("a cookie outlives a restart of the connector, which keeps no secret of it", () => {
  const value = cookie();
  expect(JSON.stringify([...kept])).not.toContain(value);
  expect(open().admit(value)).toMatchObject({ agent: "1001", way: "paired" });
});

test("a cookie is good for twelve hours from its last use", () => {
  const value = cookie();
  clock.advance(11 * 3_600_000);
  expect(passes.admit(value)?.agent).toBe("1001");
  clock.advance(11 * 3_600_000);
  expect(open().admit(value)?.agent).toBe("1001");
  clock.advance(12 * 3_600_000);
  expect(open().admit(value)).toBeUndefined();
  expect(kept.size).toBe(0);
});

test("what is revoked lets nobody in, also when its ticket was not used yet", () => {
  const { ticket, pass } = passes.mintTicket({ agent: "1001", way: "paired" });
  passes.revoke(pass);
  expect(passes.redeem(ticket)).toBeUndefined();
  const value = cookie();
  passes.revoke(passes.admit(value)?.pass ?? "");
  expect(passes.admit(value)).toBeUndefined();
  expect(kept.size).toBe(0);
});

test("when an agent's session is over, passwords have to be given again; who is paired stays so", () => {
  const [signedIn, paired, other] = [
    cookie("1001", "signed-in"),
    cookie("1001"),
    cookie("1002", "signed-in"),
  ];
  passes.revokeSignIns("1001");
  expect(passes.admit(signedIn)).toBeUndefined();
  expect(passes.admit(paired)?.agent).toBe("1001");
  expect(passes.admit(other)?.agent).toBe("1002");
});

test("an agent's twenty newest browsers are remembered", () => {
  const values = Array.from({ length: 21 }, () => cookie());
  expect(values.filter((value) => passes.admit(value) === undefined)).toEqual(values.slice(0, 1));
  expect(kept.size).toBe(20);
});

test("what is kept of a stranger's is not read", () => {
  kept.set("page-pass:zz", { agent: "1001", way: "paired", until: Infinity });
  kept.set(`page-pass:${"0".repeat(64)}`, { agent: 1, way: "paired", until: 1e15 });
  kept.set("calls:1", "another part's");
  passes = open();
  expect([...kept.keys()]).toEqual(["calls:1"]);
});
