import { describe, expect, test } from "bun:test";
import { dirname, join, relative, resolve } from "node:path";

const source = resolve(import.meta.dir, "../../src");

/** Design §4: what each room may import of the others. `lazy` rooms only by `import()`. */
const floors: Record<string, { may: string[]; lazy?: string[] }> = {
  model: { may: [] },
  platform: { may: ["model"] },
  finesse: { may: ["model", "platform"] },
  openwire: { may: ["model", "platform"] },
  session: { may: ["model", "platform", "finesse"] },
  crm: { may: ["model", "platform", "openwire", "words"] },
  control: { may: ["model", "platform"] },
  words: { may: ["model", "platform"] },
  connector: { may: ["model", "platform", "session", "crm", "control"] },
  commands: {
    may: ["model", "platform", "control", "words"],
    lazy: ["connector", "simulator", "finesse", "openwire", "doctor", "console", "monitor", "crm"],
  },
  console: { may: ["model", "platform", "control", "words"] },
  monitor: { may: ["model", "platform", "control", "words"] },
  doctor: { may: ["model", "platform", "finesse", "openwire"] },
  simulator: { may: ["model", "platform"] },
};

interface Import {
  file: string;
  room: string;
  to: string;
  lazy: boolean;
}

async function imports(): Promise<Import[]> {
  const found: Import[] = [];
  for (const file of new Bun.Glob("*/**/*.{ts,tsx}").scanSync({ cwd: source })) {
    const text = await Bun.file(join(source, file)).text();
    const room = file.split("/")[0] ?? "";
    for (const match of text.matchAll(
      /(?:^import\b[^;]*?from\s*|^export\b[^;]*?from\s*|^import\s*|\bimport\()\s*["'](\.[^"']+)["']/gm,
    )) {
      const target = relative(source, resolve(dirname(join(source, file)), match[1] ?? ""));
      const to = target.split("/")[0] ?? "";
      if (to === room || target.startsWith("..")) continue;
      found.push({ file, room, to, lazy: match[0].includes("import(") });
    }
  }
  return found;
}

describe("the house", () => {
  test("every room is on the map", () => {
    const rooms = new Set(
      [...new Bun.Glob("*/**/*.{ts,tsx}").scanSync({ cwd: source })].map((file) => file.split("/")[0] ?? ""),
    );
    expect([...rooms].filter((room) => !(room in floors))).toEqual([]);
  });

  test("imports go only down the floors", async () => {
    const all = await imports();
    expect(all.length).toBeGreaterThan(50);
    const wrong = all.filter(({ room, to, lazy }) => {
      const floor = floors[room];
      return floor === undefined || !(floor.may.includes(to) || (lazy && floor.lazy?.includes(to) === true));
    });
    expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  test("undici is imported by the path that Bun does not replace by a stub", async () => {
    const wrong: string[] = [];
    for (const file of new Bun.Glob("**/*.{ts,tsx}").scanSync({ cwd: source })) {
      if (/^(?:import|export)[^;]*from\s+["']undici["']/m.test(await Bun.file(join(source, file)).text()))
        wrong.push(file);
    }
    expect(wrong).toEqual([]);
  });
});
