import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Stage } from "./stage.ts";

/** Every file below a folder, as bytes; sockets and the like are left out. */
function files(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size > 0)
    .map((path) => ({ path, bytes: readFileSync(path) }));
}

test("the password is found nowhere: journal, logs, trace, state, process list, what is printed", async () => {
  const password = "Xq7-Zwiebelkuchen-42";
  const stage = await new Stage({ password }).open();
  try {
    const printed: string[] = [];
    const type = async (line: string, over: Record<string, string | undefined> = {}): Promise<void> => {
      const { out, err } = await stage.cti(line, over);
      printed.push(out, err);
    };
    await type("login -a 1001 -e 2001");
    await type("ready");
    await type("sim call 1001 --from 5551234");
    await type("wait call.started --json");
    await type("answer --json");
    await type("status --json");
    await type("login -a 1002 -e 9999", { CTI_PASSWORD: "wrong-but-also-secret" });
    await type("login -a 1003 -e 9999");
    await type("config show");
    await type("drop");
    const listed = Bun.spawnSync(["ps", "eww", "-e"]).stdout.toString();
    const background = listed
      .split("\n")
      .filter((line) => line.includes("__guardian") || line.includes("__worker"));
    expect(background.length).toBeGreaterThan(0);
    printed.push(...background);
    // The guardian has to hold the password in memory; nothing may hold it anywhere else, in any of its usual forms.
    const forms = [
      password,
      Buffer.from(password).toString("base64"),
      Buffer.from(`1001:${password}`).toString("base64"),
      Buffer.from(`\u{0}1001\u{0}${password}`).toString("base64"),
      "wrong-but-also-secret",
    ];
    const everything = [
      ...files(stage.folder),
      ...printed.map((text, index) => ({ path: `printed ${index}`, bytes: Buffer.from(text) })),
    ];
    expect(everything.length).toBeGreaterThan(5);
    const found = everything
      .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
      .map(({ path }) => path);
    expect(found).toEqual([]);
  } finally {
    await stage.close();
  }
});
