import { expect, test } from "bun:test";
import { join } from "node:path";
import { TerminalStage } from "./stage.ts";
import type { StageOptions } from "./stage.ts";

const subject = [process.execPath, join(import.meta.dir, "subject.tsx")];
const screens = join(import.meta.dir, "screens");

async function open(options: StageOptions = {}): Promise<TerminalStage> {
  const stage = new TerminalStage(subject, { columns: 60, rows: 12, screens, ...options });
  await stage.until("typed 0");
  return stage;
}

/** A program of the shell's, for what ink would not write. */
function shell(script: string, options: StageOptions = {}): TerminalStage {
  return new TerminalStage(["/bin/sh", "-c", script], options);
}

test("keys go in, the screen comes out, with its colours and wide characters in their columns", async () => {
  await using stage = await open();
  stage.press("a", "b", "c");
  await stage.until("typed 3: abc");
  stage.press("up");
  await stage.until("last: upArrow");
  stage.press("shift+tab");
  await stage.until("last: shift tab");
  stage.press("ctrl+f");
  await stage.until("last: ctrl f");
  await stage.expectScreen("subject", { styles: true, mask: [/\d\d:\d\d/] });
  expect(stage.find("READY")).toMatchObject({ row: 1, column: 2, style: { bold: true, foreground: 2 } });
  expect(
    stage
      .cells()[1]
      ?.filter((cell) => cell.width === 2)
      .map((cell) => cell.text),
  ).toEqual(["日", "本", "語", "📞"]);
  expect(stage.alternate).toBe(true);
  expect(stage.picture().cursor).toBeUndefined();
});

test("a thousand keys typed at once all arrive, and nothing wipes the screen meanwhile", async () => {
  await using stage = await open();
  stage.type("0123456789".repeat(100));
  await stage.until("typed 1000");
  expect(stage.raw.clears).toBe(0);
});

test("a paste comes as one, marked for the programs that ask for it", async () => {
  await using stage = await open();
  stage.paste("5551234\nhold");
  await stage.until('pasted: "5551234\\rhold"');
  await using plain = shell("cat -v");
  plain.paste("five");
  await plain.until("five");
  expect(plain.text).not.toContain("200~");
});

test("a window pulled to another size is told to the program", async () => {
  await using stage = await open();
  stage.resize(44, 9);
  await stage.until("size 44×9");
  expect(stage.screen()).toHaveLength(9);
  expect(stage.screen()[0]).toBe(`╭${"─".repeat(42)}╮`);
});

test("a program that leaves gives the screen back, and its last words stand where the shell goes on", async () => {
  await using stage = await open();
  expect(stage.leftBehind).toEqual([
    "alternate screen",
    "cursor hidden",
    "marked pastes",
    "keys come raw, without echo",
  ]);
  stage.press("esc");
  expect(await stage.exited).toBe(0);
  expect(stage.leftBehind).toEqual([]);
  expect(stage.alternate).toBe(false);
  expect(stage.text.trim()).toBe("goodbye");
});

test("a crash gives the screen back too, and says what happened", async () => {
  await using stage = await open();
  stage.press("ctrl+x");
  expect(await stage.exited).toBe(1);
  expect(stage.leftBehind).toEqual([]);
  expect(stage.text.trim()).toBe("Error: the subject breaks");
});

test("a signal, a kill and a lost connection end the program; what a kill leaves behind is seen", async () => {
  await using ended = await open();
  await using killed = await open();
  await using lost = await open();
  ended.signal("SIGTERM");
  expect(await ended.exited).toBe(143);
  expect(ended.leftBehind).toEqual([]);
  killed.signal("SIGKILL");
  expect(await killed.exited).toBe(137);
  expect(killed.leftBehind).toContain("cursor hidden");
  lost.hangUp();
  expect(await lost.exited).not.toBe(0);
});

test("what does not come to be seen is told with the screen in a box", async () => {
  await using stage = shell("echo here; read line", { columns: 20, rows: 3 });
  await stage.until("here");
  const error = await stage.until(/the.re/, { timeout: 20 }).catch((reason: Error) => reason);
  expect(String(error)).toBe(`Error: after 20 ms there is still no /the.re/
┌─ 20×3 ─────────────┐
│here                │
│                    │
│                    │
└────────────────────┘
`);
});

test("waiting ends with the program: at once, not when the time is up", async () => {
  await using stage = shell("read line; echo gone; exit 3", { columns: 20, rows: 3 });
  const waiting = stage.until("never").catch((error: Error) => error.message);
  stage.press("enter");
  expect(await waiting).toStartWith(
    'nothing more will come, and there is no "never"; the program has ended with 3\n',
  );
  await stage.until("gone");
  await expect(stage.until("never")).rejects.toThrow("nothing more will come");
});

test("a question about the screen that fails is the waiting one's failure", async () => {
  await using stage = shell("read line; echo more; read line");
  const waiting = stage
    .until((text) => {
      if (text.includes("more")) throw new Error("not this");
      return false;
    })
    .catch((error: Error) => error.message);
  stage.press("enter");
  expect(await waiting).toBe("not this");
});

test("frames that a program marks as whole are never seen half drawn", async () => {
  await using stage = shell(
    "stty -echo; printf '\\033[?2026hone'; read line; printf ' two\\033[?2026l'; read line",
  );
  const seen: string[] = [];
  const waiting = stage.until((text) => {
    seen.push(text.trim());
    return text.includes("two");
  });
  stage.press("enter");
  await waiting;
  expect(seen.filter((text) => text === "one")).toEqual([]);
});

test("the terminal answers what programs ask: who it is, where the cursor stands, whether the window is light", async () => {
  const ask = "stty raw -echo; printf '\\033[6n\\033]11;?\\007'; head -c 28 | cat -v";
  await using stage = shell(ask, { background: "light" });
  await stage.until("^[[1;1R^[]11;rgb:ffff/ffff/f");
});

test("the program's environment is the test's alone", async () => {
  await using stage = shell("env; read line", { env: { SPOKEN: "yes", LANG: undefined } });
  await stage.until("SPOKEN=yes");
  await stage.until("TERM=xterm-256color");
  expect(stage.text).not.toMatch(/^(HOME|CI|NO_COLOR|LANG|CTI_\w+)=/m);
});
