import { describe, expect, test } from "bun:test";
import { outcomeWords, withoutCommands } from "../../../src/crm/ebs/user-words.ts";

describe("a hint for somebody without a command line", () => {
  test.each([
    ["end the call first: cti drop", "end the call first"],
    ["that call is over: cti calls shows what is left", "that call is over"],
    [
      "a wrap-up reason is demanded first: cti reasons lists them, cti wrap-up sets one",
      "a wrap-up reason is demanded first",
    ],
    [
      "this does not fit the present state: sign in first if the agent is signed out, otherwise see cti status and cti calls",
      "this does not fit the present state: sign in first if the agent is signed out",
    ],
    [
      "the call does not allow this at the moment: cti calls shows what each call allows; it may have ended meanwhile",
      "the call does not allow this at the moment: it may have ended meanwhile",
    ],
    [
      "another agent is signed in on this extension: sign that agent out (cti status shows who), or use another extension",
      "another agent is signed in on this extension: sign that agent out, or use another extension",
    ],
    ["cti status shows when the next attempt is made", ""],
    ["the number is not one that can be dialled", "the number is not one that can be dialled"],
    ["", ""],
  ])("%s", (hint, shown) => expect(withoutCommands(hint)).toBe(shown));

  test("beside what Finesse says, once", () => {
    const refusal = { type: "Generic Error", code: undefined, words: undefined, late: false };
    const told = (message: string, hint: string | undefined) =>
      outcomeWords({ message, refusal: { ...refusal, hint } });
    expect(told("not now", "end the call first: cti drop")).toBe("not now (end the call first)");
    expect(told("not now: end the call first", "end the call first: cti drop")).toBe(
      "not now: end the call first",
    );
    expect(told("not now", "see cti status")).toBe("not now");
    expect(told("not now", undefined)).toBe("not now");
  });
});
