import type { Clock } from "../../platform/clock.ts";
import type { CallLog } from "./contract.ts";
import { mayBeSame } from "./links.ts";
import type { ClickedRecord } from "./page/contract.ts";

/** Milliseconds between a click on a number and the call it leads to. */
const lately = 60_000;

/** Numbers that agents clicked at a record: the call that begins next to such a number is about it. */
export class ClickedNumbers {
  readonly #clock: Pick<Clock, "now">;
  /** By agent. */
  readonly #clicks = new Map<string, { number: string; record: ClickedRecord; at: number }>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Without a record the number was none of a record's, and the click before counts no more. */
  note(agent: string, number: string, record: ClickedRecord | undefined): void {
    if (record === undefined) this.#clicks.delete(agent);
    else this.#clicks.set(agent, { number, record, at: this.#clock.now() });
  }

  /** What a call that begins is about; asked once, it is forgotten. */
  take({ agent, callType, number }: CallLog): ClickedRecord | undefined {
    const click = this.#clicks.get(agent);
    if (click === undefined || callType === "Inbound") return undefined;
    if (this.#clock.now() - click.at > lately || !mayBeSame(click.number, number)) return undefined;
    this.#clicks.delete(agent);
    return click.record;
  }
}
