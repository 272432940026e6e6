import { CtiError } from "../../model/errors.ts";
import type { Call, Party } from "./call.ts";
import type { PhoneAction, PhoneOptions } from "./control.ts";
import type { Exchange } from "./exchange.ts";
import type { Agent, World } from "./world.ts";

/** Party states that an action of the hand can apply to. */
const applies: Record<Exclude<PhoneAction, "off-hook" | "dial">, readonly Party["state"][]> = {
  answer: ["ALERTING"],
  hold: ["ACTIVE"],
  retrieve: ["HELD"],
  // The call on the line before a held one.
  "hang-up": ["ACTIVE", "INITIATING", "INITIATED", "FAILED", "HELD"],
};

/** Hands on the phone of an agent, signed in or not. */
export class Phone {
  constructor(
    readonly world: World,
    readonly exchange: Exchange,
  ) {}

  act(agent: Agent, action: PhoneAction, options: PhoneOptions): void {
    const extension = agent.extension === "" ? agent.entry.extension : agent.extension;
    if (action === "off-hook" || action === "dial") {
      this.#lift(extension, action, options.number);
      return;
    }
    const { call, party } = this.#pick(extension, action, options.dialogId);
    const done =
      action === "answer"
        ? this.exchange.answer(call, party)
        : action === "hold"
          ? this.exchange.hold(call, party)
          : action === "retrieve"
            ? this.exchange.retrieve(call, party)
            : this.exchange.drop(call, party);
    if (!done) throw refused(extension, action);
  }

  #lift(extension: string, action: "off-hook" | "dial", number: string | undefined): void {
    if (action === "dial" && (number === undefined || number === ""))
      throw new CtiError({ code: "input-invalid", message: "Dialling needs a number." });
    const lifted = this.world.liveAt(extension).find(({ party }) => party.state === "INITIATING");
    if (lifted === undefined && !this.exchange.mayStart(extension)) throw refused(extension, action);
    if (lifted !== undefined && number === undefined) throw refused(extension, action);
    const { call, party } = lifted ?? this.exchange.offHook(extension);
    if (number !== undefined) this.exchange.dial(call, party, number);
  }

  #pick(
    extension: string,
    action: keyof typeof applies,
    dialogId: string | undefined,
  ): { call: Call; party: Party } {
    const live = this.world
      .liveAt(extension)
      .filter(({ call }) => dialogId === undefined || call.id === dialogId);
    for (const state of applies[action]) {
      const found = live.find(({ party }) => party.state === state);
      if (found !== undefined) return found;
    }
    throw refused(extension, action);
  }
}

function refused(extension: string, action: PhoneAction): CtiError {
  return new CtiError({
    code: "no-such-call",
    message: `The phone ${extension} has no call on which "${action}" is possible now.`,
  });
}
