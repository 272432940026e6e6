import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { type GcEvents, interrupted } from "./gc-events.ts";
import { filled, type GcStep } from "./gc-script.ts";

export interface PlayDeps {
  events: GcEvents;
  clock: Clock;
  signal: AbortSignal;
  /** Fills placeholders. */
  fill: (type: string, body: string) => Promise<{ type: string; body: string }>;
  send: (type: string, body: string) => Promise<void>;
  /** For `expect`, where placeholders other than the password may stand. */
  values: { extension: string | undefined; destination: string };
  /** Milliseconds an `expect` waits when it does not say. */
  within: number;
  /** A step has begun, or is done. Nothing of a body is told: a password may stand in it. */
  onStep: (step: GcStep, text: string, state: "begun" | "done") => void;
}

/**
 * Works the steps one after the other. An `expect` counts events since the first `send` after the last `expect`, each event once, so their
 * order among themselves does not matter. Throws the error of the step that failed: `timeout`, `refused`…, with its line.
 */
export async function play(steps: readonly GcStep[], deps: PlayDeps): Promise<void> {
  const { events, signal } = deps;
  const agents = new Set<string>();
  let expected = false;
  for (const step of steps) {
    if (signal.aborted) throw interrupted();
    try {
      switch (step.kind) {
        case "send": {
          const { type, body } = await deps.fill(step.type, step.body);
          if (expected) events.forget();
          expected = false;
          agents.add(keyOf(type));
          deps.onStep(step, `send ${type}`, "begun");
          await deps.send(type, body);
          deps.onStep(step, `send ${type}`, "done");
          break;
        }
        case "expect": {
          const { text, event, values } = step.wanted;
          const fill = (part: string): string =>
            filled(part, { ...deps.values, extension: deps.values.extension ?? "" });
          const wanted = { text: fill(text), event: fill(event), values: values.map(fill) };
          expected = true;
          deps.onStep(step, `expect ${wanted.text}`, "begun");
          const within = step.within ?? deps.within;
          // With agents of others at the same destination, their errors are theirs.
          const isOurs = ({ agent }: { agent: string }): boolean => agent === "" || agents.has(agent);
          await events.next(wanted, { within, signal, isOurs });
          deps.onStep(step, `expect ${wanted.text}`, "done");
          break;
        }
        case "pause":
          deps.onStep(step, `pause ${step.milliseconds} ms`, "begun");
          await pause(step.milliseconds, deps);
          deps.onStep(step, `pause ${step.milliseconds} ms`, "done");
          break;
      }
    } catch (error) {
      throw atLine(step, error);
    }
  }
}

/** The agent of a request; of Hello and Beat the destination. */
export function keyOf(type: string): string {
  return type.slice(type.indexOf("#") + 1);
}

function atLine({ line }: GcStep, error: unknown): unknown {
  if (!(error instanceof CtiError) || error.code === "interrupted") return error;
  const data = error.toJSON();
  return new CtiError(
    { ...data, message: `line ${line}: ${data.message}`, details: { ...data.details, line } },
    { cause: error },
  );
}

function pause(milliseconds: number, { clock, signal }: Pick<PlayDeps, "clock" | "signal">): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(interrupted());
    };
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
