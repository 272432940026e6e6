import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { drawPictures, pictures } from "../../scripts/lib/picture.ts";

// Another screen on purpose: scripts/picture draws it anew.
test("the README's picture is the console as it is", async () => {
  const drawn = await drawPictures();
  expect(readFileSync(pictures.light, "utf8")).toBe(drawn.light);
  expect(readFileSync(pictures.dark, "utf8")).toBe(drawn.dark);
}, 30_000);
