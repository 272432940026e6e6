import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutTo, fit, graphemes, isPlain, widthOf } from "../../../src/console/overlays/cells.ts";

const characters = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));

test("what counts as plain is one column wide and joins no neighbour", () => {
  const found = characters.filter(isPlain);
  expect(found.length).toBeGreaterThan(900);
  expect(found.filter((character) => Bun.stringWidth(character) !== 1)).toEqual([]);
  expect(graphemes(found.join(""))).toEqual(found);
});

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("", "Ana Müller ↔ …", "日本語", "דנה כהן", "a\nb\u001b[31m", "😀👨‍👩‍👧", "नमस्ते"),
);

test("cut and filled to any width; a text that fits is left whole", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 30 }), (one, width) => {
      expect(widthOf(cutTo(one, width))).toBeLessThanOrEqual(width);
      expect(widthOf(fit(one, width))).toBe(width);
      if (isPlain(one) && one.length <= width) expect(cutTo(one, width)).toBe(one);
      // What was measured once is measured alike again.
      expect(widthOf(one)).toBe(widthOf(one));
    }),
  );
});

test("an emoji made of several is drawn as the first of them, a flag as letters: terminals disagree on how wide they are", () => {
  expect(cutTo("😀👨‍👩‍👧‍👦 family", 20)).toBe("😀👨 family");
  expect(widthOf("👨‍👩‍👧‍👦")).toBe(2);
  expect(cutTo("👍🏽 1️⃣ ❤️ 🇩🇪!", 20)).toBe("👍 1 ❤ DE!");
  expect(widthOf("🇩🇪!")).toBe(3);
  // Accents and the marks of other scripts belong to their letters.
  expect(cutTo("Zoe\u0308 नमस्ते", 20)).toBe("Zoe\u0308 नमस्ते");
});
