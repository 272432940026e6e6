import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildMetafile } from "bun";
import { compile, whoLoads } from "../../scripts/lib/compile.ts";
import { TerminalStage } from "./stage.ts";

const folder = mkdtempSync(join(tmpdir(), "cti-binary-"));
const empty = join(folder, "empty");
const binary = join(folder, "subject");
let metafile: BuildMetafile;

beforeAll(async () => {
  mkdirSync(empty);
  metafile = await compile(join(import.meta.dir, "lazy-subject.ts"), binary);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an ink program in a binary of ours draws, takes keys and leaves a clean terminal, far from its packages", async () => {
  await using stage = new TerminalStage([binary], { cwd: empty, columns: 60, rows: 12 });
  await stage.until("typed 0");
  stage.type("5551234");
  await stage.until("typed 7: 5551234");
  stage.press("esc");
  expect(await stage.exited).toBe(0);
  expect(stage.text.trim()).toBe("goodbye");
  expect(stage.leftBehind).toEqual([]);
});

test("it holds React's production build", () => {
  expect(readFileSync(binary).includes("Each child in a list should have a unique")).toBe(false);
});

test("only what draws loads ink and react: the entry answers without them", () => {
  expect(whoLoads(metafile, ["ink", "react"])).toEqual([join(import.meta.dir, "subject.tsx")]);
  expect(whoLoads(metafile, ["undici"])).toEqual([]);
});
