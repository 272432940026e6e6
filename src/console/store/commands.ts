import type { AgentCommand } from "../../model/commands.ts";
import type { CommandIntent } from "./state.ts";

/** What the connector is asked, for what a person wants. */
export function commandOf(intent: CommandIntent): AgentCommand {
  switch (intent.do) {
    case "ready":
      return { verb: "ready" };
    case "not-ready":
    case "logout":
      return { verb: intent.do, ...(intent.reason !== undefined && { reason: intent.reason }) };
    case "dial":
      return { verb: "dial", number: intent.number };
    case "answer":
    case "hold":
    case "retrieve":
    case "drop":
    case "conference":
      return { verb: intent.do, call: intent.call };
    case "consult":
      return { verb: "consult", number: intent.number, call: intent.call };
    case "transfer":
      return {
        verb: "transfer",
        call: intent.call,
        ...(intent.number !== undefined && { number: intent.number }),
      };
    case "dtmf":
      return { verb: "dtmf", digits: intent.digits, call: intent.call };
    case "set":
      return { verb: "set", variables: intent.variables, call: intent.call };
    case "wrap-up":
      return { verb: "wrap-up", reasons: intent.reasons, call: intent.call };
  }
}

const commandIntents = new Set<string>([
  "ready",
  "not-ready",
  "logout",
  "dial",
  "answer",
  "hold",
  "retrieve",
  "drop",
  "conference",
  "consult",
  "transfer",
  "dtmf",
  "set",
  "wrap-up",
] satisfies CommandIntent["do"][]);

export function isCommand(intent: { do: string }): intent is CommandIntent {
  return commandIntents.has(intent.do);
}
