import { Command, Option } from "clipanion";
import type { AgentCommand as AgentRequest } from "../model/commands.ts";
import { numberToDial } from "../model/dial-plan.ts";
import { CallVerbCommand } from "./call-verbs.ts";

/** `cti consult NUMBER` */
export class ConsultCommand extends CallVerbCommand {
  static override paths = [["consult"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "hold the call and ask somebody",
    details:
      "The customer waits while you talk to NUMBER. Then `cti transfer` hands the customer over, `cti conference` brings all together, or drop the consult call and retrieve the customer.",
    examples: [
      ["Ask a colleague, then hand over", "cti consult 2002 && cti transfer"],
      ["Take the customer back", "cti drop --call 16804380 && cti retrieve"],
    ],
  });

  number = Option.String({ name: "number" });

  protected request(): AgentRequest {
    return { verb: "consult", number: numberToDial(this.number), ...this.target };
  }
}

/** `cti transfer [NUMBER]` */
export class TransferCommand extends CallVerbCommand {
  static override paths = [["transfer"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "hand the customer over",
    details:
      "With NUMBER at once, without asking anybody there (blind). Without: to the one you are consulting; --call then names the held call.",
    examples: [
      ["To the colleague being consulted", "cti transfer"],
      ["Blind", "cti transfer 2002"],
    ],
  });

  number = Option.String({ name: "number", required: false });

  protected request(): AgentRequest {
    return {
      verb: "transfer",
      ...(this.number !== undefined && { number: numberToDial(this.number) }),
      ...this.target,
    };
  }
}

/** `cti conference` */
export class ConferenceCommand extends CallVerbCommand {
  static override paths = [["conference"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "join the customer and the consulted party",
    details: "Needs a running consult call; --call names the held call when there are several.",
    examples: [["All three together", "cti consult 2002 && cti conference"]],
  });

  protected request(): AgentRequest {
    return { verb: "conference", ...this.target };
  }
}
