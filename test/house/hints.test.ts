import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { catalogue } from "../../src/commands/catalogue.ts";

const root = resolve(import.meta.dir, "../../src");

/** Sentences in which our name is followed by what it does. */
const plainWords = new Set(["itself", "shows", "reads", "tries", "was", "found", "simulator"]);

/** What follows `cti` in the strings of a source file: comments are for us, and may speak of what is to come. */
function commandsNamed(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(?<!fail )\bcti ([a-z][a-z-]*)/g)].map((match) => match[1] ?? "");
}

test("every command that a hint or help names exists today", () => {
  const known = new Set(catalogue.map((entry) => entry.name));
  const strangers = [...new Bun.Glob("**/*.ts").scanSync(root)].flatMap((path) =>
    commandsNamed(readFileSync(resolve(root, path), "utf8"))
      .filter((word) => !known.has(word) && !plainWords.has(word))
      .map((word) => `${path}: cti ${word}`),
  );
  expect(strangers).toEqual([]);
});
