import { toCtiError } from "../../model/errors.ts";
import type { CtiPort } from "../adapter.ts";

/**
 * Compares agentQueue with the queues that the agent works. Finesse lets nobody choose a queue at sign-in: a difference is said where the site
 * looks, the log, and is no reason to refuse. Never rejects.
 */
export async function checkQueue(
  port: Pick<CtiPort, "queues" | "log">,
  agent: string,
  queue: string,
): Promise<void> {
  try {
    const queues = await port.queues(agent);
    if (queues.length === 0 || queues.some(({ id, name }) => id === queue || name === queue)) return;
    const names = queues.map(({ id, name }) => (name === "" ? id : `${id} ${name}`));
    port.log("warn", `EBS names queue ${queue}; the agent works ${names.join(", ")}`, agent);
  } catch (error) {
    port.log("info", `queue ${queue} not checked: ${toCtiError(error).message}`, agent);
  }
}
