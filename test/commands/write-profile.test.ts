import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeProfile } from "../../src/commands/write-profile.ts";
import { loadConfig } from "../../src/platform/config.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-write-"));
});
afterAll(() => rm(folder, { recursive: true }));

const pin = "ab".repeat(32);
const entry = { profile: "default", finesse: "https://fina:8445", pin };
const read = (path: string, profile = "default") =>
  loadConfig({ environment: { CTI_CONFIG: path, HOME: folder }, folder, flags: { profile } });

test("a new file is the person's alone, and reads as it was written", async () => {
  const path = join(folder, "new", "cti", "config.toml");
  await writeProfile(path, entry);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
  expect((await read(path)).settings).toMatchObject({ finesse: ["https://fina:8445"], pin });
});

test("another profile comes after what is there, which stays as it is", async () => {
  const path = join(folder, "more.toml");
  // No line end at the end, as some editors leave it.
  const before = '# mine\n[profiles.default]\nfinesse = "lab"\n[console]\nbell = false';
  await writeFile(path, before);
  await chmod(path, 0o640);
  await writeProfile(path, { ...entry, profile: "new.site", pin: undefined });
  expect(await readFile(path, "utf8")).toStartWith(before);
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect((await read(path)).settings.finesse).toEqual(["https://lab:8445"]);
  expect((await read(path, "new.site")).settings).toMatchObject({
    finesse: ["https://fina:8445"],
    pin: undefined,
  });
});

test.each([
  ["that profile is there", '[profiles.default]\nagent = "1001"\n', /already/],
  ["the file is not TOML", "[profiles.default\n", /not TOML/],
  ["the file has an unknown key", "[console]\nthme = 1\n", /thme/],
  ["profiles are written in one line", "profiles = { lab = { } }\n", /./],
])("nothing is changed when %s", async (what, text, why) => {
  const path = join(folder, `${what.replaceAll(" ", "-")}.toml`);
  await writeFile(path, text);
  await expect(writeProfile(path, entry)).rejects.toThrow(why);
  expect(await readFile(path, "utf8")).toBe(text);
});

test("where it cannot be written it says what to write by hand", async () => {
  const error = await writeProfile("/dev/null/config.toml", entry).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "config-invalid" });
});
