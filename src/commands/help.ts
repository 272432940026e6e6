import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { nearest } from "../platform/nearest.ts";
import { BaseCommand } from "./base.ts";
import { catalogue } from "./catalogue.ts";
import { commandHelp, overview, topicNames } from "./help-text.ts";

/** `cti help [COMMAND|TOPIC]` */
export class HelpCommand extends BaseCommand {
  static override paths = [["help"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "all commands, one of them, or a topic",
    examples: [
      ["Everything", "cti help"],
      ["One command", "cti help wait"],
      ["A topic", "cti help exit-codes"],
    ],
  });

  words = Option.Rest({ name: "command|topic" });

  protected async run(): Promise<void> {
    this.context.stdout.write(await this.page());
  }

  private async page(): Promise<string> {
    const [word] = this.words;
    if (word === undefined) return overview(catalogue, this.paint);
    const topic = topicNames.find((name) => name === word);
    const entry = catalogue.find((candidate) => candidate.name === word);
    const pages = [
      ...(entry === undefined ? [] : [commandHelp(await entry.load(), this.words, this.paint)]),
      // `events` is both.
      ...(topic === undefined
        ? []
        : [await (await import("./help-topics.ts")).helpTopics[topic](this.context)]),
    ];
    if (pages.length > 0) return pages.join("\n");
    const near = nearest(word, [...topicNames, ...catalogue.map((candidate) => candidate.name)]);
    throw new CtiError({
      code: "usage",
      message: `there is no help on "${word}"`,
      hint: near === undefined ? `topics: ${topicNames.join(", ")}` : `did you mean: cti help ${near}`,
    });
  }
}
