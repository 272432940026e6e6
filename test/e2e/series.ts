import type { CtiEvent } from "../../src/model/events.ts";
import type { Serving } from "./serving.ts";

export type CallEvent = Extract<
  CtiEvent,
  { type: "call.started" | "call.changed" | "call.released" | "call.ended" }
>;

/** Kills the worker somewhere after each of these numbers of calls; the next one when it is there again. */
export async function killWorker(
  serving: Serving,
  moments: readonly number[],
  calls: () => number,
  between: (least: number, most: number) => number,
  killed: (count: number) => void,
): Promise<void> {
  for (const [index, moment] of moments.entries()) {
    while (calls() < moment) await Bun.sleep(20);
    await Bun.sleep(between(0, 700));
    const { workerPid } = await serving.until(() => true);
    process.kill(workerPid, "SIGKILL");
    killed(index + 1);
    await serving.until((status) => status.workerPid !== workerPid);
  }
}

/** What the journal tells of calls, oldest first. `types`: with commas between. */
export async function callsTold(serving: Serving, types: string): Promise<CallEvent[]> {
  const told: CallEvent[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await serving.page({
      type: types,
      limit: "1000",
      ...(before !== undefined && { before }),
    });
    told.unshift(...(page.events as CallEvent[]));
    if (!page.more) return told;
    before = page.events[0]?.id;
  }
}
