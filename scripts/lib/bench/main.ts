import { resolve } from "node:path";

const known = [
  "start",
  "command",
  "parse",
  "memory",
  "finesse",
  "openwire",
  "ebs",
  "log",
  "console",
  "webhooks",
  "softphone",
] as const;
type Name = (typeof known)[number];
const isKnown = (name: string): name is Name => known.some((candidate) => candidate === name);

const asked = process.argv.slice(2);
const wrong = asked.filter((name) => !isKnown(name));
if (wrong.length > 0) {
  process.stderr.write(`bench: there is no ${wrong.join(", ")}; there are ${known.join(", ")}\n`);
  process.exit(2);
}
const root = resolve(import.meta.dir, "../../..");
const build = Bun.spawnSync(["bun", "scripts/lib/build.ts"], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
});
if (build.exitCode !== 0) process.exit(1);
for (const name of asked.length === 0 ? known : asked.filter(isKnown)) {
  const { measure } = (await import(`./${name}.ts`)) as { measure(root: string): Promise<void> };
  await measure(root);
}
