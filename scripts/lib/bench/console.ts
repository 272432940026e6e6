import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectControl } from "../../../src/control/client.ts";
import { version } from "../../../src/platform/version.ts";
import { compile } from "../compile.ts";
import { openStage, type Stage } from "../stage.ts";
import { BusyOffice } from "./busy-office.ts";
import { fillJournal } from "./full-journal.ts";
import { processorShare, residentMemory } from "./process-figures.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";
import { median, quantile, report, timeProcess } from "./report.ts";

const events = 100_000;
const rounds = 15;
const passes = 3;
const perSecond = 200;
const loadSeconds = 12;

/** The end of a frame, as Ink marks it for terminals that hold pictures back until they are whole. */
const frameEnd = String.raw`[^]*\u001B\[\?2026l`;

/**
 * The console's binary in a pseudo-terminal, before a connector with 100,000 events in its journal and an agent on a call: how soon it is
 * there, how soon a key is on the screen, what it takes of the processor and of memory.
 */
export async function measure(root: string): Promise<void> {
  const stage = await openStage(root, { simulatorArgs: ["--seed", "7", "--event-delay", "0"] });
  try {
    fillJournal(stage.env, events);
    await stage.run("login", "-a", "1001", "-e", "2001");
    await stage.run("ready");
    await firstFrame(root, stage);
    await idle(stage);
    await keys(stage);
    await load(stage);
  } finally {
    await stage.end();
  }
}

async function firstFrame(root: string, stage: Stage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cti-bench-"));
  try {
    const hello = join(folder, "hello-ink");
    await compile(join(root, "scripts/lib/bench/hello-ink.tsx"), hello);
    const ours: number[] = [];
    const ink: number[] = [];
    const start: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const console = await untilShown([stage.cti, "console"], stage.env, /● READY/);
      const bare = await untilShown([hello], stage.env, /hello/);
      const plain = await timeProcess([stage.cti, "--version"], stage.env);
      // The first round warms the caches.
      if (round === 0) continue;
      ours.push(console);
      ink.push(bare);
      start.push(plain);
    }
    report(
      "first frame with the agent's state",
      `${median(ours).toFixed(0)} ms (p90 ${quantile(ours, 0.9).toFixed(0)})`,
      `a bare Ink program ${median(ink).toFixed(0)} ms, cti --version ${median(start).toFixed(0)} ms`,
      `${(median(ours) / median(ink)).toFixed(2)}× Ink`,
      "≤ 150 ms",
      median(ours) <= 150,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilShown(command: string[], env: Record<string, string>, sight: RegExp): Promise<number> {
  const terminal = new PseudoTerminal(command, env);
  try {
    return await terminal.first(sight);
  } finally {
    await terminal.end();
  }
}

async function idle(stage: Stage): Promise<void> {
  const terminal = new PseudoTerminal([stage.cti, "console"], stage.env);
  try {
    await terminal.first(/● READY/);
    await Bun.sleep(3000);
    single("processor while nothing happens", await processorShare(terminal.pid, loadSeconds), 0.02);
  } finally {
    await terminal.end();
  }
}

/** Bytes of a key, and what the frame it makes is known by. */
type Key = readonly [bytes: string, sight: string];

/** Some event's row anew: not the clock alone, nor a word that the page is being read. */
const row = "(▸|call|agent|session|service|command|message|delivery|adapter)";
const up: Key = ["k", row];
const down: Key = ["j", row];
const pageUp: Key = ["\u001B[5~", row];
const pageDown: Key = ["\u001B[6~", row];

/** A terminal's own keys begin with the same byte: Ink waits 20 ms for more of one. Counted apart. */
const escape: Key = ["\u001B", "Events"];

function letters(text: string): Key[] {
  return Array.from(text, (letter): Key => [letter, letter]);
}

async function keys(stage: Stage): Promise<void> {
  const terminal = new PseudoTerminal([stage.cti, "console"], stage.env);
  try {
    await terminal.first(/● READY/);
    await Bun.sleep(500);
    await press(terminal, "work view: overlays, and letters into them", 12, [
      ["?", "What can be done"],
      ...letters("hold"),
      escape,
      [":", "Command"],
      ...letters("dial 2002"),
      escape,
      ["d", "Dial"],
      ...letters("5551234"),
      escape,
    ]);
    await terminal.key("2", new RegExp(`Events${frameEnd}`, "u"));
    await press(terminal, "events: up, down and pages through 100,000", 20, [
      ...[up, pageUp, pageUp, up, pageUp, pageUp, down, pageUp, pageDown, pageUp],
    ]);
    await press(
      terminal,
      "events: to the first of all and back, until it is shown",
      40,
      [
        ["g", row],
        ["G", row],
      ],
      100,
    );
    await press(terminal, "events: a filter, letter by letter", 5, [
      ["/", "/"],
      ...letters("agent:1003 lunch"),
      ["\r", ""],
      up,
      up,
      ["/", "/"],
      ["\u0015", ""],
      ["\r", ""],
    ]);
    const { now, most } = residentMemory(terminal.pid);
    report(
      "memory after all these keys",
      `${now.toFixed(0)} MB`,
      `${most.toFixed(0)} MB at most`,
      "resident",
      "≤ 150 MB",
      most <= 150,
    );
  } finally {
    await terminal.end();
  }
}

/** The walk several times over; the quietest pass counts, for whatever else the machine does only ever adds. */
async function press(
  terminal: PseudoTerminal,
  what: string,
  times: number,
  walk: readonly Key[],
  most = 20,
): Promise<void> {
  const taken: { letters: number[]; escapes: number[] }[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const samples = { letters: [] as number[], escapes: [] as number[] };
    for (let turn = 0; turn < times; turn++)
      for (const key of walk) {
        const [bytes, sight] = key;
        const took = await terminal.key(bytes, new RegExp(`${sight}${frameEnd}`, "u"));
        (key === escape ? samples.escapes : samples.letters).push(took);
        // Nobody types faster than that, and a frame is over by then; what follows Esc at once would be one key with it.
        await Bun.sleep(key === escape ? 70 : 25);
      }
    taken.push(samples);
  }
  keyReport(
    `key to frame, ${what}`,
    taken.map(({ letters: samples }) => samples),
    most,
  );
  if (walk.includes(escape))
    keyReport(
      "Esc, of which 20 ms are Ink's waiting",
      taken.map(({ escapes }) => escapes),
      40,
    );
}

function keyReport(what: string, taken: readonly number[][], most: number): void {
  const [best = [], ...others] = taken.toSorted((a, b) => quantile(a, 0.99) - quantile(b, 0.99));
  const rest = others.map((samples) => quantile(samples, 0.99).toFixed(1)).join(", ");
  report(
    what,
    `p50 ${median(best).toFixed(1)} ms`,
    `${best.length} keys, worst ${Math.max(...best).toFixed(1)} ms; p99 of the other passes ${rest}`,
    `p99 ${quantile(best, 0.99).toFixed(1)} ms`,
    `≤ ${most} ms`,
    quantile(best, 0.99) <= most,
  );
}

async function load(stage: Stage): Promise<void> {
  const others = Array.from({ length: 10 }, (_, index) => 1002 + index);
  for (const agent of others) await stage.run("login", "-a", String(agent), "-e", String(agent + 1000));
  await stage.sim("call", { agent: "1001", from: "5551234" });
  await stage.run("wait", "call.started", "-a", "1001");
  await stage.run("answer", "-a", "1001");
  const { id } = (JSON.parse(await stage.run("calls", "-a", "1001", "--json")) as { calls: { id: string }[] })
    .calls[0] ?? { id: "" };
  const office = new BusyOffice(stage, others, id);
  const counter = eventCounter(stage);
  const terminal = new PseudoTerminal([stage.cti, "console", "-a", "1001"], stage.env);
  try {
    await terminal.first(/◆ TALKING/);
    office.start(perSecond);
    await Bun.sleep(2000);
    const before = counter.count();
    const from = performance.now();
    const share = await processorShare(terminal.pid, loadSeconds);
    const rate = (counter.count() - before) / ((performance.now() - from) / 1000);
    single(`processor while ${rate.toFixed(0)} events/s arrive, work view`, share, 0.25);
    await terminal.key("2", new RegExp(`Events${frameEnd}`, "u"));
    single("the same, events view", await processorShare(terminal.pid, loadSeconds), 0.25);
    await press(terminal, "meanwhile: up and down", 50, [up, down]);
    const { now, most } = residentMemory(terminal.pid);
    report(
      "memory after that",
      `${now.toFixed(0)} MB`,
      `${most.toFixed(0)} MB at most`,
      "resident",
      "≤ 150 MB",
      most <= 150,
    );
  } finally {
    await office.stop();
    await counter.stop();
    await terminal.end();
  }
}

/** Somebody else who follows all events. */
function eventCounter(stage: Stage): { count: () => number; stop: () => Promise<void> } {
  const control = connectControl({ environment: stage.env, profile: "default", version });
  const abort = new AbortController();
  let seen = 0;
  const done = (async () => {
    for await (const _ of control.events({}, abort.signal)) seen += 1;
  })().catch(() => {});
  return {
    count: () => seen,
    stop: async () => {
      abort.abort();
      await done;
    },
  };
}

function single(what: string, share: number, most: number): void {
  report(
    what,
    `${(share * 100).toFixed(1)} %`,
    `over ${loadSeconds} s`,
    "of one core",
    `≤ ${most * 100} %`,
    share <= most,
  );
}
