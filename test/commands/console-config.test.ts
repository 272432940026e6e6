import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeControl, run } from "./harness.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-console-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;

async function withFile(toml: string, ...words: string[]): ReturnType<typeof run> {
  const path = join(folder, `${++files}.toml`);
  await writeFile(path, toml);
  return run(words, fakeControl(), { env: { CTI_CONFIG: path } });
}

describe("[console] of the configuration", () => {
  test("is shown with where it came from", async () => {
    const { stdout, exitCode } = await withFile(
      '[console]\ntheme = "light"\nbell = false\n[console.keys]\nanswer = ["z", "space"]\nquit = "Q"\n',
      "config",
      "show",
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^console\.theme +light +.*toml:2$/m);
    expect(stdout).toMatch(/^console\.bell +false +.*toml:3$/m);
    expect(stdout).toMatch(/^console\.mouse +false +default$/m);
    expect(stdout).toMatch(/^console\.keys\.answer +z, space +.*toml:5$/m);
    expect(stdout).toMatch(/^console\.keys\.quit +Q +.*toml:6$/m);
  });

  test.each([
    ['[console]\nthme = "light"', ':2: there is no setting "thme"', '"theme"'],
    ['[console]\ntheme = "ligth"', ":2: console.theme: ", '"light"'],
    ['[console]\nbell = "no"', ':2: "console.bell" must be true or false', ""],
    ["[console]\nkeys = 5", '"keys" must be a table', "answer"],
    ["console = 5", '"console" must be a table', ""],
    ["[console.keys]\nanswer = 5", ":2: ", "list of keys"],
    ['[console.keys]\nanwser = "a"', ':2: console.keys.anwser: there is no action "anwser"', '"answer"'],
    ['[console.keys]\nanswer = "return"', ':2: console.keys.answer: the key "return"', '"enter"'],
  ])("%j is an error that names the place", async (toml, message, hint) => {
    const { stderr, exitCode } = await withFile(toml, "config", "check");
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  test("a bad value is nothing to who wants no console", async () => {
    const { exitCode } = await withFile('[console]\ntheme = "blue"', "ready");
    expect(exitCode).toBe(0);
  });

  test("two actions that want one key are told by the check, and are no error", async () => {
    const { stderr, exitCode } = await withFile('[console.keys]\nanswer = ["a", "h"]', "config", "check");
    expect(exitCode).toBe(0);
    expect(stderr).toContain(':2: the key "h" is wanted by answer and hold at once');
  });

  test("the page of keys shows them as configured, and the usual ones when that is wrong", async () => {
    expect((await withFile('[console.keys]\nanswer = "z"', "help", "keys")).stdout).toMatch(
      /^ {2}z +answer/m,
    );
    const { stdout } = await withFile('[console.keys]\nanswer = "return"', "help", "keys");
    expect(stdout).toMatch(/^ {2}a enter +answer/m);
    expect(stdout).toContain("the configuration is wrong");
    expect(stdout).toEndWith("\n");
  });

  test("cti help console is the command and the page", async () => {
    const { stdout } = await run(["help", "console"], fakeControl());
    expect(stdout).toContain("--read-only");
    expect(stdout).toContain("[console]");
  });

  test("a theme that is none is a usage error", async () => {
    const { stderr, exitCode } = await run(["console", "--theme", "ligth"], fakeControl());
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean "light"');
  });
});
