import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Broker, hasActiveMq, startBroker } from "../../../test/interop/servers/activemq.ts";
import { classPath, compileJava, hasJava } from "../../../test/interop/servers/java.ts";
import { measureCodec } from "./openwire-codec.ts";
import { median, report } from "./report.ts";

const rounds = 9;
const messages = 30_000;
const requests = 3000;
const agents = 2000;
const events = 40_000;

/** Our OpenWire client and the stock Java client in turn against a real ActiveMQ, a fresh one for each series; then the codec alone. */
export async function measure(root: string): Promise<void> {
  if (hasActiveMq && hasJava) {
    const classes = await compileJava(join(root, "scripts/lib/bench/java"));
    await series(root, classes, throughputEach);
    await series(root, classes, throughputRanges);
    await series(root, classes, latency);
    await series(root, classes, manyDestinations);
  } else process.stdout.write("openwire: no broker or no Java here, so the codec alone\n");
  measureCodec();
}

interface Bench {
  broker: Broker;
  ours: Side;
  java: Side;
}

async function series(root: string, classes: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  // Not the small heap of the tests: the broker must not be what is short of memory.
  const broker = await startBroker({ heap: 768 });
  const ours = new Side(["bun", join(root, "scripts/lib/bench/openwire-client.ts"), broker.url]);
  const java = new Side(["java", "-Xmx256m", "-cp", `${classPath}:${classes}`, "Bench", broker.url]);
  try {
    await Promise.all([ours.ready, java.ready]);
    await work({ broker, ours, java });
  } finally {
    await Promise.all([ours.end(), java.end()]);
    await broker.end();
  }
}

const throughputEach = (bench: Bench): Promise<void> => throughput(bench, "every message acknowledged", 1, 1);
const throughputRanges = (bench: Bench): Promise<void> =>
  throughput(bench, "acknowledged in ranges of 100", 100, 1.5);

async function throughput(
  { broker, ours, java }: Bench,
  how: string,
  range: number,
  target: number,
): Promise<void> {
  const rates: Record<"ours" | "java", number[]> = { ours: [], java: [] };
  const load = loadOf(broker, ours, java);
  for (let round = 0; round <= rounds; round++) {
    const [a = 0] = await ours.ask(`throughput ${messages} ${range}`);
    const [b = 0] = await java.ask(`throughput ${messages}`);
    if (round === 0) continue;
    rates.ours.push(a);
    rates.java.push(b);
  }
  const ratio = ratioOf(rates.ours, rates.java);
  report(
    `1 kB messages, producer → broker → consumer, ${how}`,
    `${median(rates.ours).toFixed(0)}/s`,
    `Java ${median(rates.java).toFixed(0)}/s`,
    `${ratio.toFixed(2)}×`,
    `≥ ${target.toFixed(1)}×`,
    ratio >= target,
  );
  bounds(load());
}

async function latency({ broker, ours, java }: Bench): Promise<void> {
  const times = { ours: [] as number[][], java: [] as number[][] };
  const load = loadOf(broker, ours, java);
  for (let round = 0; round <= rounds; round++) {
    const a = await ours.ask(`latency ${requests}`);
    const b = await java.ask(`latency ${requests}`);
    if (round === 0) continue;
    times.ours.push(a);
    times.java.push(b);
  }
  for (const [index, name, target] of [
    [0, "median", 1],
    [1, "p99", 1.5],
  ] as const) {
    const all = (side: number[][]): number[] => side.map((each) => each[index] ?? Number.NaN);
    const of = (side: number[][]): number => median(all(side));
    const ratio = ratioOf(all(times.ours), all(times.java));
    report(
      `request and reply, ${name}`,
      `${of(times.ours).toFixed(2)} ms`,
      `Java ${of(times.java).toFixed(2)} ms`,
      `${ratio.toFixed(2)}×`,
      `≤ ${target.toFixed(1)}×`,
      ratio <= target,
    );
  }
  bounds(load());
}

async function manyDestinations({ broker, ours, java }: Bench): Promise<void> {
  const figures = { ours: [] as number[][], java: [] as number[][] };
  const load = loadOf(broker, ours, java);
  for (let round = 0; round <= 3; round++) {
    const a = await ours.ask(`topics ${agents} ${events}`);
    const b = await java.ask(`topics ${agents} ${events}`);
    if (round === 0) continue;
    figures.ours.push(a);
    figures.java.push(b);
  }
  for (const [index, name, unit, more] of [
    [0, "set up", " ms", false],
    [1, "events", "/s", true],
    [2, "memory", " MB", false],
  ] as const) {
    const all = (side: number[][]): number[] => side.map((each) => each[index] ?? Number.NaN);
    const of = (side: number[][]): number => median(all(side));
    const ratio = ratioOf(all(figures.ours), all(figures.java));
    report(
      `${agents} agents' topics on one connection, ${name}`,
      `${of(figures.ours).toFixed(0)}${unit}`,
      `Java ${of(figures.java).toFixed(0)}${unit}`,
      `${ratio.toFixed(2)}×`,
      more ? "≥ 1.0×" : "≤ 1.0×",
      more ? ratio >= 1 : ratio <= 1,
    );
  }
  bounds(load());
}

/** Of the medians: the figures printed beside it divide to it. */
function ratioOf(ours: readonly number[], java: readonly number[]): number {
  return median(ours) / median(java);
}

/** Processor seconds of the three since `loadOf`, as shares. */
function loadOf(broker: Broker, ours: Side, java: Side): () => Record<string, number> {
  const pids = { broker: broker.pid, ours: ours.pid, java: java.pid };
  const before = Object.entries(pids).map(([name, pid]) => [name, processorSeconds(pid)] as const);
  return () =>
    Object.fromEntries(
      before.map(([name, at]) => [name, processorSeconds(pids[name as keyof typeof pids]) - at]),
    );
}

function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // User and system time in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

function bounds(seconds: Record<string, number>): void {
  const all = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  const parts = Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)} s`);
  const [name = "", most = 0] = Object.entries(seconds).sort(([, a], [, b]) => b - a)[0] ?? [];
  const bound = `bound by the ${name === "broker" ? "broker" : `client (${name})`}: ${Math.round((most / all) * 100)} %`;
  process.stdout.write(`    ${bound} of the processor time of both sides' rounds (${parts.join(", ")})\n`);
}

/** One client process that answers lines. */
class Side {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;
  readonly ready: Promise<unknown>;

  constructor(command: string[]) {
    this.#child = Bun.spawn(command, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = linesOf(this.#child.stdout);
    this.ready = this.#lines.next();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async ask(line: string): Promise<number[]> {
    void this.#child.stdin.write(`${line}\n`);
    void this.#child.stdin.flush();
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`a client ended at "${line}"`);
    return value.split(" ").slice(1).map(Number);
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
