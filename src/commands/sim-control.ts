import { resolve } from "node:path";
import { Command, type CommandClass, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { BaseCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import { keyValues, signedNumber, wholeNumber } from "./sim-arguments.ts";

type Answers = import("../simulator/cli/control-client.ts").SimAnswers;

/** A command to a running simulator. */
abstract class SimControlCommand extends BaseCommand {
  sim = Option.String("--sim", { description: "URL of the simulator's control API" });

  /** Sends the operation, or with no body asks; returns the simulator's answer. */
  protected async ask<Name extends keyof Answers>(
    name: Name,
    body?: Record<string, unknown>,
  ): Promise<Answers[Name]> {
    const [{ askSimulator }, { findSimulator }] = await Promise.all([
      import("../simulator/cli/control-client.ts"),
      import("../simulator/cli/registration.ts"),
    ]);
    return askSimulator(findSimulator(this.context.env, this.sim), name, body);
  }

  /** Prints the answer for a program, or `text` for a person. */
  protected answer(value: unknown, text: string): void {
    if (this.json) this.printJson(value);
    else this.print(text);
  }
}

class SimCallCommand extends SimControlCommand {
  static override paths = [["sim", "call"]];
  static override usage = Command.Usage({
    description: "a customer calls an agent, or a queue",
    details: `
      A routed call rings at an agent who is READY; a call to a queue waits there until somebody is. It carries about 60 call variables;
      --var sets or overrides one.
    `,
    examples: [
      ["A customer calls agent 1001", "cti sim call 1001 --from 5551234"],
      ["With what the IVR found out", "cti sim call 1001 --from 5551234 --var callVariable1=gold"],
      ["Into a queue", "cti sim call --queue Sales.EN --from 5551234"],
      ["Straight to the extension, not routed", "cti sim call 1001 --from 5551234 --direct"],
    ],
  });

  agent = Option.String({ required: false });
  from = Option.String("--from", { description: "The customer's number" });
  to = Option.String("--to", { description: "The number the customer dialled" });
  queue = Option.String("--queue", { description: "Name or number of a queue" });
  variables = Option.Array("--var", { description: "Call variable, name=value; may be repeated" });
  bare = Option.Boolean("--bare", false, { description: "Without the usual call variables" });
  direct = Option.Boolean("--direct", false, { description: "Not routed: to the agent's extension" });

  protected async run(): Promise<void> {
    if ((this.agent === undefined) === (this.queue === undefined))
      throw new CtiError({
        code: "usage",
        message: "name an agent or a queue, one of both",
        hint: "for example: cti sim call 1001 --from 5551234",
      });
    if (this.from === undefined)
      throw new CtiError({
        code: "usage",
        message: "--from and the customer's number are missing",
        hint: `for example: cti sim call ${this.agent ?? `--queue ${this.queue}`} --from 5551234`,
      });
    const placed = await this.ask("call", {
      agent: this.agent,
      queue: this.queue,
      from: this.from,
      to: this.to,
      variables: keyValues("--var", this.variables ?? []),
      bare: this.bare,
      direct: this.direct,
    });
    const { callText } = await import("../simulator/cli/texts.ts");
    this.answer(placed, callText(placed));
  }
}

/** What the outside party does to a call. */
abstract class SimPartyCommand extends SimControlCommand {
  dialog = Option.String({ required: false });

  protected async act(name: "abandon" | "hangup" | "answer", done: string): Promise<void> {
    const answer = await this.ask(name, { dialogId: this.dialog });
    this.answer(answer, this.dialog === undefined ? done : `${done}: call ${this.dialog}`);
  }
}

class SimAbandonCommand extends SimPartyCommand {
  static override paths = [["sim", "abandon"]];
  static override usage = Command.Usage({
    description: "the caller gives up while it rings or waits",
    examples: [["The only call that rings", "cti sim abandon"]],
  });

  protected run = () => this.act("abandon", "the caller gave up");
}

class SimHangupCommand extends SimPartyCommand {
  static override paths = [["sim", "hangup"]];
  static override usage = Command.Usage({
    description: "the outside party hangs up",
    examples: [["The only call with an outside party", "cti sim hangup"]],
  });

  protected run = () => this.act("hangup", "the outside party hung up");
}

class SimAnswerCommand extends SimPartyCommand {
  static override paths = [["sim", "answer"]];
  static override usage = Command.Usage({
    description: "the outside party an agent dialled answers now",
    examples: [["The only call that rings outside", "cti sim answer"]],
  });

  protected run = () => this.act("answer", "the outside party answered");
}

class SimPhoneCommand extends SimControlCommand {
  static override paths = [["sim", "phone"]];
  static override usage = Command.Usage({
    description: "a hand on an agent's phone: off-hook, dial, answer, hold, retrieve, hang-up",
    examples: [
      ["The agent answers with the handset", "cti sim phone 1001 answer"],
      ["The agent dials on the phone", "cti sim phone 1001 dial 5559876"],
    ],
  });

  agent = Option.String();
  action = Option.String();
  number = Option.String({ required: false });
  dialog = Option.String("--dialog", { description: "Which call, when there are several" });

  protected async run(): Promise<void> {
    const { agent, action, number, dialog } = this;
    const answer = await this.ask("phone", { agent, action, number, dialogId: dialog });
    this.answer(answer, `phone of ${agent}: ${action}${number === undefined ? "" : ` ${number}`}`);
  }
}

class SimFailCommand extends SimControlCommand {
  static override paths = [["sim", "fail"]];
  static override usage = Command.Usage({
    description: "break something on a running simulator",
    details: `
      cti: REST answers 503, SystemInfo goes OUT_OF_SERVICE. tomcat: REST answers 502, finesse@ goes unavailable. notification: streams
      are cut, new ones refused. network: nothing answers, nothing closes. rest: requests hang.

      Streams: mute: half-open. stall: what is sent is held back until healed, as by a suspended client. drop: cut once. reset: the same
      with RST. vanish: the server counts the client as gone and tells nobody. presence: finesse@ is never announced.

      Notifications: lag: they come late. reorder: they overtake each other. double: they come twice. namespace: they are in that of
      another release. lowercase: so are their event names. lose: they vanish.

      The switch: slow: it acts late. refuse: it refuses after the 202. clock: the server's clock is wrong.
    `,
    examples: [
      ["The CTI link breaks", "cti sim fail cti"],
      ["One agent's stream dies without a word", "cti sim fail drop --agent 1001"],
      ["The switch takes three seconds", "cti sim fail slow --delay 3000"],
      ["One server of a pair loses its notification service", "cti sim fail notification --node A"],
      ["The next two notifications are lost", "cti sim fail lose --count 2"],
    ],
  });

  fault = Option.String();
  agent = Option.String("-a,--agent", {
    description: "Only for this agent (mute, stall, drop, reset, vanish, lose, refuse)",
  });
  count = Option.String("--count", { description: "How many times (lose, refuse)" });
  delay = Option.String("--delay", { description: "Milliseconds (slow, lag, reorder, refuse, clock)" });
  node = Option.String("--node", { description: "Only at this server of a pair: A or B" });

  protected async run(): Promise<void> {
    const answer = await this.ask("fail", {
      fault: this.fault,
      agent: this.agent,
      count: wholeNumber("--count", this.count),
      delay: signedNumber("--delay", this.delay),
      node: this.node,
    });
    this.answer(answer, `${answer.fault}: ${answer.effect}`);
  }
}

class SimHealCommand extends SimControlCommand {
  static override paths = [["sim", "heal"]];
  static override usage = Command.Usage({
    description: "mend everything that was broken",
    examples: [["All is well again", "cti sim heal"]],
  });

  node = Option.String("--node", { description: "Only at this server of a pair: A or B" });

  protected async run(): Promise<void> {
    const answer = await this.ask("heal", { node: this.node });
    const what = answer.healed.length === 0 ? "nothing was broken" : `mended: ${answer.healed.join(", ")}`;
    this.answer(answer, what);
  }
}

class SimStateCommand extends SimControlCommand {
  static override paths = [["sim", "state"]];
  static override usage = Command.Usage({
    description: "show who is signed in, the calls, and what is broken",
    examples: [
      ["At a glance", "cti sim state"],
      ["Everything there is to know", "cti sim state --json"],
    ],
  });

  protected async run(): Promise<void> {
    const state = await this.ask("state");
    const { stateText } = await import("../simulator/cli/texts.ts");
    this.answer(state, stateText(state));
  }
}

class SimScriptCommand extends SimControlCommand {
  static override paths = [["sim", "script"]];
  static override usage = Command.Usage({
    description: "play a scenario from a file (- for stdin), a step a line",
    details: `
      A step runs when the one before it is done; "at 5s …" runs it five seconds after the start. # starts a comment; "quotes" hold words
      together. The file is read as a whole before anything happens.
    `,
    examples: [
      ["Play it", "cti sim script morning.txt"],
      [
        "In the file: a customer calls",
        "at 5s call 1001 from 5551234 with callVariable1=gold user.account=42",
      ],
      ["into a queue, or straight to the extension", "call queue Sales.EN from 5551234 to 811802"],
      ["the other party", "abandon | hangup | answer [DIALOG]"],
      ["a hand on the phone", "phone 1001 answer | hold | retrieve | hang-up | off-hook | dial 2002"],
      ["pause; wait for an agent's state", "wait 5s | wait 1001 TALKING [within 30s]"],
      ["break and mend", "fail tomcat node A | fail mute agent 1001 | fail slow delay 3s | heal [node A]"],
      ["from above", "force-state 1001 NOT_READY | force-logout 1001 50002"],
      ["accounts", "password 1001 NEW | delete-user 1020"],
      ["delays and habits", "knobs eventDelay=500 duplicateEvents=true"],
    ],
  });

  file = Option.String();

  protected async run(): Promise<void> {
    const { readScenario } = await import("../simulator/cli/read-scenario.ts");
    const text = await readScenario(this.file === "-" ? this.context.stdin : resolve(this.file));
    const answer = await this.ask("script", { text });
    const { stepsText } = await import("../simulator/cli/texts.ts");
    this.answer(answer, stepsText(answer));
  }
}

/** The commands that make things happen on a running simulator. */
export const simControlCommands: CommandClass<CtiContext>[] = [
  SimCallCommand,
  SimAbandonCommand,
  SimHangupCommand,
  SimAnswerCommand,
  SimPhoneCommand,
  SimFailCommand,
  SimHealCommand,
  SimStateCommand,
  SimScriptCommand,
];
