import type { CommandClass } from "clipanion";
import type { CtiContext } from "./context.ts";

/** A first word of the command line. Nothing here loads a command's code until it is asked for. */
export interface CatalogueEntry {
  name: string;
  group: CommandGroup;
  /** One line for `cti help`. */
  summary: string;
  load: () => Promise<CommandClass<CtiContext>[]>;
  /** People type passwords after it, wrongly: nothing of its arguments is ever repeated. */
  secretive?: boolean;
}

export const commandGroups = ["Session", "Calls", "Watching", "Connector", "Tools"] as const;
export type CommandGroup = (typeof commandGroups)[number];

const state = (): Promise<typeof import("./agent-state.ts")> => import("./agent-state.ts");
const calls = (): Promise<typeof import("./call-verbs.ts")> => import("./call-verbs.ts");

const transfers = (): Promise<typeof import("./transfer-verbs.ts")> => import("./transfer-verbs.ts");

function entry(
  group: CommandGroup,
  name: string,
  summary: string,
  load: CatalogueEntry["load"],
): CatalogueEntry {
  return { name, group, summary, load };
}

/**
 * Every command, in the order of `cti help`. An entry's file exports the classes of that first word: `config.ts` those of
 * `cti config show`, `cti config check`… A new command is a file and a line here.
 */
export const catalogue: readonly CatalogueEntry[] = [
  {
    ...entry("Session", "login", "sign an agent in", async () => [(await import("./login.ts")).LoginCommand]),
    secretive: true,
  },
  entry("Session", "ready", "go READY", async () => [(await state()).ReadyCommand]),
  entry("Session", "not-ready", "go NOT_READY, with a reason", async () => [(await state()).NotReadyCommand]),
  entry("Session", "logout", "sign out", async () => [(await state()).LogoutCommand]),

  entry("Session", "console", "all of it on one screen, from the keyboard", async () => [
    (await import("./console.ts")).ConsoleCommand,
  ]),

  entry("Calls", "calls", "the agent's calls", async () => [(await import("./calls.ts")).CallsCommand]),
  entry("Calls", "dial", "call a number", async () => [(await import("./dial.ts")).DialCommand]),
  entry("Calls", "answer", "answer the ringing call", async () => [(await calls()).AnswerCommand]),
  entry("Calls", "hold", "put the call on hold", async () => [(await calls()).HoldCommand]),
  entry("Calls", "retrieve", "take it back", async () => [(await calls()).RetrieveCommand]),
  entry("Calls", "drop", "hang up", async () => [(await calls()).DropCommand]),
  entry("Calls", "consult", "hold the call and ask somebody", async () => [
    (await transfers()).ConsultCommand,
  ]),
  entry("Calls", "transfer", "hand the customer over", async () => [(await transfers()).TransferCommand]),
  entry("Calls", "conference", "bring all three together", async () => [
    (await transfers()).ConferenceCommand,
  ]),
  entry("Calls", "dtmf", "send tones", async () => [(await calls()).DtmfCommand]),
  entry("Calls", "set", "set call variables", async () => [(await calls()).SetCommand]),
  entry("Calls", "wrap-up", "give the wrap-up reason", async () => [(await calls()).WrapUpCommand]),
  entry("Calls", "phonebook", "whom to call", async () => [
    (await import("./phonebook.ts")).PhonebookCommand,
  ]),
  entry("Calls", "reasons", "what not-ready, logout and wrap-up take", async () => [
    (await import("./reasons.ts")).ReasonsCommand,
  ]),

  entry("Watching", "status", "who is signed in, and how it stands", async () => [
    (await import("./status.ts")).StatusCommand,
  ]),
  entry("Watching", "queues", "who waits, and who is there for them", async () => [
    (await import("./queues.ts")).QueuesCommand,
  ]),
  entry("Watching", "team", "a supervisor's agents, and their states", async () => [
    (await import("./team.ts")).TeamCommand,
  ]),
  entry("Watching", "events", "what happened, or happens", async () => [
    (await import("./events.ts")).EventsCommand,
  ]),
  entry("Watching", "wait", "wait for an event or a state", async () => [
    (await import("./wait.ts")).WaitCommand,
  ]),

  entry("Connector", "serve", "run the connector in the foreground", async () => [
    (await import("./serve.ts")).ServeCommand,
  ]),
  entry("Connector", "adapters", "the CRM adapters, and who is there", async () => [
    (await import("./adapters.ts")).AdaptersCommand,
  ]),
  entry(
    "Connector",
    "deliveries",
    "what is owed to CRMs, and what they missed",
    async () => (await import("./deliveries.ts")).deliveriesCommands,
  ),
  {
    ...entry(
      "Connector",
      "webhooks",
      "programs that are told of events, and may ask for calls",
      async () => (await import("./webhooks.ts")).webhooksCommands,
    ),
    secretive: true,
  },
  entry("Connector", "open-cti", "Salesforce: sign in for the connector, its softphone page", async () => [
    ...(await import("./open-cti.ts")).openCtiCommands,
    (await import("./open-cti-pair.ts")).OpenCtiPairCommand,
  ]),
  entry("Connector", "stop", "end the connector", async () => [(await import("./stop.ts")).StopCommand]),

  entry("Tools", "sim", "a simulated Finesse", async () => (await import("./sim.ts")).simCommands),
  entry("Tools", "decode", "Finesse's XML or recorded OpenWire, to JSON", async () => [
    (await import("./decode.ts")).DecodeCommand,
  ]),
  {
    ...entry("Tools", "gc", "a CRM's client, at any Generic Connector", async () => {
      const gc = await import("./gc.ts");
      return [gc.GcSendCommand, gc.GcTailCommand, gc.GcPlayCommand];
    }),
    secretive: true,
  },
  entry("Tools", "config", "show and check the configuration", async () => {
    const config = await import("./config.ts");
    return [config.ConfigShowCommand, config.ConfigCheckCommand, config.ConfigPathCommand];
  }),
  entry("Tools", "completion", "completion for bash, zsh and fish", async () => [
    (await import("./completion.ts")).CompletionCommand,
  ]),
  entry("Tools", "help", "this, one command, or a topic", async () => [
    (await import("./help.ts")).HelpCommand,
  ]),
];
