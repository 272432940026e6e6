import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../../src/commands/catalogue.ts";
import { definitionsOf } from "../../src/commands/definitions.ts";
import { topicNames } from "../../src/commands/help-text.ts";
import { errorExitCodes } from "../../src/model/errors.ts";
import { fakeControl, run } from "./harness.ts";

describe("help", () => {
  test("bare cti, --help and help are the same page, short enough for a screen", async () => {
    const bare = await run([], fakeControl());
    expect(bare.exitCode).toBe(0);
    expect((await run(["--help"], fakeControl())).stdout).toBe(bare.stdout);
    expect((await run(["help"], fakeControl())).stdout).toBe(bare.stdout);
    expect(bare.stdout.split("\n").length).toBeLessThan(50);
  });

  test.each(catalogue.map((entry) => [entry.name]))(
    "cti %s --help has usage and an example",
    async (name) => {
      const { exitCode, stdout } = await run([name, "--help"], fakeControl());
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/Usage|Commands/);
      // A topic of the same name follows.
      expect((await run(["help", name], fakeControl())).stdout).toStartWith(stdout);
      const entry = catalogue.find((candidate) => candidate.name === name);
      for (const definition of definitionsOf((await entry?.load()) ?? [])) {
        expect({ path: definition.path, examples: definition.examples?.length ?? 0 }).not.toEqual({
          path: definition.path,
          examples: 0,
        });
        expect(definition.description).toBeTruthy();
        for (const option of definition.options) expect(option.description).toBeTruthy();
      }
    },
  );

  test("every command's classes begin with its own word", async () => {
    for (const entry of catalogue) {
      for (const command of await entry.load()) {
        for (const path of command.paths ?? []) expect(path[0]).toBe(entry.name);
      }
    }
  });

  test.each(topicNames.map((name) => [name]))("topic %s", async (name) => {
    const { stdout, exitCode } = await run(["help", name], fakeControl());
    expect(exitCode).toBe(0);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("the page on exit codes knows them all", async () => {
    const { stdout } = await run(["help", "exit-codes"], fakeControl());
    for (const code of new Set(Object.values(errorExitCodes)))
      expect(stdout).toMatch(new RegExp(`^  ${code} `, "m"));
  });
});

describe("completion", () => {
  async function complete(...words: string[]): Promise<string[]> {
    const { stdout } = await run(["__complete", "--", ...words], fakeControl());
    return stdout
      .split("\n")
      .map((line) => line.split("\t")[0] ?? "")
      .filter((word) => word !== "");
  }

  test.each([
    [["re"], ["ready", "retrieve", "reasons"]],
    [
      ["config", ""],
      ["show", "check", "path"],
    ],
    [["ready", "--ag"], ["--agent"]],
    [["ready", "-a", ""], ["1001"]],
    [["wrap-up", ""], ["Sales"]],
    [["not-ready", "L"], ["Lunch"]],
    [["reasons", "--category", "w"], ["wrap-up"]],
    [["wait", "call.s"], ["call.started"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["sim", "eb"], ["ebs"]],
    [
      ["sim", "ebs", ""],
      ["do", "history", "fail", "heal"],
    ],
    [["sim", "ebs", "--sea"], ["--seat"]],
    [["nonsense", ""], []],
  ])("%p → %p", async (words, expected) => expect(await complete(...words)).toEqual(expected));

  test("the connector's absence is silent", async () => {
    const ran = await run(["__complete", "--", "ready", "-a", ""], fakeControl({ running: false }));
    expect(ran).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  test.each(["bash", "zsh", "fish"])("%s asks the binary", async (shell) => {
    const { stdout } = await run(["completion", shell], fakeControl());
    expect(stdout).toContain("cti __complete");
  });

  test.skipIf(Bun.which("bash") === null)("bash understands its script", async () => {
    const { stdout } = await run(["completion", "bash"], fakeControl());
    const shell = Bun.spawnSync(["bash", "-n"], { stdin: Buffer.from(stdout) });
    expect({ code: shell.exitCode, err: shell.stderr.toString() }).toEqual({ code: 0, err: "" });
  });
});

describe("cti decode", () => {
  const update = `<Update><event>put</event><source>/finesse/api/User/1001</source><data><user><loginId>1001</loginId><state>READY</state></user></data></Update>`;

  test("JSON on stdout", async () => {
    const { exitCode, stdout } = await run(["decode"], fakeControl(), { stdin: update });
    expect(exitCode).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('"READY"');
  });

  test("--json: on one line", async () => {
    const { stdout } = await run(["decode", "--json"], fakeControl(), { stdin: update });
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(JSON.parse(stdout)).toBeObject();
  });

  test.each(["", "hello", "<a><b></a>", "\u0000\u0001"])("%p: exit 2, no stack", async (stdin) => {
    const { exitCode, stdout, stderr } = await run(["decode"], fakeControl(), { stdin });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toStartWith("✗ ");
    expect(stderr).not.toContain("    at ");
  });

  test("another kind: exit 2", async () => {
    expect((await run(["decode", "--kind", "gcs"], fakeControl(), { stdin: update })).exitCode).toBe(2);
  });
});

describe("cti config", () => {
  async function withFile<Answer>(
    toml: string,
    work: (env: Record<string, string>) => Promise<Answer>,
  ): Promise<Answer> {
    const folder = await mkdtemp(join(tmpdir(), "cti-show-"));
    try {
      const path = join(folder, "config.toml");
      await writeFile(path, toml);
      return await work({ CTI_CONFIG: path });
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test("show: each value with its place, secrets masked", async () => {
    const toml = `[profiles.default]\nagent = "1001"\n[profiles.default.adapters.generic-connector]\nbroker = "tcp://u:hunter2@mq:61616"\npass-key = "hunter2"\ntoken = "hunter2"\n`;
    await withFile(toml, async (env) => {
      const args = { env: { ...env, CTI_PASSWORD: "hunter2", CTI_EXTENSION: "2001" } };
      const text = await run(["config", "show"], fakeControl(), args);
      const { stdout } = await run(["config", "show", "--json"], fakeControl(), args);
      expect(text.stdout + stdout).not.toContain("hunter2");
      const shown = JSON.parse(stdout);
      expect(Object.keys(shown)).toEqual(["profile", "path", "exists", "settings"]);
      expect(shown.settings).toContainEqual({ key: "agent", value: "1001", from: `${env.CTI_CONFIG}:2` });
      expect(shown.settings).toContainEqual({ key: "extension", value: "2001", from: "CTI_EXTENSION" });
      expect(shown.settings).toContainEqual({ key: "password", value: "•••", from: "CTI_PASSWORD" });
    });
  });

  test("show: an adapter's tables by their entries, a key's file by its name", async () => {
    const toml = `[profiles.default.adapters.ebs]\nkey = "site-key.pem"\ndata = { callVariable1 = ["CustomerNum"], "user.account" = "AccountNum" }\norigins = ["https://u:hunter2@ebs"]\n`;
    await withFile(toml, async (env) => {
      const { stdout } = await run(["config", "show", "--json"], fakeControl(), { env });
      const { settings } = JSON.parse(stdout) as { settings: { key: string; value: unknown }[] };
      const shown = settings
        .filter(({ key }) => key.startsWith("adapters."))
        .map(({ key, value }) => [key, value]);
      expect(shown).toEqual([
        ["adapters.ebs.key", "site-key.pem"],
        ["adapters.ebs.data.callVariable1", ["CustomerNum"]],
        ["adapters.ebs.data.user.account", "AccountNum"],
        ["adapters.ebs.origins", ["https://•••@ebs"]],
      ]);
    });
  });

  test("check: an adapter's table is read as cti serve reads it", async () => {
    await withFile(`[profiles.default.adapters.ebs]\nlisten = "127.0.0.1:3107"\n`, async (env) => {
      const right = await run(["config", "check"], fakeControl(), { env });
      expect(right).toMatchObject({ exitCode: 0, stderr: "" });
    });
    await withFile(`[profiles.default.adapters.ebs]\nlistn = "127.0.0.1:3107"\n`, async (env) => {
      const { stderr } = await run(["config", "check"], fakeControl(), { env });
      expect(stderr).toContain(`${env.CTI_CONFIG}: adapters.ebs: there is no setting "listn"`);
      expect(stderr).toContain('did you mean "listen"?');
    });
  });

  test("check: right, and variables that are near ours", async () => {
    await withFile(`[profiles.default]\nagent = "1001"\n`, async (env) => {
      const { exitCode, stderr } = await run(["config", "check"], fakeControl(), {
        env: { ...env, CTI_FINESE: "x" },
      });
      expect(exitCode).toBe(0);
      expect(stderr).toContain("did you mean CTI_FINESSE");
    });
  });

  test.each([
    `[profiles.lab]\nfinese = "x"\n`,
    `[profiles.default]\nagent = "1"\n[profiles.lab]\ntimeout = "never"\n`,
    `[profiles.default]\nca = "nowhere.pem"\n`,
    `[profiles.default.adapters.ebs]\nlisten = "0.0.0.0:3107"\n`,
    `[profiles.default.adapters.esb]\n`,
    `[profiles.lab.adapters.generic-connector]\nbrokr = "tcp://mq:61616"\n`,
  ])("check: wrong in any profile is exit 2", async (toml) => {
    await withFile(toml, async (env) => {
      expect((await run(["config", "check"], fakeControl(), { env })).exitCode).toBe(2);
    });
  });

  test("path", async () => {
    const { stdout } = await run(["config", "path"], fakeControl(), { env: { CTI_CONFIG: "/x/y.toml" } });
    expect(stdout).toBe("/x/y.toml\n");
  });
});
