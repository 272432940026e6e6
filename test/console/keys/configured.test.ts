import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { allKeys } from "../../../src/console/keys/all-keys.ts";
import { keyClashes, keyProblems } from "../../../src/console/keys/configured.ts";
import { keysPage } from "../../../src/console/keys/help-page.ts";
import { keyProblem } from "../../../src/console/keys/key-form.ts";
import { keyName } from "../../../src/console/keys/key-name.ts";

describe("keys that a terminal sends", () => {
  test("all usual keys are such", () => {
    const wrong = allKeys.flatMap(({ id, keys }) =>
      keys.filter((key) => keyProblem(key) !== undefined).map((key) => `${id} ${key}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["return", "enter"],
    ["Escape", "esc"],
    ["PageUp", "page-up"],
    ["pgdn", "page-down"],
    ["entr", "enter"],
    [" ", "space"],
    ["shift+a", "A"],
    ["alt+shift+x", "alt+X"],
    ["ctrl+D", "ctrl+d"],
    ["alt+ctrl+x", "ctrl+alt+x"],
    ["ctrl+i", "tab"],
    ["ctrl+m", "enter"],
    ["ctrl+[", "esc"],
    ["control+d", "ctrl+d"],
    ["meta+x", "alt+x"],
    ["cmd+x", undefined],
    ["F1", undefined],
    ["ctrl+1", undefined],
    ["hello", undefined],
    ["", undefined],
  ])("%j is none, %j is meant", (key, instead) => {
    const problem = keyProblem(key);
    expect(problem?.why).toBeTruthy();
    expect(problem?.instead).toBe(instead as string);
    if (instead !== undefined) expect(keyProblem(instead)).toBeUndefined();
  });

  test.each(["a", "A", "#", "+", "alt++", "shift+tab", "ctrl+alt+x", "ctrl+d", "é", "界", "alt+enter"])(
    "%s is one",
    (key) => expect(keyProblem(key)).toBeUndefined(),
  );

  test("every printable character is a key by its own name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }), (character) => {
        const name = keyName(character, { shift: /[A-Z]/.test(character) });
        expect(keyProblem(name)).toBeUndefined();
      }),
    );
  });
});

describe("configured keys", () => {
  test("an action that does not exist, with the one that was meant", () => {
    expect(keyProblems({ anwser: ["a"] })).toEqual([
      { id: "anwser", message: 'there is no action "anwser"', hint: 'did you mean "answer"?' },
    ]);
    expect(keyProblems({ sign_out: ["a"] })[0]?.hint).toBe('did you mean "sign-out"?');
    expect(keyProblems({ zzzzz: ["a"] })[0]?.hint).toBe("see: cti help keys");
  });

  test("a key that cannot be had", () => {
    expect(keyProblems({ answer: ["a", "return"] })).toEqual([
      {
        id: "answer",
        message: 'the key "return" cannot be had: there is no key "return"',
        hint: 'did you mean "enter"?',
      },
    ]);
  });

  test("who takes the keys away of what everybody needs is told; of the rest not", () => {
    expect(keyProblems({ redial: [], dtmf: [] })).toEqual([]);
    expect(keyProblems({ quit: [] })).toHaveLength(1);
    expect(keyProblems({ answer: ["ctrl+c"] })).toHaveLength(1);
    expect(keyProblems({ quit: ["ctrl+c"] })).toEqual([]);
  });

  test("the usual keys clash nowhere", () => {
    expect(keyClashes({})).toEqual([]);
  });

  const pairs = (keys: Record<string, string[]>): string[] =>
    keyClashes(keys).map(({ key, first, second }) => `${key}: ${first.id} ${second.id}`);

  test.each([
    // A second call rings while one is to be held.
    [{ answer: ["h"] }, ["h: answer hold"]],
    [{ ready: ["n"] }, ["n: ready not-ready"]],
    [{ dial: ["q"] }, ["q: dial quit"]],
    [{ "log-raw": ["p"] }, ["p: log-raw log-pause"]],
  ] as [Record<string, string[]>, string[]][])("%j clashes", (keys, expected) => {
    expect(pairs(keys)).toEqual(expected);
  });

  test.each([
    // Never at the same moment: one signs in, the other needs somebody who is signed in.
    [{ "sign-in": ["o"] }],
    // A view's own key comes before the general one.
    [{ "log-raw": ["n"] }],
    [{ "ladder-raw": ["a"] }],
    [{ hold: ["z"], retrieve: ["z"] }],
  ] as [Record<string, string[]>][])("%j does not", (keys) => {
    expect(pairs(keys)).toEqual([]);
  });
});

describe("the page of keys", () => {
  test("has every action once, with the configured keys, in lines of a screen", () => {
    const page = keysPage({ answer: ["z", "space"] });
    for (const { id } of allKeys)
      expect(page.split("\n").filter((line) => line.split(/\s{2,}/)[2] === id)).toHaveLength(1);
    expect(page).toMatch(/^ {2}z space +answer +Answer the ringing call$/m);
    expect(Math.max(...page.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
