/** The value below which `share` of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** One line of a result: what, ours, the yardstick's, the ratio, the target. */
export function report(
  what: string,
  ours: string,
  yardstick: string,
  figure: string,
  target: string,
  met: boolean,
): void {
  process.stdout.write(`${met ? "✓" : "✗"} ${what}: ${ours}, ${yardstick} → ${figure} (target ${target})\n`);
}

/** Runs both in turn, so that whatever else the machine does hits both alike; the first round warms caches and is thrown away. */
export async function inTurn(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ ours: number[]; theirs: number[] }> {
  const samples = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const a = await ours();
    const b = await theirs();
    if (round === 0) continue;
    samples.ours.push(a);
    samples.theirs.push(b);
  }
  return samples;
}

/** Milliseconds that a process takes from spawn to exit. Throws when it fails. */
export async function timeProcess(command: string[], env: Record<string, string>): Promise<number> {
  const started = performance.now();
  const child = Bun.spawn(command, { env, stdio: ["ignore", "pipe", "pipe"] });
  const code = await child.exited;
  const elapsed = performance.now() - started;
  if (code !== 0)
    throw new Error(`${command.join(" ")} exits ${code}: ${await new Response(child.stderr).text()}`);
  return elapsed;
}
