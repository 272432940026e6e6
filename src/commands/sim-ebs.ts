import { Command, type CommandClass, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { printable } from "../platform/terminal.ts";
import { BaseCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import { wholeNumber } from "./sim-arguments.ts";

type Answers = import("../simulator/ebs/control-api.ts").EbsAnswers;
type Happening = import("../simulator/ebs/contract.ts").Happening;

/** `cti sim ebs`: EBS's Universal Work Queue clients, in the foreground. */
class SimEbsCommand extends BaseCommand {
  static override paths = [["sim", "ebs"]];
  static override usage = Command.Usage({
    description: "run a simulated Oracle EBS (Universal Work Queue, Basic Telephony) in the foreground",
    details: `
      A UWQ client for each seat: it sends callouts to the third-party URL, where the EBS adapter listens, takes the events it is sent at a
      listener of its own, and prints what its user would see, with a complaint for each breach of the protocol. Ctrl-C ends it.

      From another terminal: cti sim ebs do, history, fail and heal; each has its own --help.

      The agents' password is "secret", or what CTI_SIM_PASSWORD says.
    `,
    examples: [
      ["Agent 1001 on 2001 registers, logs in and goes ready", "cti sim ebs --day"],
      [
        "Two seats, at an adapter elsewhere",
        "cti sim ebs --seat 1001:2001 --seat 1002:2002 --url http://localhost:3108",
      ],
      ["For tests: URLs in a file", "cti sim ebs --ready-file ebs.json"],
    ],
  });

  url = Option.String("--url", "http://localhost:3107", {
    description: "Third-party URL: where callouts go",
  });
  seats = Option.Array("--seat", { description: "AGENT:EXTENSION; may be repeated (1001:2001)" });
  agents = Option.Array("-a,--agent", { description: "Agent of a seat, with --extension; may be repeated" });
  extensions = Option.Array("-e,--extension", { description: "Extension of the --agent at the same place" });
  queue = Option.String("--queue", "7700", { description: "ACD queue of the Login" });
  listenPort = Option.String("--listen-port", "0", {
    description: "Port of the first seat's event listener, others take those after it; 0: free ones",
  });
  checkEvery = Option.String("--check-every", "30", { description: "Seconds between CheckStatus; 0: never" });
  customers = Option.String("--customers", { description: "JSON file: customers to find" });
  controlPort = Option.String("--control-port", "0", {
    description: "Port of the control API; 0: a free one",
  });
  readyFile = Option.String("--ready-file", { description: "File for the URLs, written when it listens" });
  day = Option.Boolean("--day", false, { description: "Register, Login and Ready for every seat at once" });

  protected async run(): Promise<void> {
    const options = {
      url: checkedUrl(this.url),
      seats: seatsOf(this.seats ?? [], this.agents ?? [], this.extensions ?? []),
      queue: this.queue,
      // An empty variable counts as none.
      password: this.context.env.CTI_SIM_PASSWORD || "secret",
      listenPort: wholeNumber("--listen-port", this.listenPort, 65_535) ?? 0,
      controlPort: wholeNumber("--control-port", this.controlPort, 65_535) ?? 0,
      checkEvery: (wholeNumber("--check-every", this.checkEvery, 86_400) ?? 0) * 1000,
      customersFile: this.customers,
      readyFile: this.readyFile,
      day: this.day,
      directory: this.context.folder,
    };
    const { runEbs } = await import("../simulator/ebs/cli/foreground.ts");
    await runEbs(options, {
      environment: this.context.env,
      ready: (text, facts) => {
        this.progress(text);
        if (this.json) this.printJson(facts);
      },
      happened: (happening) => this.tell(happening),
      ended: interrupted(),
    });
    this.progress("the simulated EBS ended");
  }

  private tell(happening: Happening): void {
    const at = new Date(this.context.now());
    const { agent, text } = happening;
    this.progress(`${at.toTimeString().slice(0, 8)}  ${agent}  ${printable(text)}`);
    if (this.json) this.printJson({ at: at.toISOString(), ...happening });
  }
}

/** A command to a running simulated EBS. */
abstract class EbsControlCommand extends BaseCommand {
  ebs = Option.String("--ebs", { description: "URL of the simulated EBS's control API" });

  protected async ask<Name extends keyof Answers>(
    name: Name,
    body?: Record<string, unknown>,
  ): Promise<Answers[Name]> {
    const { askEbs } = await import("../simulator/ebs/cli/ask.ts");
    return askEbs({ environment: this.context.env, url: this.ebs }, name, body);
  }

  /** Prints the answer for a program, or `text` for a person. */
  protected answer(value: unknown, text: string): void {
    if (this.json) this.printJson(value);
    else this.print(text);
  }
}

class SimEbsDoCommand extends EbsControlCommand {
  static override paths = [["sim", "ebs", "do"]];
  static override usage = Command.Usage({
    description:
      "send a callout: register, login, ready, not-ready, dial, dial-canonical, check, logout, unregister",
    details: `
      Prints how it was answered. Exits 4 when it was answered with an Error, 5 when it was not answered as the protocol says, 6 when not
      within 10 seconds.
    `,
    examples: [
      ["The day begins", "cti sim ebs do register"],
      ["The agent dials in EBS", "cti sim ebs do dial --agent 1001 --number 5551234"],
      [
        "As a client that does not escape the plus sign",
        "cti sim ebs do dial --number +923001234567 --unescaped",
      ],
    ],
  });

  callout = Option.String();
  agent = Option.String("-a,--agent", { description: "Which seat, when there are several" });
  number = Option.String("--number", { description: "What to dial" });
  unescaped = Option.Boolean("--unescaped", false, { description: "Leave a plus sign as it is" });

  protected async run(): Promise<number> {
    const { callout, agent, number, unescaped } = this;
    if (callout.startsWith("dial") && number === undefined)
      throw new CtiError({
        code: "usage",
        message: "--number and what to dial are missing",
        hint: `for example: cti sim ebs do ${callout} --number 5551234`,
      });
    const record = await this.ask("do", { callout, agent, number, unescaped });
    const { calloutError } = await import("../simulator/ebs/cli/ask.ts");
    const error = calloutError(record);
    if (this.json) {
      this.printJson(record);
      return error?.exitCode ?? 0;
    }
    if (error !== undefined) throw error;
    this.print(`${record.callout} of ${record.agent}: ok`);
    return 0;
  }
}

class SimEbsHistoryCommand extends EbsControlCommand {
  static override paths = [["sim", "ebs", "history"]];
  static override usage = Command.Usage({
    description: "show the Interaction History",
    examples: [
      ["At a glance", "cti sim ebs history"],
      ["With all data and times", "cti sim ebs history --json"],
    ],
  });

  protected async run(): Promise<void> {
    const history = await this.ask("history");
    const { historyText } = await import("../simulator/ebs/cli/texts.ts");
    this.answer(history, historyText(history));
  }
}

class SimEbsFailCommand extends EbsControlCommand {
  static override paths = [["sim", "ebs", "fail"]];
  static override usage = Command.Usage({
    description: "break the event listeners of a running simulated EBS",
    details: `
      down: closed, connections are refused. hang: events are accepted and never answered. slow: they are taken at once and answered VALUE
      milliseconds late. status: refused with the HTTP status VALUE. error: answered 200 with an Error event that says VALUE. What is not
      taken does not reach the history.
    `,
    examples: [
      ["The listener is gone", "cti sim ebs fail down"],
      ["Answers after three seconds", "cti sim ebs fail slow 3000"],
      ["Refuses what it is sent", "cti sim ebs fail status 503"],
      ["Takes the call and says no", 'cti sim ebs fail error "no session"'],
    ],
  });

  fault = Option.String();
  value = Option.String({ required: false });
  agent = Option.String("-a,--agent", { description: "Only at this seat" });

  protected async run(): Promise<void> {
    const { fault, value, agent } = this;
    const answer = await this.ask("fail", { fault, value, agent });
    this.answer(answer, `event listener: ${printable(answer.fault)}`);
  }
}

class SimEbsHealCommand extends EbsControlCommand {
  static override paths = [["sim", "ebs", "heal"]];
  static override usage = Command.Usage({
    description: "mend the event listeners",
    examples: [["All is well again", "cti sim ebs heal"]],
  });

  agent = Option.String("-a,--agent", { description: "Only at this seat" });

  protected async run(): Promise<void> {
    const answer = await this.ask("heal", { agent: this.agent });
    const { healed } = answer;
    this.answer(answer, healed.length === 0 ? "nothing was broken" : `mended: ${healed.join(", ")}`);
  }
}

/** The seats that the options name; 1001:2001 without any. Throws `usage`. */
function seatsOf(
  seats: readonly string[],
  agents: readonly string[],
  extensions: readonly string[],
): { agent: string; extension: string }[] {
  if (agents.length !== extensions.length)
    throw new CtiError({
      code: "usage",
      message: `there are ${agents.length} --agent and ${extensions.length} --extension`,
      hint: "give them in pairs, or as --seat 1001:2001",
    });
  const pairs = agents.map((agent, index) => ({ agent, extension: extensions[index] ?? "" }));
  const named = seats.map((seat) => {
    const [, agent, extension] = /^([^:]+):([^:]+)$/.exec(seat) ?? [];
    if (agent !== undefined && extension !== undefined) return { agent, extension };
    throw new CtiError({ code: "usage", message: `--seat wants AGENT:EXTENSION, not "${seat}"` });
  });
  const all = [...named, ...pairs];
  return all.length > 0 ? all : [{ agent: "1001", extension: "2001" }];
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CtiError({
    code: "usage",
    message: `--url wants an http or https URL, not "${url}"`,
    hint: "for example: --url http://localhost:3107",
  });
}

/** Resolves on Ctrl-C, SIGTERM or a closed terminal: all are the ordinary end. */
function interrupted(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  });
}

/** The classes of `cti sim ebs …`. */
export const simEbsCommands: CommandClass<CtiContext>[] = [
  SimEbsCommand,
  SimEbsDoCommand,
  SimEbsHistoryCommand,
  SimEbsFailCommand,
  SimEbsHealCommand,
];
