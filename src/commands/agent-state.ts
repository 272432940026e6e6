import { Command, Option } from "clipanion";
import type { AgentCommand as AgentRequest } from "../model/commands.ts";
import { VerbCommand } from "./verb.ts";

/** `cti ready` */
export class ReadyCommand extends VerbCommand {
  static override paths = [["ready"]];
  static override usage = Command.Usage({
    category: "Session",
    description: "go READY: calls may come",
    details: "On a call the change is accepted for later (pending) and comes when the call ends.",
    examples: [
      ["Go ready", "cti ready"],
      ["The same for a script", "cti ready --json | jq -r .outcome"],
    ],
  });

  protected request(): AgentRequest {
    return { verb: "ready" };
  }
}

/** The words after a verb are one reason: quotes may be left out. */
function reasonOf(words: string[]): { reason?: string } {
  const reason = words.join(" ").trim();
  return reason === "" ? {} : { reason };
}

/** `cti not-ready [reason]` */
export class NotReadyCommand extends VerbCommand {
  static override paths = [["not-ready"]];
  static override usage = Command.Usage({
    category: "Session",
    description: "go NOT_READY, with a reason",
    details:
      "REASON is a label, code or id of `cti reasons`. Without one the default-reasons of the configuration serve.",
    examples: [
      ["Take a break", "cti not-ready Lunch"],
      ["See the reasons", "cti reasons"],
    ],
  });

  reason = Option.Rest({ name: "reason" });

  protected request(): AgentRequest {
    return { verb: "not-ready", ...reasonOf(this.reason) };
  }
}

/** `cti logout [reason]` */
export class LogoutCommand extends VerbCommand {
  static override paths = [["logout"]];
  static override usage = Command.Usage({
    category: "Session",
    description: "sign out of Finesse",
    details:
      "From READY or wrap-up it goes through NOT_READY by itself; on a call it is refused. The connector stays until `cti stop`.",
    examples: [
      ["End the shift", "cti logout"],
      ["With a reason", "cti logout End of shift"],
    ],
  });

  reason = Option.Rest({ name: "reason" });

  protected request(): AgentRequest {
    return { verb: "logout", ...reasonOf(this.reason) };
  }
}
