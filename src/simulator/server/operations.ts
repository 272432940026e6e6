import { CtiError, toCtiError } from "../../model/errors.ts";
import type { CallPlaced, CallRequest, Knobs, PhoneAction, SimControl, SimState } from "../engine/control.ts";
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
export function operationsOf(
  control: SimControl,
  bench: FaultBench,
  state: () => SimState,
): Record<string, Operation> {
  return {
    call: {
      summary: "a customer calls an agent or a queue",
      example: { agent: "1001", from: "5551234", variables: { callVariable1: "gold" } },
      run(input) {
        const direct = input.flag("direct");
        const request = {
          from: input.text("from"),
          agent: input.optionalText("agent"),
          queue: input.optionalText("queue"),
          to: input.optionalText("to"),
          variables: input.optionalTexts("variables"),
          bare: input.flag("bare"),
          kind: direct ? ("direct" as const) : ("routed" as const),
        };
        input.done();
        return placed(control, request, state);
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
          number: input.optionalText("number"),
          dialogId: input.optionalText("dialogId"),
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
          agent: input.optionalText("agent"),
          count: input.optionalNumber("count"),
          delay: input.optionalSigned("delay"),
          node: input.optionalText("node"),
        };
        input.done();
        return { fault, effect: bench.fail(fault, details) };
      },
    },
    heal: {
      summary: "everything that broke works again, at one node or at all",
      example: {},
      run(input) {
        const node = input.optionalText("node");
        input.done();
        return { healed: bench.heal(node) };
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
    password: {
      summary: "an agent's password changes",
      example: { agent: "1001", password: "secret2" },
      run(input) {
        const agent = input.text("agent");
        const password = input.text("password");
        input.done();
        control.setPassword(agent, password);
        return { agent };
      },
    },
    "delete-user": {
      summary: "an agent is removed from the system",
      example: { agent: "1020" },
      run(input) {
        const agent = input.text("agent");
        input.done();
        control.deleteUser(agent);
        return { agent };
      },
    },
    knobs: {
      summary: "changes delays and habits; an empty object shows them",
      example: { eventDelay: 500, duplicateEvents: true },
      run(input) {
        const change: Record<string, number | boolean> = {};
        for (const [name, before] of Object.entries(control.knobs())) {
          const value =
            typeof before === "boolean"
              ? input.optionalFlag(name)
              : name === "clockOffset"
                ? input.optionalSigned(name)
                : input.optionalNumber(name);
          if (value !== undefined) change[name] = value;
        }
        input.done();
        const knobs: Partial<Knobs> = change;
        return control.knobs(knobs);
      },
    },
  };
}

/** A call that a known agent cannot take now is refused by the house, not wrongly asked for. */
function placed(control: SimControl, request: CallRequest, state: () => SimState): CallPlaced {
  try {
    return control.call(request);
  } catch (thrown) {
    const error = toCtiError(thrown);
    const known = state().agents.some(
      ({ id, loginName }) => id === request.agent || loginName === request.agent,
    );
    if (error.code !== "input-invalid" || !known || request.queue !== undefined) throw error;
    throw new CtiError({ ...error.toJSON(), code: "refused" }, { cause: error });
  }
}

function onDialog(summary: string, run: (dialogId: string | undefined) => void): Operation {
  return {
    summary,
    example: {},
    run(input) {
      const dialogId = input.optionalText("dialogId");
      input.done();
      run(dialogId);
      return { dialogId, done: true };
    },
  };
}
