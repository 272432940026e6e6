import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ctiPath, Stage } from "../../e2e/stage.ts";
import { TerminalStage } from "../../terminal/stage.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cti-first-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Somebody who has never used it, in a home of his own. */
function open(words: string[] = [], env: Record<string, string> = {}): TerminalStage {
  return new TerminalStage([ctiPath, "console", ...words], {
    screens: join(import.meta.dir, "screens"),
    cwd: home,
    env: {
      HOME: home,
      TMPDIR: home,
      XDG_RUNTIME_DIR: home,
      XDG_STATE_HOME: join(home, "state"),
      XDG_CONFIG_HOME: join(home, "config"),
      ...env,
    },
  });
}

const config = (): string => join(home, "config", "cti", "config.toml");
const scratch = (): string[] => readdirSync(home).filter((name) => name.startsWith("cti-try-"));

/** Processes that name a folder on their command line. */
function running(folder: string): string {
  return Bun.spawnSync(["pgrep", "-f", folder]).stdout.toString().trim();
}

describe("cti console without any configuration", () => {
  test("asks where to begin; leaving leaves nothing behind", async () => {
    await using stage = open();
    await stage.until("Enter goes on");
    await stage.expectScreen("first-run");
    stage.press("q");
    expect(await stage.exited).toBe(0);
    expect(stage.leftBehind).toEqual([]);
    expect(existsSync(config())).toBe(false);
  });

  test("the simulator: signed in, a customer calls, the guide leads; all is gone after q", async () => {
    await using stage = open();
    await stage.until("Enter goes on");
    stage.press("enter");
    await stage.until("NOT_READY", { timeout: 20_000 });
    await stage.until("r makes you ready");
    const [folder = ""] = scratch();
    expect(running(folder)).not.toBe("");
    stage.press("r");
    await stage.until("A call comes in a few seconds");
    await stage.until("a answers", { timeout: 15_000 });
    expect(stage.text).toContain("Ines Okafor");
    stage.press("a");
    await stage.until("h puts the customer on hold");
    stage.press("x");
    await stage.until("Say what the call was about: w");
    stage.press("q");
    expect(await stage.exited).toBe(0);
    expect(stage.leftBehind).toEqual([]);
    expect(scratch()).toEqual([]);
    expect(running(folder)).toBe("");
  }, 60_000);

  test.each(["SIGTERM", "SIGHUP"] as const)(
    "%s on the simulator leaves as clean",
    async (signal) => {
      await using stage = open(["--simulator"]);
      await stage.until("NOT_READY", { timeout: 20_000 });
      const [folder = ""] = scratch();
      stage.signal(signal);
      expect(await stage.exited).toBe(0);
      expect(scratch()).toEqual([]);
      expect(running(folder)).toBe("");
    },
    40_000,
  );

  test("left while the simulator starts: it ends too", async () => {
    await using stage = open();
    await stage.until("Enter goes on");
    stage.press("enter");
    await stage.until("Starting the simulator");
    stage.press("ctrl+c");
    expect(await stage.exited).toBe(0);
    expect(scratch()).toEqual([]);
  }, 30_000);
});

describe("I have a Finesse", () => {
  let office: Stage;
  beforeEach(async () => {
    office = await new Stage().open();
  });
  afterEach(() => office.close());

  test("its certificate is compared and pinned, the profile written, the agent signs in", async () => {
    await using stage = open();
    await stage.until("Enter goes on");
    stage.press("down", "enter");
    await stage.until("Address of your Finesse");
    stage.paste((office.env.CTI_FINESSE ?? "").replace("localhost", "127.0.0.1"));
    stage.press("enter");
    await stage.until("Ask whoever runs it");
    await stage.expectScreen("first-run-certificate", {
      mask: [/127\.0\.0\.1:\d+/, /\b\d+ is open/, /[0-9A-F]{2}(:[0-9A-F]{2}){15}/, /\d{4}-\d\d-\d\d/],
    });
    stage.press("enter");
    stage.press("p");
    await stage.until("It works.");
    expect(existsSync(config())).toBe(false);
    stage.press("enter");
    await stage.until("password");
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    stage.type("1001\n2001\nsecret\n");
    await stage.until("○ NOT_READY");
    stage.press("q");
    expect(await stage.exited).toBe(0);
    expect(stage.leftBehind).toEqual([]);
    await office.ok("stop --leave", { XDG_RUNTIME_DIR: home });
    // The second time it is known.
    await using again = open();
    await again.until("i signs an agent in");
  }, 40_000);

  test("an address that is none, and one where nobody is, say what to do", async () => {
    await using stage = open();
    await stage.until("Enter goes on");
    stage.press("2");
    await stage.until("Address of your Finesse");
    stage.type("http://fina\n");
    await stage.until("only reached by https");
    stage.press("ctrl+u");
    stage.type("127.0.0.1:1\n");
    await stage.until("nothing listens there");
    expect(stage.text).toContain("✗ port");
    stage.press("esc");
    await stage.until("Enter tries it");
    expect(stage.text).toContain("127.0.0.1:1");
  }, 30_000);

  test("a configuration that knows a Finesse asks nothing", async () => {
    await using stage = open([], { CTI_FINESSE: office.env.CTI_FINESSE ?? "", CTI_CA: office.ca });
    await stage.until("i signs an agent in");
  });
});
