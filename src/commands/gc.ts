import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { GcCommand } from "./gc-base.ts";
import type { GcEvent } from "./gc-events.ts";
import { keyOf, play } from "./gc-play.ts";
import { isRequestType, namesIn, parseScript, parseWanted } from "./gc-script.ts";
import { readStdin } from "./read-stdin.ts";

/** Requests whose body holds the agent's password. */
const signIns: Record<string, string> = {
  connect: "${destination},${password}",
  login: "${password},${extension}",
};

/** `cti gc send COMMAND#AGENT` */
export class GcSendCommand extends GcCommand {
  static override paths = [["gc", "send"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "send a request to a Generic Connector, ours or the vendor's",
    details:
      "Connect and Login take the agent's password from --password-stdin, CTI_PASSWORD, the key store or the prompt. In --body, ${password}, ${extension} and ${destination} are filled in. With --wait the events that come are printed until the one named; an Error of that agent ends it with exit code 4. Events come to the destination that has sent Connect: name the same -d each time.",
    examples: [
      [
        "Is a connector there?",
        "cti gc send 'Hello#desk' -d desk --wait IN_SERVICE --broker tcp://localhost:61616",
      ],
      [
        "Attach, then sign in",
        "cti gc send 'Connect#1001' -d desk && cti gc send 'Login#1001' -d desk -e 2001 --wait State",
      ],
      ["Go ready", "cti gc send 'MakeReady#1001' -d desk --wait State=READY"],
      ["Call", "cti gc send 'MakeCall#1001' -d desk --number 5551234 --wait InboundCall=ACTIVE"],
    ],
  });

  request = Option.String({ name: "command#agent" });
  body = Option.String("--body", { description: "The arguments, parted by commas" });
  number = Option.String("--number", { description: "A number to call, in place of --body" });
  dialog = Option.String("--dialog", { description: "A call's dialog id, in place of --body" });
  reason = Option.String("--reason", { description: "A reason code, in place of --body" });
  extension = Option.String("-e,--extension", { description: "The agent's extension (CTI_EXTENSION)" });
  wait = Option.String("--wait", {
    description: "Print events until this one: State, State=READY, InboundCall=ACTIVE,5551234",
  });
  passwordStdin = Option.Boolean("--password-stdin", false, {
    description: "Read the agent's password from standard input",
  });
  securePassword = Option.Boolean("--secure-password", false, {
    description:
      "Encrypt the password by Triple-DES; the key comes from CTI_GC_PASSWORD_KEY or the key store",
  });

  protected override get secure(): boolean {
    return this.securePassword;
  }

  protected async run(): Promise<number | void> {
    const template = this.template();
    const wanted = this.wait === undefined ? undefined : parseWanted(this.wait);
    const withPassword = namesIn(template).includes("password");
    return this.withClient(async (parts) => {
      const { client, config, target, destination, signal } = parts;
      const { type, body } = await this.bodies(parts, this).fill(this.request, template);
      await client.send(type, body);
      const { queue } = target.settings;
      if (wanted === undefined) {
        if (this.json) this.printJson({ sent: type, queue, destination });
        else this.print(`${this.paint("green", "✓")} sent ${type} to ${queue}`);
        return;
      }
      this.progress(`sent ${type}; waiting for ${wanted.text} on ${destination}`);
      const key = keyOf(type);
      await this.events.next(wanted, {
        within: config.settings.timeout * 1000,
        signal,
        isOurs: ({ agent }) => agent === key || agent === "",
      });
    }, withPassword);
  }

  protected override show(event: GcEvent): void {
    if (this.wait !== undefined) super.show(event);
  }

  /** The body before placeholders are filled in. */
  private template(): string {
    const { request, body, number, dialog, reason } = this;
    if (!isRequestType(request))
      throw new CtiError({
        code: "usage",
        message: "a request is named Command#agent",
        hint: "for example: cti gc send 'MakeReady#1001'",
      });
    const command = (request.split("#")[0] ?? "").toLowerCase();
    const parts = [number, dialog, reason].filter((part) => part !== undefined);
    if (body !== undefined && parts.length > 0)
      throw new CtiError({
        code: "usage",
        message: "--body and --number, --dialog or --reason exclude each other",
        hint: "write all arguments into --body",
      });
    const usual = signIns[command];
    const signsIn = usual !== undefined || command === "mobileagentlogin";
    if (signsIn && body !== undefined && !namesIn(body).includes("password"))
      throw new CtiError({
        code: "usage",
        message: "a password is not taken as an argument",
        why: "arguments are seen by everyone on the machine (ps) and stay in the shell's history",
        hint: `write --body '\${password},…' and set CTI_PASSWORD; and change a password that was typed as an argument`,
      });
    return body ?? usual ?? parts.join(",");
  }
}

/** `cti gc tail` */
export class GcTailCommand extends GcCommand {
  static override paths = [["gc", "tail"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "show the events a client gets",
    details:
      "Listens beside the client on its topic, until interrupted. A topic has no memory: only what comes from now on is seen.",
    examples: [
      ["What a CRM's client is told", "cti gc tail --destination 10.1.2.3 --broker tcp://localhost:61616"],
      ["For a program", "cti gc tail -d desk --json"],
    ],
  });

  protected override get observes(): boolean {
    return true;
  }

  protected async run(): Promise<number | void> {
    return this.withClient(async ({ destination, signal, target }) => {
      this.progress(
        `listening on ${destination} at ${target.address.replace(/^tcp:\/\//, "")}; Ctrl-C ends it`,
      );
      if (!signal.aborted)
        await new Promise<void>((done) => signal.addEventListener("abort", () => done(), { once: true }));
      return 130;
    }, false);
  }
}

/** `cti gc play FILE` */
export class GcPlayCommand extends GcCommand {
  static override paths = [["gc", "play"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "work a file of requests and expected events",
    details:
      "A step a line: send Command#agent BODY, expect EVENT=VALUE,… within 5s, pause 500ms; # begins a comment. ${password}, ${extension} and ${destination} are filled in. Exits 6 when an expected event does not come, 4 when an Error comes in its place; the message names the line.\n\nAn expect counts the events since the first send after the last expect, in any order.",
    examples: [
      [
        "Sign in and out, from a file",
        "CTI_PASSWORD=secret cti gc play morning.gc -d desk -e 2001 --broker tcp://localhost:61616",
      ],
      ["From a pipe", "printf 'send Hello#${destination}\\nexpect IN_SERVICE within 3s\\n' | cti gc play -"],
    ],
  });

  file = Option.String({ name: "file" });
  extension = Option.String("-e,--extension", { description: "The agent's extension (CTI_EXTENSION)" });
  securePassword = Option.Boolean("--secure-password", false, {
    description: "Encrypt passwords by Triple-DES; the key comes from CTI_GC_PASSWORD_KEY or the key store",
  });

  protected override get secure(): boolean {
    return this.securePassword;
  }

  protected async run(): Promise<number | void> {
    const steps = parseScript(await this.script());
    const withPassword = steps.some(
      (step) => step.kind === "send" && namesIn(step.body).includes("password"),
    );
    return this.withClient(async (parts) => {
      const { client, config, destination, signal } = parts;
      const { extension = config.settings.extension } = this;
      const bodies = this.bodies(parts, { extension, passwordStdin: false });
      await play(steps, {
        events: this.events,
        clock: systemClock,
        signal,
        fill: (type, body) => bodies.fill(type, body),
        send: (type, body) => client.send(type, body),
        values: { extension, destination },
        within: config.settings.timeout * 1000,
        onStep: ({ line }, text, state) => {
          if (this.json && state === "done") this.printJson({ line, step: text });
          if (this.json) return;
          if (state === "begun" && text.startsWith("send")) this.print(this.paint("bold", text));
          else if (state === "done" && text.startsWith("expect"))
            this.print(`${this.paint("green", "✓")} ${text}`);
        },
      });
      this.progress(`${steps.length} steps done`);
    }, withPassword);
  }

  private async script(): Promise<string> {
    if (this.file === "-") return readStdin(this.context.stdin);
    const path = resolve(this.context.folder, this.file);
    const { readFile } = await import("node:fs/promises");
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CtiError({ code: "input-invalid", message: `${path} cannot be read`, why }, { cause: error });
    }
  }
}
