import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openStage } from "./stage.ts";

const { values } = parseArgs({ options: { script: { type: "boolean", default: false } } });
const root = resolve(import.meta.dir, "../..");
const cti = join(root, "dist/cti");
const atTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
const colours = process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "";
const paint = (code: string, text: string): string => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);

/** One line of the morning: what is typed, what it is for, and the exit code that is right. */
interface Step {
  type: string;
  say: string;
  exit?: number;
}

const morning: Step[] = [
  { type: "cti login -a 1001 -e 2001", say: "Olivia signs in on extension 2001." },
  { type: "cti ready", say: "She is ready for calls." },
  { type: "cti sim call 1001 --from 5551234", say: "A customer calls; the queue gives the call to her." },
  { type: "cti wait call.started", say: "Her phone rings." },
  { type: "cti answer", say: "She answers." },
  { type: "cti calls", say: "What is known of the caller." },
  { type: "cti hold", say: "One moment, please." },
  { type: "cti retrieve", say: "And back." },
  { type: "cti drop", say: "They say goodbye; wrap-up begins." },
  { type: "cti wrap-up Sales", say: "She notes what the call was about." },
  { type: "cti not-ready Break", say: "A short break." },
  { type: "cti dial 5559876 --wait active", say: "She calls a customer back." },
  {
    type: "cti logout",
    say: "Signing out in the middle of a call is refused, and says what to do.",
    exit: 4,
  },
  { type: "cti drop", say: "So she ends the call first." },
  {
    type: "cti login -a 1002 -e 9999",
    say: "A colleague mistypes the extension: Finesse's words, and what they mean.",
    exit: 4,
  },
  { type: "cti status", say: "Everything at one glance." },
  { type: "cti logout", say: "She signs out." },
];

buildIfStale();
if (atTerminal && !values.script) process.exit(await openConsole());

const stage = await openStage(root, {
  simulatorArgs: ["--seed", "7"],
  env: {
    PATH: `${join(root, "dist")}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    LANG: process.env.LANG ?? "C.UTF-8",
    TERM: process.env.TERM ?? "dumb",
    ...(!colours && { NO_COLOR: "1" }),
  },
});
let exitCode = 1;
try {
  exitCode = await playMorning();
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await stage.end();
}
process.exit(exitCode);

function buildIfStale(): void {
  if (existsSync(cti) && newestSource() < statSync(cti).mtimeMs) return;
  const build = Bun.spawnSync(["bun", "scripts/lib/build.ts"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (build.exitCode !== 0) process.exit(1);
}

function newestSource(): number {
  let newest = statSync(join(root, "package.json")).mtimeMs;
  for (const file of new Bun.Glob("src/**/*").scanSync({ cwd: root })) {
    newest = Math.max(newest, statSync(join(root, file)).mtimeMs);
  }
  return newest;
}

async function run(args: string[], output: "inherit" | "ignore"): Promise<number> {
  const child = Bun.spawn([cti, ...args], { env: stage.env, stdio: ["ignore", output, output] });
  return child.exited;
}

async function playMorning(): Promise<number> {
  process.stdout.write(
    `${paint("1", "One agent's morning")}, on the simulator inside cti. Every line after $ is a command you can type.\n`,
  );
  for (const { type, say, exit = 0 } of morning) {
    process.stdout.write(`\n${paint("2", `# ${say}`)}\n${paint("36", "$")} ${paint("1", type)}\n`);
    const started = performance.now();
    const code = await run(type.split(" ").slice(1), "inherit");
    const time = `${(performance.now() - started).toFixed(0)} ms`;
    process.stdout.write(paint("2", code === 0 ? `  (${time})\n` : `  (${time}, exit ${code})\n`));
    if (code !== exit) {
      process.stderr.write(`demo: that should have exited ${exit}, not ${code}\n`);
      return 1;
    }
  }
  process.stdout.write(`\nThat was it. Try it yourself: ./scripts/demo at a terminal, or dist/cti help.\n`);
  return 0;
}

/** The console on a simulator of its own, with calls that come by themselves and a line that says what to press. */
async function openConsole(): Promise<number> {
  const console = Bun.spawn([cti, "console", "--simulator"], { stdio: ["inherit", "inherit", "inherit"] });
  // The terminal's own signals reach it as well: it leaves in order, and is waited for.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => console.kill(signal));
  return console.exited;
}
