import { describe, expect, test } from "bun:test";
import { runSeed } from "./run.ts";

describe("agents at work while things break", () => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    "seed %i: no lie, nobody stuck, the picture true, each contact told once",
    async (seed) => {
      const { lies, stuck, differences, disorder } = await runSeed(seed);
      expect({ lies, stuck, differences, disorder }).toEqual({
        lies: [],
        stuck: [],
        differences: [],
        disorder: [],
      });
    },
  );

  test("a seed replays exactly", async () => {
    const first = await runSeed(7, { trouble: 60_000 });
    const again = await runSeed(7, { trouble: 60_000, tells: true });
    expect(again.story.length).toBeGreaterThan(100);
    expect(again.fingerprint).toBe(first.fingerprint);
  });
});
