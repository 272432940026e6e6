import { CtiError, toCtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { SimState } from "../engine/control.ts";
import { Input } from "./input.ts";
import type { Operation } from "./operations.ts";
import type { Action, Step } from "./scenario-text.ts";

export interface StepResult {
  line: number;
  text: string;
  /** Milliseconds of the simulator's clock after the start. */
  at: number;
  result: unknown;
}

export interface ScenarioPlayerOptions {
  clock: Clock;
  operations: Record<string, Operation>;
  state(): SimState;
  /** Calls `listener` whenever the state may have changed; the returned function ends that. */
  onChange(listener: () => void): () => void;
}

/** Plays scenarios on a running simulator. */
export class ScenarioPlayer {
  readonly #options: ScenarioPlayerOptions;

  constructor(options: ScenarioPlayerOptions) {
    this.#options = options;
  }

  /** Runs the steps in order; ends early when `signal` aborts. Rejects with the first failure, which names its line. */
  async play(steps: Step[], signal: AbortSignal): Promise<StepResult[]> {
    const { clock } = this.#options;
    const start = clock.now();
    const results: StepResult[] = [];
    for (const step of steps) {
      if (step.at !== undefined) await this.#pause(start + step.at - clock.now(), signal);
      if (signal.aborted) break;
      const at = clock.now() - start;
      try {
        results.push({ line: step.line, text: step.text, at, result: await this.#act(step.action, signal) });
      } catch (thrown) {
        const error = toCtiError(thrown);
        throw new CtiError(
          {
            ...error.toJSON(),
            message: `line ${step.line} (${step.text}): ${error.message}`,
            details: { line: step.line, done: results.length },
          },
          { cause: thrown },
        );
      }
    }
    return results;
  }

  async #act(action: Action, signal: AbortSignal): Promise<unknown> {
    switch (action.kind) {
      case "pause":
        await this.#pause(action.duration, signal);
        return null;
      case "until":
        await this.#until(action, signal);
        return null;
      case "operation":
        return this.#options.operations[action.name]?.run(new Input(action.input)) ?? null;
    }
  }

  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(milliseconds, resolve);
      signal.addEventListener("abort", () => (cancel(), resolve()), { once: true });
    });
  }

  #until({ agent, state, within }: Action & { kind: "until" }, signal: AbortSignal): Promise<void> {
    const { clock, onChange } = this.#options;
    const current = () =>
      this.#options.state().agents.find(({ id, loginName }) => id === agent || loginName === agent);
    if (current() === undefined)
      return Promise.reject(new CtiError({ code: "input-invalid", message: `there is no agent ${agent}` }));
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        stopWatching();
        cancel();
        end();
      };
      const look = () => {
        if (current()?.state === state) finish(resolve);
      };
      const stopWatching = onChange(look);
      const cancel = clock.after(within, () =>
        finish(() =>
          reject(
            new CtiError({
              code: "timeout",
              message: `${agent} did not become ${state} within ${within / 1000} s`,
              why: `it is ${current()?.state ?? "gone"}`,
            }),
          ),
        ),
      );
      signal.addEventListener("abort", () => finish(resolve), { once: true });
      look();
    });
  }
}
