import { expect, test } from "bun:test";
import { RefusedPasswords } from "../../src/connector/refused-passwords.ts";
import { CtiError } from "../../src/model/errors.ts";
import { ManualClock } from "../../src/platform/clock.ts";

const refusal = new CtiError({ code: "credentials-refused", message: "no" });

test("a CRM that tries the same wrong password for ever asks Finesse once in five minutes; another one is tried", async () => {
  const clock = new ManualClock();
  const passwords = new RefusedPasswords(clock);
  let asked = 0;
  const attempt = (password: string, agent = "1001") =>
    passwords
      .guard(agent, password, () => {
        asked += 1;
        return password === "right" ? Promise.resolve("in") : Promise.reject(refusal);
      })
      .catch((error: unknown) => (error instanceof CtiError ? error.message : String(error)));
  expect(await attempt("wrong")).toBe("no");
  for (let turn = 0; turn < 50; turn++) {
    clock.advance(5000);
    const words = await attempt("wrong");
    expect(words).toContain("not asked again");
    expect(words).not.toContain("wrong");
  }
  expect(asked).toBe(1);
  expect(await attempt("wrong", "1002")).toBe("no");
  expect(await attempt("right")).toBe("in");
  clock.advance(5 * 60_000);
  expect(await attempt("wrong")).toBe("no");
  expect(asked).toBe(4);
});

test("what has nothing to do with the password is tried as often as asked", async () => {
  const passwords = new RefusedPasswords(new ManualClock());
  const down = new CtiError({ code: "finesse-unreachable", message: "down" });
  for (let turn = 0; turn < 3; turn++)
    expect(
      await passwords.guard("1001", "x", () => Promise.reject(down)).catch((error: unknown) => error),
    ).toBe(down);
});
