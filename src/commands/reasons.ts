import { Command, Option } from "clipanion";
import type { Reasons } from "../model/agent.ts";
import { CtiError } from "../model/errors.ts";
import { nearest } from "../platform/nearest.ts";
import { type Paint, printable } from "../platform/terminal.ts";
import { AgentCommand } from "./base.ts";

const categories = ["not-ready", "logout", "wrap-up"] as const;
type Category = (typeof categories)[number];

const fields = { "not-ready": "notReady", logout: "logout", "wrap-up": "wrapUp" } as const satisfies Record<
  Category,
  keyof Reasons
>;

/** Labels first: they are what is typed. */
export function reasonsText(reasons: Reasons, wanted: readonly Category[], paint: Paint): string {
  const sections = wanted.map((category) => {
    const list = reasons[fields[category]];
    const lines = list.map((reason) => {
      const code = "code" in reason ? `code ${reason.code}, id ${reason.id}` : `id ${reason.id}`;
      return `  ${printable(reason.label)}  ${paint("dim", printable(code))}`;
    });
    const title = paint("bold", category);
    return [title, ...(lines.length === 0 ? [`  ${paint("dim", "none")}`] : lines)].join("\n");
  });
  return sections.join("\n");
}

/** `cti reasons` */
export class ReasonsCommand extends AgentCommand {
  static override paths = [["reasons"]];
  static override usage = Command.Usage({
    category: "Calls",
    description: "the reasons for not-ready, logout and wrap-up",
    examples: [
      ["All of them", "cti reasons"],
      ["What wrap-up takes", "cti reasons --category wrap-up"],
    ],
  });

  category = Option.String("--category", { description: "Only not-ready, logout or wrap-up" });

  protected async run(): Promise<void> {
    const wanted = this.category === undefined ? categories : [categoryFrom(this.category)];
    const { control, agent } = await this.session();
    const reasons = await control.reasons(agent);
    if (!this.json) this.print(reasonsText(reasons, wanted, this.paint));
    else
      this.printJson(
        Object.fromEntries(wanted.map((category) => [fields[category], reasons[fields[category]]])),
      );
  }
}

function categoryFrom(text: string): Category {
  const spoken = text.toLowerCase().replaceAll("_", "-");
  const found = categories.find((category) => category === spoken);
  if (found !== undefined) return found;
  const near = nearest(spoken, categories);
  throw new CtiError({
    code: "usage",
    message: `there is no category "${text}"`,
    hint: near === undefined ? `one of: ${categories.join(", ")}` : `did you mean "${near}"?`,
  });
}
