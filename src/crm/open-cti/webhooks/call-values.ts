import type { CtiEvent } from "../../../model/events.ts";

/** Events whose values are held at most; of older ones receivers are told without. */
const most = 5000;

/**
 * Values of call variables of what is owed, in memory alone: they may be a customer's, and must not lie on a disk for as long as a receiver is
 * away. After a restart of the worker what was owed before goes out without them.
 */
export class CallValues {
  /** By target and event, the oldest first. */
  readonly #held = new Map<string, Readonly<Record<string, string>>>();

  hold(target: string, event: CtiEvent): void {
    if (!("call" in event)) return;
    this.#held.set(`${target} ${event.id}`, event.call.variables);
    if (this.#held.size <= most) return;
    for (const oldest of this.#held.keys()) {
      this.#held.delete(oldest);
      break;
    }
  }

  /** An event's JSON with the values in it, where they are known. */
  fill(target: string, event: string, body: string): string {
    const variables = this.#held.get(`${target} ${event}`);
    if (variables === undefined) return body;
    const told = JSON.parse(body) as { data: { call?: object } };
    return JSON.stringify({ ...told, data: { ...told.data, call: { ...told.data.call, variables } } });
  }

  /** It was taken. */
  drop(target: string, event: string): void {
    this.#held.delete(`${target} ${event}`);
  }
}
