import { test } from "bun:test";
import fc from "fast-check";
import { acts } from "./acts.ts";
import { Story } from "./story.ts";

const runs = Number(process.env.OUTBOX_RUNS ?? 40);
/** After how many steps a worker dies: writing, or sending, each seen before and after. */
const fates = fc.array(fc.integer({ min: 6, max: 60 }), { maxLength: 4 });

test.each([
  ["killed at any step", false],
  ["killed at any step, with a disk that fails at times", true],
])("%s, it keeps order, repeats no pop that may have arrived, and loses nothing", async (_name, disk) => {
  await fc.assert(
    fc.asyncProperty(acts(disk), fates, async (story, ends) => {
      const played = new Story(ends);
      try {
        await played.play(story);
      } finally {
        played.remove();
      }
    }),
    { numRuns: runs, interruptAfterTimeLimit: 15_000 },
  );
});
