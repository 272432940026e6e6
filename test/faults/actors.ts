import { CtiError } from "../../src/model/errors.ts";
import type { Call } from "../../src/model/call.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { PhoneAction, SimControl, SimState } from "../../src/simulator/engine/control.ts";
import type { Chance } from "./chance.ts";
import type { Faces, Wish } from "./faces.ts";
import type { Office } from "./office.ts";
import type { Story } from "./story.ts";

export interface Stage {
  parts: { clock: Clock; story: Story };
  engine: { control: SimControl; state(): SimState };
  office: Office;
  faces: Faces;
  agents: readonly string[];
  chance: Chance;
  /** Somebody did something to the simulator. */
  onActed(): void;
}

/** People at work: agents at their terminals, hands on their phones, customers, supervisors. Each acts again and again until `stop`. */
export class Actors {
  readonly #stage: Stage;
  #stopped = false;
  #lastNumber = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    for (const agent of stage.agents) {
      this.#again(100, 3_500, () => this.#agentActs(agent));
      this.#again(3_000, 20_000, () => this.#handActs(agent));
    }
    this.#again(300, 5_000, () => this.#customerActs());
    this.#again(15_000, 90_000, () => this.#systemActs());
  }

  stop(): void {
    this.#stopped = true;
  }

  #again(least: number, most: number, act: () => void): void {
    const { parts, chance } = this.#stage;
    parts.clock.after(chance.between(least, most), () => {
      if (this.#stopped) return;
      try {
        act();
      } catch (thrown) {
        // What is impossible just now is said so, and nothing else.
        if (!(thrown instanceof CtiError)) throw thrown;
      }
      this.#stage.onActed();
      this.#again(least, most, act);
    });
  }

  #agentActs(agent: string): void {
    const { office, faces, parts } = this.#stage;
    const seat = office.worker?.registry.current().find((status) => status.agent === agent);
    // People do not type while three of their commands hang.
    if (office.worker === undefined || faces.open.filter((asking) => asking.agent === agent).length > 2)
      return;
    parts.story.count("actions");
    if (seat === undefined || seat.link.state === "conflict") return faces.ask(agent, { verb: "login" });
    faces.ask(agent, this.#wish(agent, seat.calls));
  }

  #wish(agent: string, calls: readonly Call[]): Wish {
    const { chance } = this.#stage;
    const call = chance.of(calls);
    if (call !== undefined && chance.happens(0.75)) {
      const named = chance.happens(0.85) ? { call: call.id } : {};
      const action = chance.happens(0.15)
        ? chance.of([
            "ANSWER",
            "HOLD",
            "RETRIEVE",
            "DROP",
            "SEND_DTMF",
            "UPDATE_CALL_DATA",
            "CONSULT_CALL",
            "TRANSFER_SST",
            "TRANSFER",
            "CONFERENCE",
          ] as const)
        : chance.of(call.actions);
      switch (action) {
        case "ANSWER":
          return { verb: "answer", ...named };
        case "HOLD":
          return { verb: "hold", ...named };
        case "RETRIEVE":
          return { verb: "retrieve", ...named };
        case "DROP":
          return { verb: "drop", ...named };
        case "CONSULT_CALL":
          return { verb: "consult", number: this.#someNumber(agent), ...named };
        case "TRANSFER_SST":
          return { verb: "transfer", number: this.#someNumber(agent), ...named };
        case "TRANSFER":
          return { verb: "transfer", ...named };
        case "CONFERENCE":
          return { verb: "conference", ...named };
        case "SEND_DTMF":
          return { verb: "dtmf", digits: String(chance.between(100, 99_999)), ...named };
        case "UPDATE_CALL_DATA":
          return chance.happens(0.3)
            ? { verb: "wrap-up", reasons: [chance.of(["Sales", "Support", "Complaint"])], ...named }
            : {
                verb: "set",
                variables: { [`callVariable${chance.between(1, 4)}`]: `v${chance.between(1, 999_999)}` },
                ...named,
              };
      }
    }
    switch (
      chance.weighted({ ready: 40, "not-ready": 14, dial: 24, logout: 4, login: 3, colleague: 8 } as const)
    ) {
      case "ready":
        return { verb: "ready" };
      case "not-ready":
        return chance.happens(0.5)
          ? { verb: "not-ready" }
          : { verb: "not-ready", reason: chance.of(["Lunch", "Break", "Meeting"]) };
      case "dial":
        return { verb: "dial", number: this.#number() };
      case "colleague":
        return { verb: "dial", number: String(Number(this.#other(agent)) + 1000) };
      case "logout":
        return { verb: "logout" };
      case "login":
        return { verb: "login" };
    }
  }

  /** A number nobody has dialled before: busy, bad, not answering or answering by its end. */
  #number(): string {
    this.#lastNumber += 1;
    return `55${String(this.#lastNumber).padStart(5, "0")}${this.#stage.chance.of(["0000", "0001", "0002", "7777", "7778"])}`;
  }

  /** A colleague, a queue, or a number outside. */
  #someNumber(agent: string): string {
    const where = this.#stage.chance.weighted({ colleague: 6, outside: 3, queue: 1 } as const);
    if (where === "queue") return "811802";
    return where === "outside" ? this.#number() : String(Number(this.#other(agent)) + 1000);
  }

  #other(agent: string): string {
    const { agents, chance } = this.#stage;
    return chance.of(agents.filter((other) => other !== agent)) ?? agent;
  }

  #handActs(agent: string): void {
    const { engine, chance, parts } = this.#stage;
    const action = chance.weighted({
      answer: 5,
      hold: 2,
      retrieve: 2,
      "hang-up": 6,
      dial: 2,
      "off-hook": 1,
    } as const satisfies Record<PhoneAction, number>);
    engine.control.phone(agent, action, action === "dial" ? { number: this.#number() } : {});
    parts.story.count("actions");
    parts.story.tell(agent, `hand: ${action}`);
  }

  #customerActs(): void {
    const { engine, chance, agents, parts } = this.#stage;
    const { control } = engine;
    const from = `666${chance.between(10_000, 99_999)}`;
    const bare = chance.happens(0.9);
    const what = chance.weighted({
      queue: 6,
      agent: 4,
      direct: 3,
      abandon: 3,
      "hang up": 4,
      "far end": 3,
    } as const);
    const outside = chance.of(engine.state().calls)?.id;
    if (what === "queue") control.call({ queue: "Sales.EN", from, bare });
    else if (what === "agent") control.call({ agent: chance.of(agents) ?? "", from, bare });
    else if (what === "direct") control.call({ agent: chance.of(agents) ?? "", from, kind: "direct" });
    else if (outside === undefined) return;
    else if (what === "abandon") control.abandon(outside);
    else if (what === "hang up") control.callerHangup(outside);
    else control.farEndAnswer(outside);
    parts.story.count("actions");
    parts.story.tell("customer", `${what} ${outside ?? from}`);
  }

  #systemActs(): void {
    const { engine, chance, agents, parts } = this.#stage;
    const agent = chance.of(agents) ?? "";
    const what = chance.weighted({ logout: 2, ready: 2, "not ready": 3 } as const);
    if (what === "logout") engine.control.forceLogout(agent);
    else engine.control.forceState(agent, what === "ready" ? "READY" : "NOT_READY");
    parts.story.count("actions");
    parts.story.tell("system", `forces ${agent}: ${what}`);
  }
}
