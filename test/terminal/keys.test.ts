import { expect, test } from "bun:test";
import { bytesOf } from "./keys.ts";

test.each([
  ["a", "a"],
  ["?", "?"],
  ["+", "+"],
  ["é", "é"],
  ["📞", "📞"],
  ["enter", "\r"],
  ["esc", "\u001B"],
  ["ctrl+c", "\u0003"],
  ["ctrl+C", "\u0003"],
  ["ctrl+space", "\0"],
  ["ctrl+[", "\u001B"],
  ["alt+x", "\u001Bx"],
  ["alt+ctrl+a", "\u001B\u0001"],
  ["alt+enter", "\u001B\r"],
  ["shift+a", "A"],
  ["shift+tab", "\u001B[Z"],
  ["up", "\u001B[A"],
  ["ctrl+up", "\u001B[1;5A"],
  ["shift+alt+end", "\u001B[1;4F"],
  ["page-down", "\u001B[6~"],
  ["ctrl+delete", "\u001B[3;5~"],
  ["f1", "\u001BOP"],
  ["shift+f1", "\u001B[1;2P"],
  ["f12", "\u001B[24~"],
])("%s", (key, bytes) => {
  expect(bytesOf(key)).toBe(bytes);
});

test("arrow keys have another code where the program asks for it, but not with a modifier", () => {
  expect(bytesOf("up", true)).toBe("\u001BOA");
  expect(bytesOf("ctrl+up", true)).toBe("\u001B[1;5A");
  expect(bytesOf("page-up", true)).toBe("\u001B[5~");
});

test.each(["", "entre", "hyper+a", "ctrl+é", "ctrl+1"])("there is no key %p", (key) => {
  expect(() => bytesOf(key)).toThrow(/key/);
});
