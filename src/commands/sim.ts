import { Command, type CommandClass, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { BaseCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import { decimal, keyValues, wholeNumber } from "./sim-arguments.ts";
import { simControlCommands } from "./sim-control.ts";
import { simEbsCommands } from "./sim-ebs.ts";
import { simSalesforceCommands } from "./sim-salesforce.ts";

/** `cti sim`: the simulator itself, in the foreground. */
class SimCommand extends BaseCommand {
  static override paths = [["sim"]];
  static override usage = Command.Usage({
    description: "run a simulated Finesse in the foreground",
    details: `
      A faithful Cisco Finesse with agents 1001, 1002, … on extensions 2001, 2002, …: REST and notifications on one TLS port,
      notifications also over XMPP on 5223 and BOSH on 7443, with a certificate authority of its own that is new at every start. Ctrl-C ends it.

      The agents' password is "secret", or what CTI_SIM_PASSWORD says.
    `,
    examples: [
      ["Start it and write the certificate authority to a file", "cti sim --ca-out ca.pem"],
      ["For tests: free ports, URLs in a file", "cti sim --rest-port 0 --ready-file ready.json"],
      [
        "Events in the documents' order, where captures of real servers show another",
        "cti sim --set documentedOrder=true",
      ],
      ["Two servers, to see what a failover does", "cti sim --pair"],
      ["Ten times as fast, the same every time", "cti sim --speed 10 --seed 1"],
    ],
  });

  restPort = Option.String("--rest-port", "8445", {
    description: "Port of REST and WebSocket; 0: a free one",
  });
  controlPort = Option.String("--control-port", "0", {
    description: "Port of the control API; 0: a free one",
  });
  xmppPort = Option.String("--xmpp-port", {
    description: "Port of XMPP over TLS (5223; a free one when --rest-port is 0)",
  });
  boshPort = Option.String("--bosh-port", {
    description: "Port of BOSH (7443; a free one when --rest-port is 0)",
  });
  bind = Option.String("--bind", "127.0.0.1", { description: "Address to listen on" });
  host = Option.Array("--host", { description: "Name clients know it by; may be repeated" });
  caOut = Option.String("--ca-out", { description: "File for the certificate authority, PEM" });
  readyFile = Option.String("--ready-file", { description: "File for the URLs, written when it serves" });
  agents = Option.String("--agents", { description: "How many agents (20)" });
  population = Option.String("--population", { description: "JSON file: agents, teams, reason codes" });
  profile = Option.String("--profile", "ucce", { description: "ucce or uccx" });
  pair = Option.Boolean("--pair", false, {
    description: "Two servers, A and B, that share agents and calls",
  });
  seed = Option.String("--seed", { description: "Number that makes it the same every time" });
  speed = Option.String("--speed", "1", { description: "How many times as fast as the clock" });
  set = Option.Array("--set", {
    description: "Habit or delay, name=value; `curl -d '{}'` on its control API's /sim/knobs lists them",
  });
  eventDelay = Option.String("--event-delay", { description: "Milliseconds from a change to its event" });

  protected async run(): Promise<void> {
    const profile = profileOf(this.profile);
    const eventDelay = wholeNumber("--event-delay", this.eventDelay);
    const restPort = wholeNumber("--rest-port", this.restPort, 65_535);
    // Who asks for a free port asks not to be in anybody's way.
    const port = (option: string, text: string | undefined, usual: number) =>
      wholeNumber(option, text, 65_535) ?? (restPort === 0 ? 0 : usual);
    const { runSimulator } = await import("../simulator/cli/foreground.ts");
    const options = {
      restPort,
      xmppPort: port("--xmpp-port", this.xmppPort, 5223),
      boshPort: port("--bosh-port", this.boshPort, 7443),
      controlPort: wholeNumber("--control-port", this.controlPort, 65_535),
      address: this.bind,
      hosts: this.host,
      profile,
      pair: this.pair,
      populationFile: this.population,
      agents: wholeNumber("--agents", this.agents),
      seed: wholeNumber("--seed", this.seed),
      speed: decimal("--speed", this.speed),
      knobs: { ...knobsOf(this.set ?? []), ...(eventDelay !== undefined && { eventDelay }) },
      // An empty variable counts as none.
      password: this.context.env.CTI_SIM_PASSWORD || undefined,
      caOut: this.caOut,
      readyFile: this.readyFile,
      directory: process.cwd(),
    };
    await runSimulator(options, {
      environment: this.context.env,
      ready: (text, facts) => {
        this.progress(text);
        if (this.json) this.printJson(facts);
      },
      ...((this.json || !this.quiet) && {
        happened: (happening: { text: string }) => {
          const at = new Date(this.context.now());
          this.progress(`${at.toTimeString().slice(0, 8)}  ${happening.text}`);
          if (this.json) this.printJson({ at: at.toISOString(), ...happening });
        },
      }),
      ended: interrupted(),
    });
    this.progress("the simulator ended");
  }
}

/** What `--set` says; the simulator knows which names and values there are. */
function knobsOf(pairs: readonly string[]): Record<string, number | boolean> {
  const typed = Object.entries(keyValues("--set", pairs)).map(([name, value]): [string, number | boolean] => {
    if (value === "true" || value === "false") return [name, value === "true"];
    if (/^-?\d+$/.test(value)) return [name, Number(value)];
    throw new CtiError({
      code: "usage",
      message: `--set ${name} wants true, false or a whole number, not "${value}"`,
    });
  });
  return Object.fromEntries(typed);
}

function profileOf(text: string): "ucce" | "uccx" {
  if (text === "ucce" || text === "uccx") return text;
  throw new CtiError({ code: "usage", message: `--profile is ucce or uccx, not "${text}"` });
}

/** The classes of `cti sim …`. */
export const simCommands: CommandClass<CtiContext>[] = [
  SimCommand,
  ...simControlCommands,
  ...simEbsCommands,
  ...simSalesforceCommands,
];

/** Resolves on Ctrl-C, SIGTERM or a closed terminal: all are the ordinary end. */
function interrupted(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  });
}
