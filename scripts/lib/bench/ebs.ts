import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStage, type Stage } from "../stage.ts";
import { type Load, load } from "./ebs-load.ts";
import { controlApi, inParallel } from "./finesse.ts";
import { inTurn, median, quantile, report } from "./report.ts";

const connections = 8;
const rounds = 5;
const roundMilliseconds = 1500;

const callsPerSecond = 50;
const loadSeconds = 20;
/** Each has a call for a second, and then a second without. */
const agents = 150;

/**
 * The port that EBS calls, beside `Bun.serve` that answers the same bytes: CheckStatus on keep-alive connections, of the port alone and of
 * `cti serve`. Then, at 50 calls a second, how long after Finesse's own time stamp a call's ScreenPop is at EBS, beside the same event in the
 * connector's journal, and a POST of as many bytes with nothing before it.
 */
export async function measure(root: string): Promise<void> {
  const bare = await startPort("bare");
  const ours = await startPort("ours");
  try {
    await compare("CheckStatus, the port", ours.port, bare.port);
    const office = await openOffice(root);
    try {
      await compare("CheckStatus, cti serve", office.port, bare.port);
      await measurePops(office);
    } finally {
      await office.end();
    }
  } finally {
    ours.end();
    bare.end();
  }
}

async function compare(what: string, oursPort: number, barePort: number): Promise<void> {
  const times = { ours: [] as number[], bare: [] as number[] };
  const turn = async (port: number, into: number[]): Promise<number> => {
    const { perSecond, times: taken }: Load = await load(port, connections, roundMilliseconds);
    for (const time of taken) into.push(time);
    return perSecond;
  };
  const rates = await inTurn(
    rounds,
    () => turn(oursPort, times.ours),
    () => turn(barePort, times.bare),
  );
  const ratio = median(rates.ours) / median(rates.theirs);
  const shown = (rate: readonly number[], taken: readonly number[]): string =>
    `${median(rate).toFixed(0)}/s, p99 ${quantile(taken, 0.99).toFixed(2)} ms`;
  report(
    what,
    shown(rates.ours, times.ours),
    `Bun.serve ${shown(rates.theirs, times.bare)}`,
    `${ratio.toFixed(2)}×`,
    "≥ 0.8×",
    ratio >= 0.8,
  );
}

async function startPort(which: "ours" | "bare"): Promise<{ port: number; end(): void }> {
  const child = Bun.spawn(["bun", join(import.meta.dir, "ebs-port.ts"), which], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { value } = await child.stdout.getReader().read();
  const port = Number(Buffer.from(value ?? []).toString());
  if (!(port > 0)) throw new Error("the port did not start");
  return { port, end: () => child.kill() };
}

interface Office {
  stage: Stage;
  api: ReturnType<typeof controlApi>;
  /** Where EBS calls. */
  port: number;
  end(): Promise<void>;
}

/** A simulated Finesse and `cti serve` with the EBS adapter. */
async function openOffice(root: string): Promise<Office> {
  const stage = await openStage(root, { simulatorArgs: ["--event-delay", "0", "--agents", String(agents)] });
  const folder = join(stage.folder, "config/cti");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(folder, "config.toml"),
    '[profiles.default.adapters.ebs]\nlisten = "127.0.0.1:0"\nrate = 100000\n',
    { mode: 0o600 },
  );
  const { CTI_PASSWORD: _password, ...env } = stage.env;
  const worker = Bun.spawn([stage.cti, "serve", "--quiet"], { env, stdio: ["ignore", "ignore", "pipe"] });
  void showProblems(worker.stderr);
  const api = controlApi(stage);
  await api.up();
  for (;;) {
    const { adapters } = await api.status();
    const port = Number(/http:\/\/[^ ,]+:(\d+)/.exec(adapters[0]?.summary ?? "")?.[1]);
    if (adapters[0]?.state !== "up" || !(port > 0)) {
      await Bun.sleep(20);
      continue;
    }
    return {
      stage,
      api,
      port,
      end: async () => {
        worker.kill("SIGTERM");
        await worker.exited;
        await stage.end();
      },
    };
  }
}

/** What a log says of every agent who signs in would hide the figures. */
async function showProblems(log: ReadableStream<Uint8Array>): Promise<void> {
  for await (const piece of log) {
    const lines = Buffer.from(piece).toString().split("\n");
    for (const line of lines) if (/ (?:warn|error) /.test(line)) process.stderr.write(`${line}\n`);
  }
}

async function measurePops({ stage, api, port }: Office): Promise<void> {
  /** By the caller's number: when its ScreenPop came, milliseconds since the epoch. */
  const popped = new Map<string, number>();
  let popBytes = 0;
  const ebs = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const at = preciseNow();
      const text = await request.text();
      const number = /name="occtANI" value="(\d+)"/.exec(text)?.[1];
      if (text.includes('name="ScreenPop"') && number !== undefined) {
        popped.set(number, at);
        popBytes = text.length;
      }
      return new Response();
    },
  });
  try {
    // The call's own time stamp is to be the moment of its publication.
    await stage.sim("knobs", { deliverAfter: 0 });
    await inParallel(agents, 16, (index) => beginDay(port, index, ebs.port ?? 0));
    const published = new Map<string, number>();
    const journaled: number[] = [];
    const abort = new AbortController();
    const following = api.follow(abort.signal, (event) => {
      if (event.type !== "call.started" || event.call.startedAt === undefined) return;
      published.set(event.call.from ?? "", Date.parse(event.call.startedAt));
      journaled.push(Date.parse(event.at) - Date.parse(event.call.startedAt));
    });
    const bare: number[] = [];
    const running: Promise<void>[] = [];
    const started = performance.now();
    for (let index = 0; index < callsPerSecond * loadSeconds; index++) {
      const wait = started + (index * 1000) / callsPerSecond - performance.now();
      if (wait > 0) await Bun.sleep(wait);
      running.push(oneCall(stage, String(1001 + (index % agents)), String(3_000_000 + index)));
      running.push(barePost(`http://127.0.0.1:${ebs.port}/`, popBytes, bare));
    }
    await Promise.all(running);
    await Bun.sleep(500);
    abort.abort();
    await following;
    const delays = [...published].flatMap(([number, at]) => {
      const arrived = popped.get(number);
      return arrived === undefined ? [] : [arrived - at];
    });
    const shown = (times: readonly number[]): string =>
      `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`;
    const p99 = quantile(delays, 0.99);
    report(
      `event → ScreenPop at EBS, ${callsPerSecond} calls/s`,
      shown(delays),
      `in the journal ${shown(journaled)}; a bare POST ${shown(bare)}`,
      `${delays.length} of ${callsPerSecond * loadSeconds} calls`,
      "p99 ≤ 50 ms, all",
      p99 <= 50 && delays.length === callsPerSecond * loadSeconds,
    );
  } finally {
    await ebs.stop(true);
  }
}

/** Register, Login and Ready of an agent, as EBS sends them. Throws when one is not answered with success. */
async function beginDay(port: number, index: number, listener: number): Promise<void> {
  const place = `telesetNumber=${2001 + index}&agentID=${1001 + index}`;
  for (const query of [
    `FunctionName=Register&${place}&ipAddress=127.0.0.1&port=${listener}`,
    `FunctionName=Login&${place}&agentPassword=secret`,
    `FunctionName=Ready&${place}`,
  ]) {
    const answer = await (await fetch(`http://127.0.0.1:${port}/?${query}`)).text();
    if (answer !== "<CCTSDK/>") throw new Error(`${query.slice(0, query.indexOf("&"))}: ${answer}`);
  }
}

async function oneCall(stage: Stage, agent: string, from: string): Promise<void> {
  const placed = (await stage.sim("call", { agent, from })) as { dialogId?: string };
  await Bun.sleep(300);
  await stage.sim("phone", { agent, action: "answer" });
  await Bun.sleep(700);
  await stage.sim("phone", { agent, action: "hang-up", dialogId: placed.dialogId });
  await Bun.sleep(300);
  await stage.sim("force-state", { agent, state: "READY" });
}

/** What the way alone takes: a POST of as many bytes, heard at the same listener. */
async function barePost(url: string, bytes: number, into: number[]): Promise<void> {
  const started = performance.now();
  await fetch(url, { method: "POST", body: "x".repeat(bytes) });
  into.push(performance.now() - started);
}

/** Milliseconds since the epoch with their fractions. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
