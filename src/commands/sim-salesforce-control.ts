import { Command, type CommandClass, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { printable } from "../platform/terminal.ts";
import { BaseCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import { decimal, wholeNumber } from "./sim-arguments.ts";

type Answers = import("../simulator/salesforce/control-api.ts").SalesforceAnswers;
type Texts = typeof import("../simulator/salesforce/cli/texts.ts");

/** A command to a running simulated Salesforce. */
abstract class SalesforceControlCommand extends BaseCommand {
  salesforce = Option.String("--salesforce", {
    description: "URL of the simulated Salesforce's control API",
  });

  protected async ask<Name extends keyof Answers>(
    name: Name,
    more: { body?: Record<string, unknown>; query?: string } = {},
  ): Promise<Answers[Name]> {
    const { askSalesforce } = await import("../simulator/salesforce/cli/ask.ts");
    return askSalesforce({ environment: this.context.env, url: this.salesforce }, name, more);
  }

  /** Prints what there is to see, for a program or for a person. */
  protected async show<Name extends keyof Answers>(
    name: Name,
    text: (texts: Texts, answer: Answers[Name]) => string,
  ): Promise<void> {
    const answer = await this.ask(name);
    this.answer(answer, text(await import("../simulator/salesforce/cli/texts.ts"), answer));
  }

  /** Prints the answer for a program, or `text` for a person. */
  protected answer(value: unknown, text: string): void {
    if (this.json) this.printJson(value);
    else this.print(text);
  }
}

class SimSalesforceStateCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "state"]];
  static override usage = Command.Usage({
    description: "show pages, users, what is broken and what waits for approval",
    examples: [["At a glance", "cti sim salesforce state"]],
  });

  protected run = () => this.show("state", (texts, answer) => texts.stateText(answer));
}

class SimSalesforceCallsCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "calls"]];
  static override usage = Command.Usage({
    description: "show every call of REST, OAuth and Open CTI",
    examples: [["With arguments and results", "cti sim salesforce calls --json"]],
  });

  protected run = () => this.show("calls", (texts, answer) => texts.callsText(answer));
}

class SimSalesforceTasksCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "tasks"]];
  static override usage = Command.Usage({
    description: "show the Tasks and all that happened to them",
    examples: [
      ["At a glance", "cti sim salesforce tasks"],
      ["With all fields", "cti sim salesforce tasks --json"],
    ],
  });

  protected run = () => this.show("tasks", (texts, answer) => texts.tasksText(answer));
}

class SimSalesforcePopsCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "pops"]];
  static override usage = Command.Usage({
    description: "show what came up on pages, and what was searched for in vain",
    examples: [["At a glance", "cti sim salesforce pops"]],
  });

  protected run = () => this.show("pops", (texts, answer) => texts.popsText(answer));
}

class SimSalesforceComplaintsCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "complaints"]];
  static override usage = Command.Usage({
    description: "show every breach of what Salesforce asks for",
    details: "Exits 4 when there is one.",
    examples: [["The judge's word, for scripts", "cti sim salesforce complaints"]],
  });

  protected async run(): Promise<number> {
    const answer = await this.ask("complaints");
    const { complaintsText } = await import("../simulator/salesforce/cli/texts.ts");
    this.answer(answer, complaintsText(answer));
    return answer.complaints.length === 0 ? 0 : 4;
  }
}

class SimSalesforceRecordsCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "records"]];
  static override usage = Command.Usage({
    description: "show the records, or those of one object",
    examples: [
      ["Who can be found", "cti sim salesforce records Contact"],
      ["With all fields", "cti sim salesforce records --json"],
    ],
  });

  object = Option.String({ required: false });

  protected async run(): Promise<void> {
    const query = this.object === undefined ? "" : `?object=${encodeURIComponent(this.object)}`;
    const answer = await this.ask("records", { query });
    const { recordsText } = await import("../simulator/salesforce/cli/texts.ts");
    this.answer(answer, recordsText(answer));
  }
}

/** What a user does on a page. */
abstract class SimSalesforcePageCommand extends SalesforceControlCommand {
  page = Option.String("--page", { description: "Id of the page (state); the newest that is open" });
}

class SimSalesforceClickCommand extends SimSalesforcePageCommand {
  static override paths = [["sim", "salesforce", "click"]];
  static override usage = Command.Usage({
    description: "the user clicks a phone number on a page (click-to-dial)",
    examples: [["On the newest page that is open", "cti sim salesforce click 5551234"]],
  });

  number = Option.String();

  protected async run(): Promise<void> {
    const answer = await this.ask("click", { body: { number: this.number, page: this.page } });
    const { recordName: name } = answer.clicked;
    this.answer(answer, printable(`clicked: ${this.number}${typeof name === "string" ? `, ${name}'s` : ""}`));
  }
}

class SimSalesforceOpenCommand extends SimSalesforcePageCommand {
  static override paths = [["sim", "salesforce", "open"]];
  static override usage = Command.Usage({
    description: "the user goes to a record, to what a search finds, or home",
    examples: [
      ["To a record", "cti sim salesforce open 0035g0000000001AAA"],
      ["Searches", "cti sim salesforce open --search Khan"],
    ],
  });

  record = Option.String({ required: false });
  search = Option.String("--search", { description: "What to search for" });

  protected async run(): Promise<void> {
    if (this.record !== undefined && this.search !== undefined)
      throw new CtiError({ code: "usage", message: "a record or --search, not both" });
    const answer = await this.ask("open", {
      body: { record: this.record, search: this.search, page: this.page },
    });
    this.answer(answer, printable(`opened: ${answer.opened}`));
  }
}

class SimSalesforceSoftphoneCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "softphone"]];
  static override usage = Command.Usage({
    description: "have its pages frame a softphone page; open ones are loaded anew",
    examples: [
      ["The one of the connector", "cti sim salesforce softphone https://127.0.0.1:8112/softphone"],
      ["None any more", "cti sim salesforce softphone"],
    ],
  });

  url = Option.String({ required: false });

  protected async run(): Promise<void> {
    const answer = await this.ask("softphone", { body: { url: this.url } });
    this.answer(answer, printable(`pages frame ${answer.softphone ?? "nothing"}`));
  }
}

class SimSalesforceApproveCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "approve"]];
  static override usage = Command.Usage({
    description: "answer a device that waits for approval",
    examples: [
      ["The only one", "cti sim salesforce approve"],
      ["By its code, as somebody", "cti sim salesforce approve ABCDEFGH --as agent1002@example.com"],
      ["No", "cti sim salesforce approve --deny"],
    ],
  });

  code = Option.String({ required: false });
  as = Option.String("--as", { description: "User name" });
  deny = Option.Boolean("--deny", false, { description: "Say no" });

  protected async run(): Promise<void> {
    const { code, as: user, deny } = this;
    const answer = await this.ask("approve", { body: { code, user, deny } });
    this.answer(answer, printable(`${answer.code}: ${deny ? "denied" : "approved"} by ${answer.user}`));
  }
}

class SimSalesforceFailCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "fail"]];
  static override usage = Command.Usage({
    description: "break something of a running simulated Salesforce",
    details: `
      down: closed, connections are refused. hang: requests are taken, never answered and not done. slow: served at once and answered VALUE
      milliseconds late. status: refused with the HTTP status VALUE. error: the next --count requests are refused with the error code VALUE.

      Of writes alone, the next --count of them: row-lock: refused, somebody else has the record. validation: refused by a validation rule. lost:
      done, and the connection cut before the answer.

      limit: VALUE requests, or none, are left of the day. expire-tokens: all access tokens end now.

      Host pages work on, but for down: what Open CTI asks of Salesforce's servers (saveLog, searchAndScreenPop and the like) fails like REST.
    `,
    examples: [
      ["Salesforce is gone for ten seconds", "cti sim salesforce fail down --for 10"],
      ["Maintenance", "cti sim salesforce fail status 503"],
      ["The next Task is made, and nobody hears of it", "cti sim salesforce fail lost"],
      ["Two writes find the record locked", "cti sim salesforce fail row-lock --count 2"],
    ],
  });

  fault = Option.String();
  value = Option.String({ required: false });
  count = Option.String("--count", { description: "How many requests (error, row-lock, validation, lost)" });
  time = Option.String("--for", { description: "Seconds until it is mended by itself" });

  protected async run(): Promise<void> {
    const { fault, value } = this;
    const count = wholeNumber("--count", this.count);
    const time = this.time === undefined ? undefined : decimal("--for", this.time) * 1000;
    const answer = await this.ask("fail", { body: { fault, value, count, for: time } });
    this.answer(answer, `Salesforce: ${printable(answer.fault)}`);
  }
}

class SimSalesforceHealCommand extends SalesforceControlCommand {
  static override paths = [["sim", "salesforce", "heal"]];
  static override usage = Command.Usage({
    description: "mend it",
    examples: [["All is well again", "cti sim salesforce heal"]],
  });

  protected async run(): Promise<void> {
    const answer = await this.ask("heal", { body: {} });
    this.answer(answer, answer.healed === null ? "nothing was broken" : `mended: ${answer.healed}`);
  }
}

/** The commands to a simulated Salesforce that runs. */
export const simSalesforceControlCommands: CommandClass<CtiContext>[] = [
  SimSalesforceStateCommand,
  SimSalesforceCallsCommand,
  SimSalesforceTasksCommand,
  SimSalesforcePopsCommand,
  SimSalesforceComplaintsCommand,
  SimSalesforceRecordsCommand,
  SimSalesforceClickCommand,
  SimSalesforceOpenCommand,
  SimSalesforceSoftphoneCommand,
  SimSalesforceApproveCommand,
  SimSalesforceFailCommand,
  SimSalesforceHealCommand,
];
