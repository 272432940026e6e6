import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TmuxStage, hasTmux } from "./tmux.ts";

const subject = [process.execPath, join(import.meta.dir, "subject.tsx")];
const screens = join(import.meta.dir, "screens");

describe.skipIf(!hasTmux)("in tmux", () => {
  async function open(): Promise<TmuxStage> {
    const stage = new TmuxStage(subject, { columns: 60, rows: 12, screens });
    await stage.until("typed 0");
    return stage;
  }

  test("the same screen as without", async () => {
    await using stage = await open();
    stage.type("abc");
    stage.press("up", "shift+tab", "ctrl+f");
    await stage.expectScreen("subject", { styles: true, mask: [/\d\d:\d\d/] });
  });

  test("a thousand keys, a paste and another size get through", async () => {
    await using stage = await open();
    stage.type("0123456789".repeat(100));
    await stage.until("typed 1000");
    stage.paste("5551234\nhold");
    await stage.until('pasted: "5551234\\rhold"');
    stage.resize(44, 9);
    await stage.until("size 44×9");
    await stage.command("split-window", "-h");
    await stage.until(/size 2\d×9/);
  });

  test("the program's own ending is told, not that of tmux", async () => {
    await using left = await open();
    await using broken = await open();
    await using ended = await open();
    left.press("esc");
    broken.press("ctrl+x");
    ended.signal("SIGTERM");
    expect(await Promise.all([left.exited, broken.exited, ended.exited])).toEqual([0, 1, 143]);
  });

  test("what the program copies, and how it rings, reaches the terminal outside", async () => {
    await using stage = new TmuxStage([
      "/bin/sh",
      "-c",
      "printf '\\033]52;c;NTU1MTIzNA==\\007\\007ready'; read line",
    ]);
    await stage.until(() => stage.raw.bells > 0 && stage.raw.clipboard.length > 0);
    expect(stage.raw.clipboard).toEqual(["5551234"]);
    expect(stage.raw.bells).toBe(1);
  });

  test("a program that does not mind losing its terminal is ended with the stage", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cti-pipe-"));
    const pipe = join(folder, "pipe");
    Bun.spawnSync(["mkfifo", pipe]);
    // Ends when nobody holds the pipe's other end any more.
    const watch = Bun.spawn(["cat", pipe], { stdio: ["ignore", "ignore", "inherit"] });
    const stage = new TmuxStage([
      "/bin/sh",
      "-c",
      'trap "" HUP; exec 3>"$0"; echo stays; exec sleep 60',
      pipe,
    ]);
    await stage.until("stays");
    await stage.close();
    expect(await watch.exited).toBe(0);
    rmSync(folder, { recursive: true });
  });
});
