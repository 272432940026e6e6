import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { ebsSeries } from "../../test/e2e/ebs-series.ts";
import { openCtiSeries } from "../../test/e2e/open-cti-series.ts";

/** The long form of a series of test/e2e: `soak-crm.ts ebs|open-cti [--calls …]`. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: "string", default: "200" },
    kills: { type: "string", default: "20" },
    agents: { type: "string", default: "4" },
    seed: { type: "string" },
    seeds: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
  },
});

const crm = positionals[0] === "open-cti" ? "open-cti" : "ebs";
const whom = crm === "ebs" ? "EBS" : "Salesforce";
const say = (line: string) => process.stderr.write(`${line}\n`);
const calls = number("calls", values.calls, 1);
const kills = number("kills", values.kills, 0);
const agents = number("agents", values.agents, 1);
const seeds = number("seeds", values.seeds, 1);
const first = values.seed === undefined ? randomInt(1, 1_000_000) : number("seed", values.seed, 1);

// The binary is what is killed: it has to be this source.
const built = Bun.spawnSync(["bun", "scripts/lib/build.ts"], { stdout: "ignore", stderr: "inherit" });
if (built.exitCode !== 0) process.exit(1);

let bad = 0;
for (let seed = first; seed < first + seeds; seed++) {
  say(`seed ${seed}: ${calls} calls of ${agents} agents, ${kills} kills, ${whom} comes and goes`);
  const started = performance.now();
  const verdict = await run(seed);
  const took = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`seed ${seed}, ${took} s: ${verdict.figures}\n`);
  for (const line of verdict.wrong) process.stdout.write(`  wrong: ${line}\n`);
  if (verdict.wrong.length === 0) continue;
  bad += 1;
  process.stdout.write(
    `  again: scripts/soak ${crm} --seed ${seed} --calls ${calls} --kills ${kills} --agents ${agents} --verbose\n`,
  );
}
process.stdout.write(`${seeds} ${seeds === 1 ? "series" : "series, each of another seed"}: ${bad} bad\n`);
process.exit(bad === 0 ? 0 : 1);

/** A series that breaks off is as wrong as one that ends wrong. */
async function run(seed: number): Promise<{ figures: string; wrong: string[] }> {
  try {
    const options = {
      calls,
      kills,
      agents,
      seed,
      flapping: true,
      say: (line: string) => {
        if (values.verbose) say(`  ${line}`);
      },
    };
    const report =
      crm === "ebs"
        ? recordedAs("in EBS's history", await ebsSeries(options))
        : recordedAs("Tasks", await openCtiSeries({ ...options, logAt: seed % 2 === 0 ? "answer" : "end" }));
    const short = report.calls !== calls || report.kills !== kills;
    return {
      figures: figures(report),
      wrong: [...report.wrong, ...(short ? ["fewer calls or kills than asked for"] : [])],
    };
  } catch (error) {
    return { figures: "broke off", wrong: [error instanceof Error ? error.message : String(error)] };
  }
}

interface Report {
  calls: number;
  answered: number;
  observed: number;
  popped: number;
  kills: number;
  wrong: string[];
  recorded?: number;
  tasks?: number;
}

function recordedAs(what: string, report: Report): Report & { written: string } {
  return { ...report, written: `${report.recorded ?? report.tasks ?? 0} ${what}` };
}

function figures(report: Report & { written: string }): string {
  return [
    `${report.calls} calls`,
    `${report.answered} answered`,
    `${report.observed} observed by the connector`,
    report.written,
    `${report.popped} popped in time`,
    `${report.kills} kills`,
  ].join(", ");
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  say(`soak ebs: --${name} must be a whole number, at least ${least}`);
  process.exit(2);
}
