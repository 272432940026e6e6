import { deliveries, ebs, genericConnector } from "./help-crm.ts";
import type { topicNames } from "./help-text.ts";
import { openCti } from "./help-open-cti.ts";
import { webhooks } from "./help-webhooks.ts";
import { toCtiError } from "../model/errors.ts";
import { eventTypes } from "../model/events.ts";
import { loadConfig } from "../platform/config.ts";
import { otherVariables, settingNames, settingRules } from "../platform/config-settings.ts";
import { consoleNames, consoleRules } from "../platform/console-settings.ts";
import { consoleSettings } from "./console-settings.ts";
import type { CtiContext } from "./context.ts";

const exitCodes = `Exit codes

  0    done and confirmed by Finesse, or pending (accepted for after the call)
  1    internal error: a bug in cti; or the output could not be written
  2    usage: the command line or the configuration is wrong
  3    credentials refused
  4    Finesse or the switch refused the request
  5    cannot reach Finesse, the broker or the connector
  6    timed out: outcome unknown; what a re-read shows is printed
  7    not signed in, or no such call or delivery
  130  interrupted

Results go to stdout, errors and progress to stderr. An error says what failed, why in
the server's own words, and what to do next; with --json it is {"error": {"code": …}}
on stderr. The codes never change, so scripts may test them. An outcome that is refused
or unknown is printed on stdout with --json, and exits 4 or 6.
`;

const events = `Events

${eventTypes.map((type) => `  ${type}`).join("\n")}

  cti events              what happened lately
  cti events -f           follow it
  cti wait call.started   wait for one: events since the agent's last confirmed
                          command count, so nothing is missed between two commands
  cti wait ready          a state of the agent: ready not-ready reserved talking hold
                          work logout; at once when it is reached already
  cti wait active         a state of a call: ringing active held wrap-up dropped failed

A name without its second half (call) or with a star (call.*) means the whole family.
Ids sort by time. With --json each event is one line.
`;

const simulator = `Simulator

  cti sim --ca-out ca.pem &
      a Finesse on port 8445 with agents 1001, 1002, … on extensions 2001, 2002, …,
      password "secret", and its own certificate authority
  CTI_PASSWORD=secret cti login -a 1001 -e 2001 --finesse https://localhost:8445 --ca ca.pem
  cti ready
  cti sim call 1001 --from 5551234     a customer calls
  cti wait call.started && cti answer
  cti hold && cti retrieve && cti drop
  cti wrap-up Sales
  cti logout && cti stop

Oracle E-Business Suite

  [profiles.default]           # the configuration: cti config path
  finesse = "https://localhost:8445"
  ca = "ca.pem"
  [profiles.default.adapters.ebs]
  data = { callVariable1 = "CustomerNum" }

  cti serve &                          the connector, with EBS's port 3107
  cti sim ebs --day &                  EBS's side: agent 1001 registers, logs in, goes ready;
                                       prints what its user would see, and what breaks the
                                       protocol
  cti sim call 1001 --from 5551234     a customer calls, and EBS shows him
  cti sim ebs do dial --number 5551234
  cti sim ebs history                  the interactions, as EBS would keep them
  cti sim ebs fail down                EBS is away: cti deliveries shows what is owed
  cti sim ebs heal && cti deliveries retry

Salesforce

  cti sim salesforce --ca-out sf-ca.pem --key-out sf-key.pem \\
      --softphone https://127.0.0.1:8112/softphone &
                                       a stub of an org on port 8443, whose pages frame the
                                       softphone; only a real org proves behaviour

  [profiles.default.adapters.open-cti]
  listen = "127.0.0.1:8112"
  script = "https://localhost:8443/support/api/62.0/lightning/opencti_min.js"
  frame-ancestors = ["https://localhost:8443"]
  [profiles.default.adapters.open-cti.salesforce]
  login = "https://localhost:8443"
  client-id = "cti-sim"
  flow = "jwt"
  user = "integration@example.com"
  key = "sf-key.pem"
  ca = "sf-ca.pem"

  cti open-cti pair                    and open https://localhost:8443/lightning/page/home in
                                       a browser that trusts sf-ca.pem and cti open-cti trust
  cti sim salesforce click 5551234     a number is clicked on a record's page
  cti sim salesforce tasks             what was written, by whom, and how often
  cti sim salesforce fail down         Salesforce is away: cti deliveries shows what is owed

More: cti sim --help, cti sim ebs --help, cti sim salesforce --help
`;

function environment(): string {
  const rows = settingNames.map((name) => {
    const { variable, key, flag } = settingRules[name];
    return `  ${variable.padEnd(22)}${key.join(".").padEnd(28)}${flag ?? ""}`.trimEnd();
  });
  const others: Readonly<Record<(typeof otherVariables)[number], string>> = {
    CTI_PASSWORD: "the password; never kept, never handed to the connector's environment",
    CTI_PROFILE: "the profile, as --profile",
    CTI_CONFIG: "the configuration file, in place of $XDG_CONFIG_HOME/cti/config.toml",
    CTI_DEBUG: "1: print stack traces with errors",
    CTI_SIM_PASSWORD: "the simulator's agents' password",
    CTI_GC_BROKER: "the broker of cti gc, as --broker",
    CTI_GC_BROKER_PASSWORD: "the password at the Generic Connector's broker",
    CTI_GC_PASSWORD_KEY: "the key of passwords that come encrypted: 48 hex digits, or Base64",
    CTI_SALESFORCE_KEY: "the private key of a JWT sign-in at Salesforce, PEM",
  };
  return `Environment

  Variable              Configuration               Flag
${rows.join("\n")}

${Object.entries(others)
  .map(([name, text]) => `  ${name.padEnd(22)}${text}`)
  .join("\n")}
  CTI_WEBHOOK_NAME_SECRET, CTI_WEBHOOK_TOKEN, CTI_WEBHOOK_INBOUND_SECRET   cti help webhooks
  NO_COLOR              no colour
  XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR   where files live

Flags override variables, variables override the configuration file. Lists have commas
between; relative paths are relative to where you stand.
`;
}

function configuration(): string {
  const rows = settingNames.map((name) => {
    const { key, form } = settingRules[name];
    return `  ${key.join(".").padEnd(27)}${form}`;
  });
  return `Configuration: TOML in $XDG_CONFIG_HOME/cti/config.toml (cti config path)

  [profiles.default]
  finesse = ["https://fina.example.com:8445", "https://finb.example.com:8445"]
  ca = "finesse.pem"
  agent = "1001"
  extension = "2001"
  unattended = { then = "not-ready", after = 60 }
  default-reasons = { not-ready = "Break", logout = "End of shift" }

Settings of a profile:
${rows.join("\n")}

Relative paths in the file are relative to the file's folder, ~/ is your home. Passwords
are never read from it. Another profile: --profile NAME or CTI_PROFILE; each has a
connector of its own. The console's table [console] stands beside the profiles: cti help
console. cti config show tells where each value came from, cti config check
finds mistakes.
`;
}

function consolePage(): string {
  const rows = consoleNames.map((name) => {
    const { form, fallback } = consoleRules[name];
    return `  ${name.padEnd(15)}${form.padEnd(38)}${String(fallback)} unless told otherwise`;
  });
  return `Console

  1 work     state, calls with their data, and the newest events
  2 events   the whole event log: / filters, Enter shows all of one, r its wire text
  3 ladder   one call drawn: who told whom what, from the CRM to the phones
  4 team, 5 queues, 6 CRM

? lists every key and finds one by typing; : takes the words of the shell. The bottom line
shows what matters now. Leaving signs nobody out.

In the configuration file, beside the profiles:

  [console]
  theme = "light"
  bell = false
  keys = { answer = ["a", "space"] }

${rows.join("\n")}
  keys           action = key or [keys]                see: cti help keys

auto takes the terminal's own sixteen colours. With theme none, or NO_COLOR, nothing is told
by colour; it never is by colour alone. mouse takes the terminal's own selecting away: hold
shift for that.
`;
}

/** With the keys as configured; where the configuration is wrong, with the usual ones, and that is said. */
async function keys({ env, folder }: TopicContext): Promise<string> {
  const { keysPage } = await import("../console/keys/help-page.ts");
  try {
    const { console, path } = await loadConfig({ environment: env, folder });
    return keysPage((await consoleSettings({ console, path })).settings.keys);
  } catch (error) {
    return `${keysPage({})}\nThese are the usual keys; the configuration is wrong: ${toCtiError(error).message}\n`;
  }
}

/** What pages look at. */
export type TopicContext = Pick<CtiContext, "env" | "folder">;

/** `cti help TOPIC`: the pages the binary carries. Each is made when it is asked for. */
export const helpTopics: Readonly<
  Record<(typeof topicNames)[number], (context: TopicContext) => string | Promise<string>>
> = {
  "exit-codes": () => exitCodes,
  environment,
  configuration,
  simulator: () => simulator,
  events: () => events,
  "generic-connector": () => genericConnector,
  ebs: () => ebs,
  deliveries: () => deliveries,
  "open-cti": () => openCti,
  webhooks: () => webhooks,
  console: consolePage,
  keys,
};
