import { hostname } from "node:os";
import { Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { ConnectorCommand } from "./base.ts";
import { type GcEvent, GcEvents, gcEventText, interrupted } from "./gc-events.ts";
import { agentPassword, GcBodies, type GcClient, gcTarget, type GcTarget } from "./gc-link.ts";
import { readStdin } from "./read-stdin.ts";

/** What a command of these works with once it is connected. */
export interface GcParts {
  client: GcClient;
  config: Config;
  target: GcTarget;
  destination: string;
  /** The user wants it to end. */
  signal: AbortSignal;
}

/** What the three of them have: a broker, a destination, and a way to be interrupted. */
export abstract class GcCommand extends ConnectorCommand {
  broker = Option.String("--broker", {
    description: "tcp://HOST:61616, ssl://… or failover:(…) (CTI_GC_BROKER); else the profile's",
  });

  queue = Option.String("--queue", { description: "The connector's request queue; default Connector1" });

  destination = Option.String("-d,--destination", {
    description: "The topic that events come on, as Connect names it; default HOST-PID",
  });

  username = Option.String("--username", {
    description: "User at the broker; the password comes from CTI_GC_BROKER_PASSWORD or the key store",
  });

  ca = Option.Array("--ca", { description: "PEM file of the authority of the broker's certificate" });

  protected readonly events = new GcEvents(systemClock);

  /** With --secure-password, where a command has it. */
  protected get secure(): boolean {
    return false;
  }

  /** Looks on beside a client, and is none. */
  protected get observes(): boolean {
    return false;
  }

  /** Connects, calls `work`, and leaves in order, also when interrupted. */
  protected async withClient(
    work: (parts: GcParts) => Promise<number | void>,
    sendsPassword: boolean,
  ): Promise<number | void> {
    const config = await this.config();
    const { systemKeyStore } = await import("../platform/password.ts");
    const keyStore = this.context.keyStore ?? systemKeyStore;
    const { env: environment, folder } = this.context;
    const { broker, queue, username, ca } = this;
    const target = await gcTarget(
      { broker, queue, username, ca, securePassword: this.secure },
      { config, environment, keyStore, folder },
    );
    const destination = await checkedDestination(this.destination, target.settings.queue);
    if (sendsPassword) this.#warnOfPlain(target);
    const { GcClient } = await import("../crm/generic-connector/client.ts");
    const { parseGcEvent } = await import("../crm/generic-connector/parse-event.ts");
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
    try {
      await using client = await GcClient.open({
        settings: target.settings,
        password: target.brokerPassword,
        destination,
        observes: this.observes,
        patience: config.settings.timeout * 1000,
        signal: stop.signal,
        onLine: (line) => {
          const event = parseGcEvent(line);
          this.show(event);
          this.events.add(event);
        },
        onLink: (words) => this.progress(words),
      });
      return await work({ client, config, target, destination, signal: stop.signal });
    } catch (error) {
      throw stop.signal.aborted ? interrupted() : error;
    } finally {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    }
  }

  protected show(event: GcEvent): void {
    if (this.json) this.printJson(event);
    else this.print(gcEventText(event, this.context.now(), this.paint));
  }

  /** The agent's password where it is needed. */
  protected bodies(
    { config, target, destination }: GcParts,
    options: { extension: string | undefined; passwordStdin: boolean },
  ): GcBodies {
    const extension = options.extension ?? config.settings.extension;
    const { stdin, stderr, env, keyStore } = this.context;
    return new GcBodies(target, { extension, destination }, async (agent) => {
      const { systemKeyStore } = await import("../platform/password.ts");
      const asks = "isTTY" in stdin && stdin.isTTY === true;
      return agentPassword(agent, config, target, {
        fromStdin: options.passwordStdin,
        readStdin: () => readStdin(stdin),
        environment: env,
        keyStore: keyStore ?? systemKeyStore,
        ...(asks && {
          prompt: async (question: string) => {
            const { promptSecret } = await import("../platform/prompt.ts");
            return promptSecret(process.stdin, stderr, question);
          },
        }),
      });
    });
  }

  /** Said also where little is said: a password goes over the wire. */
  #warnOfPlain({ plain, settings }: GcTarget): void {
    if (plain.length === 0) return;
    const how =
      settings.securePassword === undefined
        ? "in the clear"
        : "under Triple-DES, which holds nobody up for long";
    this.context.stderr.write(
      `${this.context.paint.err("yellow", "!")} the agent's password goes to ${plain.join(", ")} ${how}: use ssl://\n`,
    );
  }
}

async function checkedDestination(given: string | undefined, queue: string): Promise<string> {
  const { DestinationRule } = await import("../crm/generic-connector/destinations.ts");
  const destination = given ?? `${hostname().replace(/[^A-Za-z0-9._-]/g, "-")}-${process.pid}`;
  if (new DestinationRule([queue, `${queue}.peers`]).allows(destination)) return destination;
  throw new CtiError({
    code: "usage",
    message: `--destination ${destination} is no name for a client`,
    hint: "letters, digits and . _ : - make one, and not the queue's",
  });
}
