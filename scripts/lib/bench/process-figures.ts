import { readFileSync } from "node:fs";

/** Clock ticks of /proc/PID/stat; the same on every Linux there is. */
const ticksPerSecond = 100;

/** Seconds of processor time of a process with all its threads so far. */
export function processorSeconds(pid: number): number {
  // The second field is a name in parentheses which may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Share of one core that a process takes within `seconds`, beginning now. */
export async function processorShare(pid: number, seconds: number): Promise<number> {
  const before = processorSeconds(pid);
  const from = performance.now();
  await Bun.sleep(seconds * 1000);
  return (processorSeconds(pid) - before) / ((performance.now() - from) / 1000);
}

/** Resident memory in MB: now, and the most there ever was. */
export function residentMemory(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024) / 1e6;
  return { now: field("VmRSS"), most: field("VmHWM") };
}
