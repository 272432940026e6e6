import { expect, test } from "bun:test";
import { Recording } from "./recording.ts";

function recorded(text: string): Recording {
  const recording = new Recording();
  // Byte by byte: sequences are cut anywhere.
  for (const byte of new TextEncoder().encode(text)) recording.add(Uint8Array.of(byte));
  return recording;
}

test("notifications, titles, the clipboard and the bell are told apart", () => {
  const recording = recorded(
    "\u001B]0;cti: 1001\u0007\u001B]9;Call from 555\u0007\u001B]9;4;1;50\u0007\u001B]777;notify;Call;from 555\u001B\\" +
      `\u001B]52;c;${Buffer.from("Müller").toString("base64")}\u0007é\u0007日\u001B]2;idle\u001B\\`,
  );
  expect(recording.titles).toEqual(["cti: 1001", "idle"]);
  expect(recording.notifications).toEqual(["Call from 555", "Call: from 555"]);
  expect(recording.clipboard).toEqual(["Müller"]);
  expect(recording.bells).toBe(1);
});

test("what wipes the screen or the lines scrolled away is counted, what wipes a line's rest is not", () => {
  expect(recorded("\u001B[2J\u001B[3J\u001B[H").clears).toBe(2);
  expect(recorded("\u001Bc").clears).toBe(1);
  expect(recorded("\u001B[J\u001B[0J\u001B[K\u001B[2K\u001B[?2J").clears).toBe(0);
});

test.each([
  ["\u001B[?1049h", ["alternate screen"]],
  ["\u001B[?1049h\u001B[?1049l", []],
  ["\u001B[?25l", ["cursor hidden"]],
  ["\u001B[?25l\u001B[?25h", []],
  ["\u001B[?1000;1006h", ["mouse reports"]],
  ["\u001B[?1000;1006h\u001B[?1000l\u001B[?1006l", []],
  ["\u001B[?2004h\u001Bc", []],
  ["\u001B[>1u", ["kitty keyboard"]],
  ["\u001B[>1u\u001B[<u", []],
  ["\u001B[1;31mred", ["a text style"]],
  ["\u001B[1;31mred\u001B[0m", []],
  ["\u001B[31mred\u001B[39m", []],
  ["\u001B[38;5;22mred", ["a text style"]],
])("%p leaves %p on", (text, left) => {
  expect(recorded(text).leftOn).toEqual(left);
});
