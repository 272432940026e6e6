import { expect, test } from "bun:test";
import { findPassword } from "../../src/platform/password.ts";
import { jsonText, printable } from "../../src/platform/terminal.ts";

const hostile = "\u001b[31mred\u0007 \u009b2J bell\nfake ✓ line\r\t\u202eright\u2028next\u007f";

test("text from elsewhere stays on its line and steers nothing, while other scripts pass", () => {
  // oxlint-disable-next-line no-control-regex
  expect(printable(hostile)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(printable("Łucja Wójcik · 山田 · יוסף · 😀")).toBe("Łucja Wójcik · 山田 · יוסף · 😀");
});

test("JSON that is shown holds no terminal codes and still means the same", () => {
  for (const indent of [undefined, 2]) {
    const text = jsonText({ hostile, nested: [hostile] }, indent);
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(JSON.parse(text)).toEqual({ hostile, nested: [hostile] });
  }
});

const fromStdin = (text: string) =>
  findPassword("1001", "https://fina.example.com:8445", {
    fromStdin: true,
    readStdin: () => Promise.resolve(text),
    environment: {},
    keyStore: { get: () => Promise.resolve(undefined) },
  });

test.each([
  ["a file", "x".repeat(1_000_000)],
  ["two lines", "first\nsecond\n"],
  ["zeros", "se\u0000cret"],
  ["what is not UTF-8", Buffer.from([0xff, 0xfe]).toString("utf8")],
  ["nothing", "\n"],
])("%s is not tried as a password: it would count towards the lock-out", async (_what, text) => {
  const error = await fromStdin(text).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "credentials-missing", exitCode: 2 });
  expect(JSON.stringify(error)).not.toContain("first");
});

test("an unusual password is one", async () => {
  const { password } = await fromStdin(" pä ss;wörd\"'😀\r\n");
  expect(password.reveal()).toBe(" pä ss;wörd\"'😀");
});
