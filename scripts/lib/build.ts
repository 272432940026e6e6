import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BunPlugin } from "bun";
import packageJson from "../../package.json";

const { values } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const root = resolve(import.meta.dir, "../..");
const outfile = resolve(root, values.outfile ?? "dist/cti");

/** ink imports react-devtools-core only when its DEV variable is set; unbundled it would break the binary at start. */
const stubReactDevtools: BunPlugin = {
  name: "stub-react-devtools",
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({
      path: "react-devtools-core",
      namespace: "stub",
    }));
    build.onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: "export default {}",
      loader: "js",
    }));
  },
};

function fail(message: string): never {
  process.stderr.write(`build: ${message}\n`);
  process.exit(1);
}

mkdirSync(join(root, "dist"), { recursive: true });
const started = performance.now();
const result = await Bun.build({
  entrypoints: [join(root, "src/main.ts")],
  target: "bun",
  format: "esm",
  minify: true,
  bytecode: true,
  splitting: true,
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [stubReactDevtools],
  compile: {
    outfile,
    ...(values.target !== undefined && { target: values.target as Bun.Build.CompileTarget }),
    // The folder a user stands in must not be able to change what the binary does.
    autoloadDotenv: false,
    autoloadBunfig: false,
  },
});
if (!result.success) fail(result.logs.join("\n"));
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
