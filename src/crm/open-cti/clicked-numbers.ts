import type { Clock } from "../../platform/clock.ts";
import type { CallLog } from "./contract.ts";
import { linkOf, mayBeSame } from "./links.ts";

/** Milliseconds between a click on a number and the call it leads to. */
const lately = 60_000;

/** Numbers that agents clicked at a record: the call that begins next to such a number is about it. */
export class ClickedNumbers {
  readonly #clock: Pick<Clock, "now">;
  /** By agent. */
  readonly #clicks = new Map<string, { number: string; record: { id: string; type: string }; at: number }>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Without a record the number was none of a record's, and the click before counts no more. */
  note(agent: string, number: string, record: { id: string; type: string } | undefined): void {
    if (record === undefined) this.#clicks.delete(agent);
    else this.#clicks.set(agent, { number, record, at: this.#clock.now() });
  }

  /** What a call that begins is about; asked once, it is forgotten. */
  linkOf({ agent, callType, number }: CallLog): Partial<Pick<CallLog, "who" | "what">> {
    const click = this.#clicks.get(agent);
    if (click === undefined || callType === "Inbound") return {};
    if (this.#clock.now() - click.at > lately || !mayBeSame(click.number, number)) return {};
    this.#clicks.delete(agent);
    return linkOf(click.record);
  }
}
