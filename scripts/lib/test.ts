import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");
const underCi = process.env.CI === "true";
const filters = process.argv.slice(2);
let passed = 0;
let failed = 0;

/** One check besides the tests: counts as one, prints its output only when it fails. */
function check(name: string, command: string[]): void {
  const child = Bun.spawnSync(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  if (child.exitCode === 0) {
    passed++;
    process.stdout.write(`✓ ${name}\n`);
    return;
  }
  failed++;
  process.stdout.write(`✗ ${name}\n${child.stdout.toString()}${child.stderr.toString()}\n`);
}

// With a filter somebody is at work on one thing: only that is run.
if (filters.length === 0) {
  check("formatting (bun fmt --check)", ["bun", "fmt", "--check", "src", "scripts", "test"]);
  check("types (bun check)", ["bun", "check"]);
}
check("the binary (scripts/build)", ["bun", "scripts/lib/build.ts"]);

const scratch = mkdtempSync(join(tmpdir(), "cti-test-"));
const report = join(scratch, "junit.xml");
const tests = Bun.spawn(
  ["bun", "test", "--timeout=20000", "--reporter=junit", `--reporter-outfile=${report}`, ...filters],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // A person's own configuration and agents must not leak into the tests, nor the tests into them.
    env: {
      ...withoutCti(process.env),
      HOME: scratch,
      XDG_CONFIG_HOME: join(scratch, "config"),
      XDG_STATE_HOME: join(scratch, "state"),
      XDG_RUNTIME_DIR: scratch,
    },
  },
);
const exitCode = await tests.exited;
const counts = readCounts();
passed += counts.passed;
failed += counts.failed;
// A crash of the runner is a failure even when every finished test passed.
if (exitCode !== 0 && counts.failed === 0) {
  failed++;
  process.stdout.write(`✗ bun test ended with ${exitCode}\n`);
}
if (counts.skipped > 0) {
  process.stdout.write(
    `\n${counts.skipped} SKIPPED: something the tests need is missing on this machine; see the lines above.\n`,
  );
  if (underCi) failed += counts.skipped;
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function readCounts(): { passed: number; failed: number; skipped: number } {
  let head: string;
  try {
    head = readFileSync(report, "utf8").match(/<testsuites [^>]*>/)?.[0] ?? "";
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const attribute = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failures = attribute("failures");
  const skips = attribute("skipped");
  return { passed: attribute("tests") - failures - skips, failed: failures, skipped: skips };
}

function withoutCti(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("CTI_"),
    ),
  );
}
