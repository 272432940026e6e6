import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConnectorStatus, LoginRequest } from "../../../src/control/contract.ts";
import type { Outcome } from "../../../src/model/commands.ts";
import type { CtiEvent } from "../../../src/model/events.ts";
import { quantile, report } from "./report.ts";
import { openStage, type Stage } from "../stage.ts";

/** Calls an agent takes in an hour, and how long they are offered for, seconds. */
const callsPerHour = 60;
const loadSeconds = 30;
/** Sign-ins under way at once. */
const atOnce = 32;

/**
 * Many agents in one connector, the simulator on the same cores: how long until all are signed in, memory and processor time, and how long
 * after Finesse's own time stamp a ringing call is in the journal. Sizes from CTI_BENCH_AGENTS (`100,500,2000`).
 */
export async function measure(root: string): Promise<void> {
  const sizes = (process.env.CTI_BENCH_AGENTS ?? "100,500,2000").split(",").map(Number);
  process.stdout.write(
    "agents  signed in  worker MB  kB/agent  calls/s  journal p50  p99      worker cpu  simulator cpu\n",
  );
  for (const size of sizes) await measureSize(root, size);
}

async function measureSize(root: string, size: number): Promise<void> {
  const stage = await openStage(root, { simulatorArgs: ["--event-delay", "0", "--agents", String(size)] });
  const worker = Bun.spawn([stage.cti, "serve", "--quiet"], {
    env: stage.env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const api = controlApi(stage);
    await api.up();
    // The call's own time stamp is to be the moment of its publication.
    await stage.sim("knobs", { deliverAfter: 0 });
    const before = (await api.status()).memory;
    const started = performance.now();
    await inParallel(size, atOnce, async (index) => {
      const outcome = await api.login(1001 + index, 2001 + index);
      if (outcome.outcome !== "confirmed") throw new Error(`sign-in: ${outcome.message}`);
      await api.ready(1001 + index);
    });
    const signedIn = (performance.now() - started) / 1000;
    const pids = { worker: (await api.status()).workerPid, simulator: stage.simulatorPid };
    const cpuBefore = { worker: cpuSeconds(pids.worker), simulator: cpuSeconds(pids.simulator) };
    const delays = await offerCalls(stage, api, size);
    const cpu = {
      worker: (cpuSeconds(pids.worker) - cpuBefore.worker) / loadSeconds,
      simulator: (cpuSeconds(pids.simulator) - cpuBefore.simulator) / loadSeconds,
    };
    const after = (await api.status()).memory;
    const cells = [
      String(size).padEnd(6),
      `${signedIn.toFixed(1)} s`.padEnd(9),
      (after / 1e6).toFixed(0).padEnd(9),
      ((after - before) / 1e3 / size).toFixed(0).padEnd(8),
      ((size * callsPerHour) / 3600).toFixed(1).padEnd(7),
      `${quantile(delays, 0.5)} ms`.padEnd(11),
      `${quantile(delays, 0.99)} ms`.padEnd(7),
      `${(cpu.worker * 100).toFixed(0)} %`.padEnd(10),
      `${(cpu.simulator * 100).toFixed(0)} %`,
    ];
    process.stdout.write(`${cells.join("  ")}\n`);
    const p99 = quantile(delays, 0.99);
    report(`${size} agents signed in`, `${signedIn.toFixed(1)} s`, "limit", "", "≤ 120 s", signedIn <= 120);
    report(
      `${size} agents: event in the journal, p99`,
      `${p99} ms`,
      `${delays.length} calls`,
      "",
      "≤ 50 ms",
      p99 <= 50,
    );
    report(
      `${size} agents: worker`,
      `${(after / 1e6).toFixed(0)} MB`,
      "limit",
      "",
      "≤ 1000 MB",
      after <= 1e9,
    );
  } finally {
    worker.kill("SIGTERM");
    await worker.exited;
    await stage.end();
  }
}

/** Calls at the rate of so many agents: each rings, is answered by hand, and hung up by the customer. Milliseconds to the journal of each. */
async function offerCalls(stage: Stage, api: ControlApi, size: number): Promise<number[]> {
  const every = 1000 / ((size * callsPerHour) / 3600);
  const delays: number[] = [];
  const abort = new AbortController();
  const following = api.follow(abort.signal, (event) => {
    if (event.type !== "call.started" || event.call.startedAt === undefined) return;
    delays.push(Date.parse(event.at) - Date.parse(event.call.startedAt));
  });
  const count = Math.floor((loadSeconds * 1000) / every);
  const started = performance.now();
  const running: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const wait = started + index * every - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    running.push(oneCall(stage, String(1001 + (index % size))));
  }
  await Promise.all(running);
  abort.abort();
  await following;
  return delays;
}

async function oneCall(stage: Stage, agent: string): Promise<void> {
  const placed = (await stage.sim("call", { agent, from: "5551234" })) as { dialogId?: string };
  await Bun.sleep(300);
  await stage.sim("phone", { agent, action: "answer" });
  await Bun.sleep(1500);
  await stage.sim("phone", { agent, action: "hang-up", dialogId: placed.dialogId });
  await Bun.sleep(300);
  await stage.sim("force-state", { agent, state: "READY" });
}

type ControlApi = ReturnType<typeof controlApi>;

/** The control API of the connector on a stage. */
export function controlApi(stage: Stage) {
  const unix = join(stage.folder, "cti", "default.sock");
  const headers = { "Cti-Api": "1", "Content-Type": "application/json" };
  const call = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`http://connector/v1${path}`, {
      unix,
      headers,
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const pem = readFileSync(stage.ca, "utf8");
  return {
    status: () => call<ConnectorStatus>("/status"),
    async up(): Promise<void> {
      for (;;) {
        try {
          await call("/hello");
          return;
        } catch {
          await Bun.sleep(20);
        }
      }
    },
    login(agent: number, extension: number): Promise<Outcome> {
      const request: LoginRequest = {
        settings: {
          agent: String(agent),
          extension: String(extension),
          finesse: [stage.rest],
          ca: [{ path: stage.ca, pem }],
          insecure: false,
          resolve: [],
          unattended: { then: "keep", after: 60 },
          defaultReasons: {},
          timeout: 30,
        },
        password: "secret",
        idempotencyKey: `login-${agent}`,
        timeout: 60,
      };
      return call(`/agents/${agent}/login`, request);
    },
    ready: (agent: number) =>
      call<Outcome>(`/agents/${agent}/commands`, {
        command: { verb: "ready" },
        idempotencyKey: `ready-${agent}`,
      }),
    async follow(signal: AbortSignal, take: (event: CtiEvent) => void): Promise<void> {
      const response = await fetch("http://connector/v1/events?type=call", {
        unix,
        headers: { ...headers, Accept: "text/event-stream" },
        signal,
      });
      let rest = "";
      try {
        for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const parts = (rest + chunk).split("\n\n");
          rest = parts.pop() ?? "";
          for (const part of parts) {
            const data = /^data: ?(.*)$/m.exec(part)?.[1];
            if (data !== undefined) take(JSON.parse(data) as CtiEvent);
          }
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** Does `count` pieces of work, `width` of them at once. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Processor seconds that a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
