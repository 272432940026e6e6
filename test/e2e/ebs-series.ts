import { seededRandom } from "../../src/platform/random.ts";
import type { Interaction } from "../../src/simulator/ebs/interaction.ts";
import { startEbs, type SimulatedEbs } from "../../src/simulator/ebs/start.ts";
import { type CallEvent, callsTold, killWorker } from "./series.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

export interface SeriesOptions {
  calls: number;
  /** How often the worker is killed meanwhile. */
  kills: number;
  /** EBS comes and goes. */
  flapping: boolean;
  /** Nobody answers before EBS shows who calls: for an EBS and a connector that are always there. */
  popFirst?: boolean;
  agents: number;
  seed: number;
  say?: (line: string) => void;
}

export interface SeriesReport {
  calls: number;
  /** Calls of which the connector told at all; the others began and ended while nobody watched. */
  observed: number;
  answered: number;
  /** Interactions in EBS's history. */
  recorded: number;
  /** Popped in time. */
  popped: number;
  /** Events that EBS took, by kind: in quiet times one of each for a call that was answered. */
  heard: { pops: number; established: number; released: number };
  kills: number;
  /** What must not be; empty when all is well. */
  wrong: string[];
}

/** Milliseconds after which a pop shows the wrong customer, and what a message may be on its way. */
const popTime = 15_000;
const onTheWay = 1500;

/**
 * Agents of EBS take calls while the connector's worker is killed with -9 and EBS itself comes and goes. Afterwards the connector's journal
 * and EBS's history are held against each other.
 */
export async function ebsSeries(options: SeriesOptions): Promise<SeriesReport> {
  const { calls, kills, agents, flapping, popFirst = false, seed, say = () => {} } = options;
  const random = seededRandom(seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least));
  const seats = Array.from({ length: agents }, (_, index) => ({
    agent: String(1001 + index),
    extension: String(2001 + index),
  }));
  const stage = await new Stage({ simulatorArgs: ["--seed", String(seed)] }).open();
  const port = await freePort();
  const serving = await new Serving(stage, "ebs", { listen: `127.0.0.1:${port}` }, "ebs").start();
  const ebs = await startEbs({ seats, url: `http://127.0.0.1:${port}`, checkEvery: 1000 });
  const report: SeriesReport = {
    calls: 0,
    observed: 0,
    answered: 0,
    recorded: 0,
    popped: 0,
    heard: { pops: 0, established: 0, released: 0 },
    kills: 0,
    wrong: [],
  };
  const over = new AbortController();
  const answered = new Set<string>();
  try {
    await ebs.beginDay();
    const faults = flapping ? flap(ebs, between, over.signal, say) : Promise.resolve();
    const moments = Array.from({ length: kills }, () => between(0, calls)).toSorted(
      (one, other) => one - other,
    );
    const killing = killWorker(
      serving,
      moments,
      () => report.calls,
      between,
      (count) => {
        report.kills = count;
        say(`kill ${count} of ${kills} after ${report.calls} of ${calls} calls`);
      },
    );
    let left = calls;
    const next = () => (left > 0 ? calls - --left : undefined);
    await Promise.all(
      seats.map(async ({ agent }) => {
        for (let number = next(); number !== undefined; number = next()) {
          const from = `0300${String(number).padStart(7, "0")}`;
          if (await oneCall({ stage, ebs, agent, from, between, popFirst })) answered.add(from);
          report.calls += 1;
        }
      }),
    );
    // Kills that are still due happen in the quiet after the calls: what is owed must survive them too.
    await killing;
    over.abort();
    await faults;
    await ebs.heal();
    // Ends wrap-up.
    for (const { agent } of seats) await ebs.callout(agent, "Ready");
    await serving.ok("deliveries retry");
    await serving.until(
      ({ agents: all, deliveries }) => deliveries.owed === 0 && all.every((each) => each.calls.length === 0),
    );
    const told = await callsTold(serving, "call.started,call.released");
    judge(report, told, ebs, answered);
  } finally {
    over.abort();
    await ebs.close();
    await serving.end();
    await stage.close();
  }
  return report;
}

/** One customer's call, from the phone's side; true when somebody answered. */
async function oneCall({
  stage,
  ebs,
  agent,
  from,
  between,
  popFirst,
}: {
  stage: Stage;
  ebs: SimulatedEbs;
  agent: string;
  from: string;
  between: (least: number, most: number) => number;
  popFirst: boolean;
}): Promise<boolean> {
  let dialog: string | undefined;
  while (dialog === undefined) {
    try {
      const placed = await stage.sim("call", { agent, from });
      dialog = String(placed.dialogId ?? placed.id ?? placed.dialog);
    } catch {
      // Not READY yet, or still in wrap-up: EBS asks for READY, as its user would.
      await ebs.callout(agent, "Ready");
      await Bun.sleep(50);
    }
  }
  if (popFirst) await ebs.waitFor(() => ebs.history().some(({ ani }) => ani === from));
  // Some ring long enough to be tried again.
  else await Bun.sleep(between(0, 4) === 0 ? between(1000, 4000) : between(30, 300));
  if (between(0, 100) < 15) {
    await stage.sim("abandon", { dialogId: dialog });
    return false;
  }
  await stage.sim("phone", { agent, action: "answer" });
  await Bun.sleep(between(30, 500));
  if (between(0, 100) < 30) {
    await stage.sim("phone", { agent, action: "hold" });
    await Bun.sleep(between(30, 200));
    await stage.sim("phone", { agent, action: "retrieve" });
  }
  if (between(0, 2) === 0) await stage.sim("hangup", { dialogId: dialog });
  else await stage.sim("phone", { agent, action: "hang-up" });
  return true;
}

async function flap(
  ebs: SimulatedEbs,
  between: (least: number, most: number) => number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  // Of the last two it takes the event, and we do not hear that it did: the connection breaks, or the answer comes too late.
  const faults: [string, number?][] = [
    ["down"],
    ["status", 503],
    ["slow", 300],
    ["hang"],
    ["slow", 4000],
    ["slow", 4000],
    ["slow", 7000],
  ];
  while (!signal.aborted) {
    await Bun.sleep(between(300, 1500));
    const [fault = "down", value] = faults[between(0, faults.length)] ?? [];
    await ebs.fail(fault, value);
    say(`EBS ${fault} ${value ?? ""}`.trimEnd());
    const before = ebs.events().length;
    const time = Bun.sleep(between(200, 2000));
    if (value === 4000) {
      // As soon as it has taken a pop, which must not come again.
      const popped = () =>
        ebs
          .events()
          .slice(before)
          .some(({ name }) => name === "ScreenPop");
      await Promise.race([ebs.waitFor(popped), time]);
      await ebs.fail("down");
      await Bun.sleep(between(50, 500));
    } else await time;
    await ebs.heal();
  }
}

function judge(
  report: SeriesReport,
  told: readonly CallEvent[],
  ebs: SimulatedEbs,
  answered: ReadonlySet<string>,
): void {
  const { wrong } = report;
  const history = new Map<string, Interaction>(ebs.history().map((each) => [each.id, each]));
  report.recorded = history.size;
  for (const { pops, established, released } of history.values()) {
    report.heard.pops += pops.length;
    report.heard.established += established.length;
    report.heard.released += released.length;
  }
  const started = new Map<string, CallEvent>();
  const released = new Map<string, CallEvent>();
  const ids = new Map<string, Set<string>>();
  /** Of which the connector knows that somebody talked. */
  const talked = new Set<string>();
  for (const event of told) {
    const { interaction, from = "", state } = event.call;
    if (["ACTIVE", "HELD", "WRAP_UP"].includes(state)) talked.add(interaction);
    if (event.type === "call.changed" || event.type === "call.ended") continue;
    const of = event.type === "call.started" ? started : released;
    if (of.has(interaction)) wrong.push(`${event.type} of ${interaction} (${from}) was told twice`);
    of.set(interaction, event);
    ids.set(from, (ids.get(from) ?? new Set()).add(interaction));
  }
  report.observed = started.size;
  report.answered = answered.size;
  for (const [from, all] of ids) if (all.size > 1) wrong.push(`${from} has ${all.size} ids`);
  for (const [id, { at, call }] of started) {
    const from = call.from ?? "";
    const known = history.get(id);
    const end = released.get(id);
    if (end === undefined) wrong.push(`${from} has no end in the journal`);
    // Nobody talked, and EBS was away as long as it rang: there is nothing that it should know.
    if (known === undefined && !talked.has(id)) continue;
    // In doubt whether EBS has seen the pop of a call that nobody answered, its end is told.
    if (known?.state === "released" && !talked.has(id)) continue;
    if (known === undefined) wrong.push(`${from} is not in EBS's history`);
    else if (!known.complete) wrong.push(`${from} is not complete in EBS's history: ${known.state}`);
    else if (talked.has(id) && known.established.length === 0)
      wrong.push(`${from} was answered, and EBS does not know it`);
    if (known !== undefined && known.pops.length > 0) report.popped += 1;
    for (const pop of known?.pops ?? []) {
      const late = Date.parse(pop) - Date.parse(at);
      if (late > popTime + onTheWay) wrong.push(`${from} was popped ${late} ms after it began`);
      const after = end === undefined ? 0 : Date.parse(pop) - Date.parse(end.at);
      if (after > onTheWay) wrong.push(`${from} was popped ${after} ms after its end`);
    }
  }
  for (const id of history.keys())
    if (!started.has(id)) wrong.push(`EBS's ${id} is not in the connector's journal`);
  for (const { kind, text, sourceId = "" } of ebs.complaints())
    if (kind !== "released-unknown" || talked.has(sourceId)) wrong.push(`complaint of EBS: ${kind}: ${text}`);
}

async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = server;
  await server.stop(true);
  return port;
}
