import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../../package.json";
import { compile, whoLoads } from "./compile.ts";

const { values } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const root = resolve(import.meta.dir, "../..");
const outfile = resolve(root, values.outfile ?? "dist/cti");

function fail(message: string): never {
  process.stderr.write(`build: ${message}\n`);
  process.exit(1);
}

mkdirSync(join(root, "dist"), { recursive: true });
const started = performance.now();
const metafile = await compile(join(root, "src/main.ts"), outfile, values.target).catch((error: Error) =>
  fail(error.message),
);
const guests = whoLoads(metafile, ["ink", "react", "react-reconciler", "yoga-layout"])
  .map((path) => relative(root, path))
  .filter((path) => !path.startsWith("src/console/"));
if (guests.length > 0) fail(`only src/console may load ink and react, but so do ${guests.join(", ")}`);
// Words of a warning that only React's development build has: twice the size, half the speed, and it prints over the screen.
if (readFileSync(outfile).includes("Each child in a list should have a unique"))
  fail("the binary holds React's development build");
const size = (statSync(outfile).size / 1e6).toFixed(0);
process.stderr.write(
  `build: ${outfile} (${size} MB) in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
);

if (values.target === undefined) prove();

/** Runs the binary where nothing of ours is, with a hostile .env and bunfig.toml beside it. */
function prove(): void {
  const folder = mkdtempSync(join(tmpdir(), "cti-build-"));
  try {
    writeFileSync(join(folder, ".env"), "CTI_AGENT=from-dotenv\n");
    writeFileSync(join(folder, "preload.ts"), "console.log('preloaded by bunfig');\n");
    writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
    const run = (...args: string[]): string => {
      const child = Bun.spawnSync([outfile, ...args], {
        cwd: folder,
        env: { PATH: "/usr/bin:/bin", HOME: folder, XDG_RUNTIME_DIR: folder },
        stdout: "pipe",
        stderr: "pipe",
      });
      if (child.exitCode !== 0)
        fail(`\`cti ${args.join(" ")}\` exits ${child.exitCode}: ${child.stderr.toString()}`);
      return child.stdout.toString();
    };
    if (run("--version").trim() !== packageJson.version) fail("the binary does not tell its version");
    if (!run("help").includes("login")) fail("the binary's help does not list its commands");
    const shown = run("config", "show");
    if (shown.includes("from-dotenv") || shown.includes("preloaded"))
      fail("the binary reads .env or bunfig.toml of the folder it stands in");
    process.stderr.write("build: proved in an empty folder\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
