import type { Customer } from "./customers.ts";
import {
  type Incoming,
  type Interaction,
  type InteractionRecord,
  type Step,
  step,
  viewOf,
} from "./interaction.ts";
import { findCustomers } from "./lookup.ts";

/** EBS's Interaction History: one interaction for each occtSourceID, whatever comes. */
export class History {
  readonly #records = new Map<string, InteractionRecord>();
  readonly #customers: readonly Customer[];

  constructor(customers: readonly Customer[]) {
    this.#customers = customers;
  }

  /** Takes one event in; a ScreenPop that is taken brings the customer up. */
  take(event: Incoming): Step {
    const id = event.data.occtSourceID ?? "";
    const taken = step(this.#records.get(id), event);
    if (taken.interaction === undefined) return taken;
    const interaction =
      taken.seen === "popped"
        ? { ...taken.interaction, customer: findCustomers(this.#customers, event.data) }
        : taken.interaction;
    this.#records.set(id, interaction);
    return { ...taken, interaction };
  }

  /** In the order in which they began. */
  all(): Interaction[] {
    return [...this.#records.values()].map(viewOf);
  }
}
