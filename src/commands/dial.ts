import { Command, Option } from "clipanion";
import type { Call } from "../model/call.ts";
import type { Outcome } from "../model/commands.ts";
import { numberToDial } from "../model/dial-plan.ts";
import { CtiError } from "../model/errors.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Control } from "./control.ts";
import { VerbCommand, runVerb } from "./verb.ts";

/** How far a dialled call must have come: the far end rings, or somebody answered. */
export type DialTarget = "alerting" | "active";

export interface DialOptions {
  agent: string;
  number: string;
  target: DialTarget | undefined;
  /** Seconds for the request, and again for the waiting. */
  timeout: number | undefined;
}

/** Seconds a customer's phone may ring, when nobody says. */
const ringingTime = 60;

/** Dials; with a target goes on until the call has come so far, has failed, or the time is over. */
export async function dial(
  options: DialOptions,
  deps: { control: Control; clock: Clock; newKey: () => string },
): Promise<Outcome> {
  const { agent, number, target, timeout } = options;
  const outcome = await runVerb({ agent, command: { verb: "dial", number }, timeout }, deps);
  if (target === undefined || outcome.outcome !== "confirmed" || outcome.call === undefined) return outcome;
  return follow(outcome, outcome.call, target, timeout ?? ringingTime, deps);
}

async function follow(
  outcome: Outcome,
  dialled: Call,
  target: DialTarget,
  timeout: number,
  deps: { control: Control; clock: Clock },
): Promise<Outcome> {
  const { control, clock } = deps;
  const started = clock.now();
  const elapsed = (): number => outcome.elapsed + (clock.now() - started);
  const first = judged(dialled, target);
  if (first !== undefined) return { ...outcome, ...first, call: dialled };

  const abort = new AbortController();
  const cancel = clock.after(timeout * 1000, () => abort.abort());
  let latest = dialled;
  try {
    const query = { agent: outcome.agent, type: "call", since: "last-command" };
    for await (const event of control.events(query, abort.signal)) {
      if (!("call" in event) || event.call.id !== dialled.id) continue;
      latest = event.call;
      const verdict = event.type === "call.ended" ? ended(latest) : judged(latest, target);
      if (verdict !== undefined) return { ...outcome, ...verdict, call: latest, elapsed: elapsed() };
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    cancel();
    abort.abort();
  }
  const wanted = target === "active" ? "nobody answered" : "it did not ring";
  return {
    ...outcome,
    outcome: "unknown",
    message: `${wanted} within ${timeout} s; the call goes on`,
    call: latest,
    elapsed: elapsed(),
  };
}

type Verdict = Pick<Outcome, "outcome" | "message" | "refusal">;

function judged(call: Call, target: DialTarget): Verdict | undefined {
  if (call.state === "FAILED" || call.state === "DROPPED" || call.state === "WRAP_UP") return ended(call);
  // The caller's own leg stays INITIATED while the far end rings; the dialog says that it does (reference/finesse.md §9).
  const answered = call.state === "ACTIVE" || call.state === "HELD";
  const ringing = answered || call.dialogState === "ALERTING";
  if (target === "active" ? !answered : !ringing) return undefined;
  return {
    outcome: "confirmed",
    message: `${answered ? "talking to" : "ringing at"} ${call.party} (${call.state}, call ${call.id})`,
  };
}

function ended(call: Call): Verdict {
  const why = call.cause === undefined || call.cause === "" ? undefined : call.cause;
  return {
    outcome: "refused",
    message: `the call to ${call.party} ended before it was answered${why === undefined ? "" : `: ${why}`}`,
    refusal: {
      type: "Call Failed",
      code: why,
      words: why,
      hint:
        call.state === "FAILED"
          ? "drop the failed call and try again: cti drop"
          : "try again: cti dial NUMBER",
      late: true,
    },
  };
}

/** `cti dial NUMBER` */
export class DialCommand extends VerbCommand {
  static override paths = [["dial"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "call a number",
    details: "Without --wait it is done when the number is on its way. Agents call from NOT_READY.",
    examples: [
      ["Call and go on", "cti dial 5551234"],
      ["Go on when somebody answered", "cti dial 5551234 --wait active --timeout 20 --json"],
    ],
  });

  wait = Option.String("--wait", {
    description: "Go on only when it rings (alerting) or is answered (active)",
  });

  number = Option.String({ name: "number" });

  protected request(): { verb: "dial"; number: string } {
    return { verb: "dial", number: numberToDial(this.number) };
  }

  protected override async run(): Promise<number> {
    const { number } = this.request();
    const target = this.wait === undefined ? undefined : targetFrom(this.wait);
    const { control, agent, config } = await this.session();
    const timeout = this.commandTimeout(config);
    const { newKey } = this.context;
    return this.report(
      await dial({ agent, number, target, timeout }, { control, clock: systemClock, newKey }),
    );
  }
}

function targetFrom(word: string): DialTarget {
  if (word === "alerting" || word === "active") return word;
  throw new CtiError({
    code: "usage",
    message: `--wait ${word} is neither alerting nor active`,
    hint: "alerting: the far end rings; active: somebody answered",
  });
}
