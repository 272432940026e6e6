import { report } from "./report.ts";
import { openStage } from "../stage.ts";

/** Resident memory of worker and guardian with one agent who has worked a few calls. */
export async function measure(root: string): Promise<void> {
  const stage = await openStage(root, { simulatorArgs: ["--event-delay", "0"] });
  try {
    await stage.run("login", "-a", "1001", "-e", "2001");
    for (let call = 0; call < 5; call++) {
      await stage.run("ready");
      await stage.run("sim", "call", "1001", "--from", `555123${call}`);
      await stage.run("wait", "call.started");
      await stage.run("answer");
      await stage.run("drop");
    }
    const { workerPid, guardianPid } = JSON.parse(await stage.run("status", "--json")) as {
      workerPid: number;
      guardianPid: number;
    };
    for (const [name, pid, limit] of [
      ["worker with one agent", workerPid, 80],
      ["guardian", guardianPid, 40],
    ] as const) {
      const megabytes = await residentMegabytes(pid);
      report(
        name,
        `${megabytes.toFixed(1)} MB`,
        "resident",
        `${megabytes.toFixed(1)} MB`,
        `≤ ${limit} MB`,
        megabytes <= limit,
      );
    }
  } finally {
    await stage.end();
  }
}

async function residentMegabytes(pid: number): Promise<number> {
  const child = Bun.spawn(["ps", "-o", "rss=", "-p", String(pid)], { stdio: ["ignore", "pipe", "inherit"] });
  return (Number((await new Response(child.stdout).text()).trim()) * 1024) / 1e6;
}
