import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../src/platform/random.ts";
import type { SimulatedSalesforce } from "../../src/simulator/salesforce/start.ts";
import { startSalesforce } from "../../src/simulator/salesforce/start.ts";
import { type CallEvent, callsTold, killWorker } from "./series.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

export interface SeriesOptions {
  calls: number;
  /** How often the worker is killed meanwhile. */
  kills: number;
  /** Salesforce comes and goes. */
  flapping: boolean;
  agents: number;
  seed: number;
  /** When the Task is made first. */
  logAt?: "answer" | "end";
  say?: (line: string) => void;
}

export interface SeriesReport {
  calls: number;
  /** Legs of which the connector told at all. */
  observed: number;
  answered: number;
  tasks: number;
  /** Callers whose record came up. */
  popped: number;
  kills: number;
  /** What must not be; empty when all is well. */
  wrong: string[];
}

/** Milliseconds after which a pop shows the wrong customer, and what a request may be on its way. */
const popTime = 15_000;
const onTheWay = 1500;

/**
 * Agents take calls while the connector's worker is killed with -9 and Salesforce comes, goes and loses its answers. Afterwards the connector's
 * journal and the org's Tasks are held against each other: one each.
 */
export async function openCtiSeries(options: SeriesOptions): Promise<SeriesReport> {
  const { calls, kills, agents, flapping, seed, logAt = "end", say = () => {} } = options;
  const random = seededRandom(seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least));
  const seats = Array.from({ length: agents }, (_, index) => String(1001 + index));
  const stage = await new Stage({ simulatorArgs: ["--seed", String(seed)] }).open();
  const org = await startSalesforce({ makeKey: true, seed, dailyLimit: 1_000_000 });
  const file = (name: string, text = ""): string => {
    const path = join(stage.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const ca = file("salesforce-ca.pem", org.caPem);
  const serving = await new Serving(
    stage,
    "salesforce",
    {
      "log-at": logAt,
      "log-missed": true,
      open: ["/usr/bin/curl", "-s", "--fail", "--cacert", ca, "-o", "/dev/null"],
      salesforce: {
        login: org.url,
        "client-id": org.clientId,
        flow: "jwt",
        user: "integration@example.com",
        key: file("salesforce-key.pem", org.privateKey),
        ca,
      },
    },
    "open-cti",
  ).start();
  const report: SeriesReport = {
    calls: 0,
    observed: 0,
    answered: 0,
    tasks: 0,
    popped: 0,
    kills: 0,
    wrong: [],
  };
  const over = new AbortController();
  const answered = new Set<string>();
  try {
    for (const agent of seats) {
      await serving.ok(`login -a ${agent} -e 2${agent.slice(1)}`);
      await serving.ok(`ready -a ${agent}`);
    }
    const faults = flapping ? flap(org, between, over.signal, say) : Promise.resolve();
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
      seats.map(async (agent) => {
        for (let number = next(); number !== undefined; number = next()) {
          const from = `0300${String(number).padStart(7, "0")}`;
          org.addRecord("Contact", { LastName: `Caller ${number}`, Phone: from });
          if (await oneCall({ stage, agent, from, between })) answered.add(from);
          report.calls += 1;
        }
      }),
    );
    // Kills that are still due happen in the quiet after the calls: what is owed must survive them too.
    await killing;
    over.abort();
    await faults;
    await org.heal();
    // Ends wrap-up.
    for (const agent of seats) await stage.sim("force-state", { agent, state: "READY" });
    await serving.ok("deliveries retry");
    await serving.until(
      ({ agents: all, deliveries }) => deliveries.owed === 0 && all.every((each) => each.calls.length === 0),
    );
    judge(report, await callsTold(serving, "call.started,call.changed,call.released"), org, answered);
    const { missed } = (await serving.until(() => true)).deliveries;
    // Pops that came too late are missed, and are to be.
    const records = JSON.parse((await serving.ok("deliveries list --missed --json")).out) as {
      deliveries: { policy: string; why?: string; text: string }[];
    };
    for (const { policy, why, text } of records.deliveries)
      if (policy === "record") report.wrong.push(`missed of ${missed}: ${text}: ${why}`);
  } finally {
    over.abort();
    await serving.end();
    await org.close();
    await stage.close();
  }
  return report;
}

/** One customer's call, from the phone's side; true when somebody answered. */
async function oneCall({
  stage,
  agent,
  from,
  between,
}: {
  stage: Stage;
  agent: string;
  from: string;
  between: (least: number, most: number) => number;
}): Promise<boolean> {
  let dialog: string | undefined;
  while (dialog === undefined) {
    try {
      const placed = await stage.sim("call", { agent, from });
      dialog = String(placed.dialogId ?? placed.id ?? placed.dialog);
    } catch {
      // Still in wrap-up, which the simulated Finesse ends by itself; or not READY after a call that rang in vain.
      await stage.sim("force-state", { agent, state: "READY" }).catch(() => {});
      await Bun.sleep(50);
    }
  }
  await Bun.sleep(between(0, 4) === 0 ? between(1000, 3000) : between(100, 1000));
  if (between(0, 100) < 15) {
    await stage.sim("abandon", { dialogId: dialog });
    return false;
  }
  await stage.sim("phone", { agent, action: "answer" });
  await Bun.sleep(between(0, 4) === 0 ? between(30, 500) : between(500, 3000));
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
  org: SimulatedSalesforce,
  between: (least: number, most: number) => number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  // Of `lost` and `slow` it does what is asked, and we do not hear that it did.
  const faults: [string, number?][] = [
    ["down"],
    ["status", 503],
    ["hang"],
    ["slow", 400],
    ["slow", 3000],
    ["lost"],
    ["lost"],
    ["row-lock"],
    ["expire-tokens"],
    ["limit", 0],
  ];
  while (!signal.aborted) {
    await Bun.sleep(between(200, 1200));
    const [fault = "down", value] = faults[between(0, faults.length)] ?? [];
    await org.fail(fault, value);
    say(`Salesforce ${fault} ${value ?? ""}`.trimEnd());
    await Bun.sleep(between(200, 2000));
    await org.heal();
  }
}

function judge(
  report: SeriesReport,
  told: readonly CallEvent[],
  org: SimulatedSalesforce,
  answered: ReadonlySet<string>,
): void {
  const { wrong } = report;
  const tasks = org.tasks();
  report.tasks = tasks.length;
  report.answered = answered.size;
  const byObject = new Map<string, typeof tasks>();
  for (const task of tasks) {
    const name = String(task.fields.CallObject);
    byObject.set(name, [...(byObject.get(name) ?? []), task]);
  }
  const legs = new Map<string, { from: string; at: string; end: string | undefined; talked: boolean }>();
  for (const { agent, call, at, type } of told) {
    const name = `${call.interaction}:${agent}`;
    const leg = legs.get(name) ?? { from: call.from ?? "", at, end: undefined, talked: false };
    if (["ACTIVE", "HELD", "WRAP_UP"].includes(call.state)) leg.talked = true;
    if (type === "call.released") leg.end = at;
    legs.set(name, leg);
  }
  report.observed = legs.size;
  const pops = org.pops();
  for (const [name, { from, at, end, talked }] of legs) {
    const found = byObject.get(name) ?? [];
    if (found.length !== 1) wrong.push(`${from} (${name}) has ${found.length} Tasks`);
    const fields = found[0]?.fields ?? {};
    if (fields.Status !== "Completed") wrong.push(`${from} is ${String(fields.Status)}`);
    if (fields.CallType !== "Inbound") wrong.push(`${from} is a call ${String(fields.CallType)}`);
    if (typeof fields.CallDurationInSeconds !== "number") wrong.push(`${from} has no duration`);
    else if (!talked && fields.CallDurationInSeconds > 0)
      wrong.push(`${from} was never talked on, for seconds`);
    if (!String(fields.WhoId ?? "").startsWith("003")) wrong.push(`${from} is about nobody`);
    if (end === undefined) wrong.push(`${from} has no end in the journal`);
    const number = Number(from.slice(4));
    const shown = pops.filter(({ record }) => record === `Caller ${number} (Contact)`);
    if (shown.length > 0) report.popped += 1;
    if (shown.length > 1) wrong.push(`${from} was popped ${shown.length} times`);
    for (const pop of shown) {
      const late = Date.parse(pop.at) - Date.parse(at);
      if (late > popTime + onTheWay) wrong.push(`${from} was popped ${late} ms after it began`);
      const after = end === undefined ? 0 : Date.parse(pop.at) - Date.parse(end);
      if (after > onTheWay) wrong.push(`${from} was popped ${after} ms after its end`);
    }
  }
  for (const name of byObject.keys())
    if (!legs.has(name)) wrong.push(`the Task of ${name} is of no call in the journal`);
  for (const { kind, text } of org.complaints())
    if (kind !== "after-limit") wrong.push(`complaint: ${kind}: ${text}`);
}
