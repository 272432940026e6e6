import type { Knobs, PhoneAction, SimControl } from "../engine/control.ts";
import { type FaultBench, faultNamed } from "./faults.ts";
import type { Input } from "./input.ts";

/** Something that can be made to happen: by HTTP, from a scenario, or by `cti sim …`. */
export interface Operation {
  summary: string;
  /** A body that works, for the help. */
  example: Record<string, unknown>;
  run(input: Input): unknown;
}

const phoneActions: readonly PhoneAction[] = ["off-hook", "dial", "answer", "hold", "retrieve", "hang-up"];

/** All operations by name: `POST /sim/{name}` with the fields as JSON. */
export function operationsOf(control: SimControl, bench: FaultBench): Record<string, Operation> {
  return {
    call: {
      summary: "a customer calls an agent or a queue",
      example: { agent: "1001", from: "5551234", variables: { callVariable1: "gold" } },
      run(input) {
        const direct = input.flag("direct");
        const request = {
          from: input.text("from"),
          ...optional("agent", input.optionalText("agent")),
          ...optional("queue", input.optionalText("queue")),
          ...optional("to", input.optionalText("to")),
          ...optional("variables", input.optionalTexts("variables")),
          bare: input.flag("bare"),
          kind: direct ? ("direct" as const) : ("routed" as const),
        };
        input.done();
        return control.call(request);
      },
    },
    abandon: onDialog("the caller gives up while it rings or waits", (dialog) => control.abandon(dialog)),
    hangup: onDialog("the outside party hangs up", (dialog) => control.callerHangup(dialog)),
    answer: onDialog("the outside party an agent dialled answers", (dialog) => control.farEndAnswer(dialog)),
    phone: {
      summary: `a hand on the agent's phone: ${phoneActions.join(", ")}`,
      example: { agent: "1001", action: "answer" },
      run(input) {
        const agent = input.text("agent");
        const action = input.choice("action", phoneActions);
        const options = {
          ...optional("number", input.optionalText("number")),
          ...optional("dialogId", input.optionalText("dialogId")),
        };
        input.done();
        control.phone(agent, action, options);
        return { agent, action };
      },
    },
    fail: {
      summary: "something breaks",
      example: { fault: "cti" },
      run(input) {
        const fault = faultNamed(input.text("fault"));
        const details = {
          ...optional("agent", input.optionalText("agent")),
          ...optional("count", input.optionalNumber("count")),
          ...optional("delay", input.optionalNumber("delay")),
        };
        input.done();
        return { fault, effect: bench.fail(fault, details) };
      },
    },
    heal: {
      summary: "everything that broke works again",
      example: {},
      run(input) {
        input.done();
        return { healed: bench.heal() };
      },
    },
    "force-logout": {
      summary: "the system signs an agent out",
      example: { agent: "1001", code: 50002 },
      run(input) {
        const agent = input.text("agent");
        const code = input.optionalNumber("code");
        input.done();
        control.forceLogout(agent, code);
        return { agent };
      },
    },
    "force-state": {
      summary: "a supervisor changes an agent's state",
      example: { agent: "1001", state: "NOT_READY" },
      run(input) {
        const agent = input.text("agent");
        const state = input.choice("state", ["READY", "NOT_READY"]);
        input.done();
        control.forceState(agent, state);
        return { agent, state };
      },
    },
    knobs: {
      summary: "changes delays and habits; an empty object shows them",
      example: { eventDelay: 500, duplicateEvents: true },
      run(input) {
        const before = control.knobs();
        const { duplicateEvents: _, ...durations } = before;
        const change: Record<string, number | boolean> = {};
        for (const name of Object.keys(durations)) {
          const value = input.optionalNumber(name);
          if (value !== undefined) change[name] = value;
        }
        const duplicate = input.optionalFlag("duplicateEvents");
        if (duplicate !== undefined) change.duplicateEvents = duplicate;
        input.done();
        const knobs: Partial<Knobs> = change;
        return control.knobs(knobs);
      },
    },
  };
}

function onDialog(summary: string, run: (dialogId: string | undefined) => void): Operation {
  return {
    summary,
    example: {},
    run(input) {
      const dialogId = input.optionalText("dialogId");
      input.done();
      run(dialogId);
      return { ...optional("dialogId", dialogId), done: true };
    },
  };
}

/** `{name: value}`, or nothing: fields that are absent stay absent. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  const field: Partial<Record<Name, Value>> = {};
  if (value !== undefined) field[name] = value;
  return field;
}
