import { Command, Option } from "clipanion";
import type { Contact } from "../model/agent.ts";
import { type Paint, printable } from "../platform/terminal.ts";
import { AgentCommand } from "./base.ts";

/** The contacts in which every word occurs somewhere, in any case and without regard to accents. */
export function matchingContacts(contacts: readonly Contact[], words: readonly string[]): Contact[] {
  const wanted = words.map(folded);
  return contacts.filter((contact) => {
    const { firstName, lastName, number, description, book } = contact;
    const text = folded([firstName, lastName, number, description, book].join(" "));
    return wanted.every((word) => text.includes(word));
  });
}

function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** A line each, numbers first: they are what is typed. */
export function contactsText(contacts: readonly Contact[], paint: Paint): string {
  const width = Math.max(0, ...contacts.map(({ number }) => number.length));
  return contacts
    .map(({ number, firstName, lastName, description, book }) => {
      const name = [firstName, lastName].filter((part) => part !== undefined).join(" ");
      const rest = [description, book].filter((part) => part !== undefined && part !== "").join(", ");
      return `${paint("bold", printable(number).padEnd(width))}  ${printable(name)}  ${paint("dim", printable(rest))}`;
    })
    .join("\n");
}

/** `cti phonebook [TEXT…]` */
export class PhonebookCommand extends AgentCommand {
  static override paths = [["phonebook"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "the agent's phone books",
    details: "With words: only contacts that have all of them, in the name, number, description or book.",
    examples: [
      ["Everybody", "cti phonebook"],
      ["Call somebody by name", "cti dial $(cti phonebook köhler --json | jq -r '.[0].number')"],
    ],
  });

  words = Option.Rest({ name: "text" });

  protected async run(): Promise<void> {
    const { control, agent } = await this.session();
    const found = matchingContacts(await control.phoneBook(agent), this.words);
    if (this.json) this.printJson(found);
    else if (found.length > 0) this.print(contactsText(found, this.paint));
    else this.print(this.words.length === 0 ? "no phone book has a contact" : "no contact has all of that");
  }
}
