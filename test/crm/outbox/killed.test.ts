import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const linesOf = (path: string) => readFileSync(path, "utf8").trim().split("\n");

test("kill -9, again and again: each record arrives at least once and in order, no pop arrives twice", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cti-killed-"));
  try {
    const run = (from: number, count: number) =>
      Bun.spawn([process.execPath, join(import.meta.dir, "worker.ts"), directory, `${from}`, `${count}`], {
        stdout: "pipe",
        stderr: "inherit",
      });
    for (let life = 0; life < 5; life++) {
      const worker = run(life * 1000, 1000);
      let steps = 0;
      for await (const piece of worker.stdout) {
        steps += piece.length;
        if (steps > 17 + 40 * life) break;
      }
      worker.kill("SIGKILL");
      expect(await worker.exited).not.toBe(0);
    }
    expect(await run(0, 0).exited).toBe(0);

    const seen = linesOf(join(directory, "seen"));
    const pops = seen.filter((line) => line.startsWith("pop "));
    expect(new Set(pops).size).toBe(pops.length);
    const records = [...new Set(seen.filter((line) => line.startsWith("record ")))];
    const numbers = records.map((line) => Number(line.split(" ")[1]));
    // No number twice under two ids.
    expect(new Set(numbers).size).toBe(numbers.length);
    const missing = linesOf(join(directory, "owed")).filter((number) => !numbers.includes(Number(number)));
    expect(missing).toEqual([]);
    for (let lane = 0; lane < 5; lane++) {
      const mine = numbers.filter((number) => number % 5 === lane);
      expect(mine).toEqual(mine.toSorted((a, b) => a - b));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 30_000);
