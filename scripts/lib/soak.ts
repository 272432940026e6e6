import { parseArgs } from "node:util";
import { isGood, runSeed, type Verdict } from "../../test/faults/run.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);

function troubles({ lies, stuck, differences, disorder }: Verdict): string[] {
  return [
    ...lies.map((line) => `lie: ${line}`),
    ...stuck.map((line) => `stuck: ${line}`),
    ...differences.map((line) => `difference: ${line}`),
    ...disorder.map((line) => `disorder: ${line}`),
  ];
}

if (values.seed !== undefined) {
  const verdict = await runSeed(number("seed", values.seed), { tells: true });
  const lines = [
    ...verdict.story,
    ...troubles(verdict),
    `seed ${verdict.seed}: ${isGood(verdict) ? "good" : "BAD"}`,
  ];
  // Written whole before the end: a pipe would lose the rest.
  await Bun.write(Bun.stdout, `${lines.join("\n")}\n`);
  process.exit(isGood(verdict) ? 0 : 1);
}

const seeds = number("seeds", values.seeds);
const from = number("from", values.from);
const counts = new Map<string, number>();
const bad: number[] = [];
const found = { lies: 0, stuck: 0, differences: 0, disorder: 0 };
const started = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  const verdict = await runSeed(seed);
  for (const [name, count] of verdict.counts) counts.set(name, (counts.get(name) ?? 0) + count);
  found.lies += verdict.lies.length;
  found.stuck += verdict.stuck.length;
  found.differences += verdict.differences.length;
  found.disorder += verdict.disorder.length;
  if (!isGood(verdict)) {
    bad.push(seed);
    say(`seed ${seed}`);
    for (const line of troubles(verdict)) say(`  ${line}`);
  }
  const done = seed - from + 1;
  if (done % 100 === 0)
    say(
      `${done} of ${seeds} seeds, ${bad.length} bad, ${Math.round((performance.now() - started) / done)} ms a seed`,
    );
}
const named = (prefix: string) =>
  [...counts]
    .filter(([name]) => name.startsWith(prefix))
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name.slice(prefix.length)} ${count}`)
    .join(", ");
process.stdout.write(`actions ${counts.get("actions") ?? 0}, commands ${counts.get("commands") ?? 0}\n`);
process.stdout.write(
  `outcomes: ${named("outcome ")}\nerrors: ${named("error ")}\nfaults: ${named("fault: ")}\n`,
);
if (bad.length > 0) process.stdout.write(`replay: scripts/soak --seed ${bad[0]}\n`);
process.stdout.write(
  `${seeds} seeds, ${bad.length} bad: ${found.lies} lies, ${found.stuck} stuck, ${found.differences} differences, ${found.disorder} interactions out of order\n`,
);
process.exit(bad.length === 0 ? 0 : 1);

function number(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  say(`soak: --${name} must be a whole number above 0`);
  process.exit(2);
}
