import { Command, Option } from "clipanion";
import type { AgentCommand as AgentRequest } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import { VerbCommand } from "./verb.ts";

/** A verb for one call. */
export abstract class CallVerbCommand extends VerbCommand {
  call = Option.String("--call", {
    description: "Which call, when more than one fits: an id of `cti calls`",
  });

  protected get target(): { call?: string } {
    return this.call === undefined ? {} : { call: this.call };
  }
}

/** `cti answer` */
export class AnswerCommand extends CallVerbCommand {
  static override paths = [["answer"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "answer the ringing call",
    examples: [
      [
        "Let a customer ring, then answer",
        "cti sim call 1001 --from 5551234 && cti wait call.started && cti answer",
      ],
    ],
  });

  protected request(): AgentRequest {
    return { verb: "answer", ...this.target };
  }
}

/** `cti hold` */
export class HoldCommand extends CallVerbCommand {
  static override paths = [["hold"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "put the active call on hold",
    examples: [["Hold the only active call", "cti hold"]],
  });

  protected request(): AgentRequest {
    return { verb: "hold", ...this.target };
  }
}

/** `cti retrieve` */
export class RetrieveCommand extends CallVerbCommand {
  static override paths = [["retrieve"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "take the held call back",
    examples: [["Talk again", "cti retrieve"]],
  });

  protected request(): AgentRequest {
    return { verb: "retrieve", ...this.target };
  }
}

/** `cti drop` */
export class DropCommand extends CallVerbCommand {
  static override paths = [["drop"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "hang up",
    examples: [
      ["Hang up the only call", "cti drop"],
      ["One of two", "cti drop --call 16804377"],
    ],
  });

  protected request(): AgentRequest {
    return { verb: "drop", ...this.target };
  }
}

/** `cti dtmf DIGITS` */
export class DtmfCommand extends CallVerbCommand {
  static override paths = [["dtmf"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "send tones into the active call",
    examples: [["Answer a voice menu", "cti dtmf 1234#"]],
  });

  digits = Option.String({ name: "digits" });

  protected request(): AgentRequest {
    const digits = this.digits.replaceAll(/[\s-]/g, "");
    if (!/^[0-9A-D*#]+$/i.test(digits)) {
      throw new CtiError({
        code: "usage",
        message: `"${this.digits}" cannot be sent as tones`,
        hint: "tones are 0-9, *, # and A-D; quote * and # for the shell",
      });
    }
    return { verb: "dtmf", digits: digits.toUpperCase(), ...this.target };
  }
}

/** `cti set NAME=VALUE…` */
export class SetCommand extends CallVerbCommand {
  static override paths = [["set"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "set call variables",
    details:
      "Names are callVariable1 to callVariable10 and the expanded ones (user.…) the site has. An empty value clears one.",
    examples: [["Two at once", "cti set callVariable1=4711 user.order=A-17"]],
  });

  assignments = Option.Rest({ name: "name=value", required: 1 });

  protected request(): AgentRequest {
    return { verb: "set", variables: variablesFrom(this.assignments), ...this.target };
  }
}

/** `name=value` pairs; a value may hold `=`. Throws `usage`, naming the word but not its value. */
export function variablesFrom(assignments: readonly string[]): Record<string, string> {
  const pairs = assignments.map((assignment): [string, string] => {
    const equals = assignment.indexOf("=");
    if (equals <= 0) {
      throw new CtiError({
        code: "usage",
        message: `"${assignment}" is not NAME=VALUE`,
        hint: "write for example: cti set callVariable1=4711",
      });
    }
    return [assignment.slice(0, equals), assignment.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}

/** `cti wrap-up REASON…` */
export class WrapUpCommand extends CallVerbCommand {
  static override paths = [["wrap-up"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "give the call its wrap-up reason",
    details:
      "REASON is a label or id of `cti reasons`. UCCE takes one, UCCX several; quote one that has spaces.",
    examples: [["After the call", "cti wrap-up Sales"]],
  });

  reasons = Option.Rest({ name: "reason", required: 1 });

  protected request(): AgentRequest {
    return { verb: "wrap-up", reasons: this.reasons, ...this.target };
  }
}
