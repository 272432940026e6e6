import { Command, Option } from "clipanion";
import type { Outcome } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import type { Config } from "../platform/config.ts";
import {
  type FoundPassword,
  type KeyStore,
  keyStoreName,
  type PasswordSources,
} from "../platform/password.ts";
import type { ControlAccess } from "./control.ts";
import { removedAtLogout } from "../platform/paths.ts";
import { readStdin } from "./read-stdin.ts";
import type { ShellLease } from "./shell-lease.ts";
import { OutcomeCommand } from "./verb.ts";

/** Signing in reads the agent, reasons and calls and waits for the notification link: longer than a single command. */
const signInTime = 60;

export interface LoginDeps {
  control: ControlAccess;
  passwords: PasswordSources;
  keyStore: KeyStore;
  newKey: () => string;
  lease: () => ShellLease;
  /** The runtime directory, where the system removes it at logout. */
  removedAtLogout: () => string | undefined;
}

export interface LoginResult {
  outcome: Outcome;
  /** Said on stderr: what went well enough not to fail. */
  notices: string[];
}

/**
 * Signs an agent in, starting the connector when none runs. Everything that can be wrong on this side is found before the first
 * connection; a wrong password is tried once only, since the fifth locks the agent out (reference/finesse.md §2).
 */
export async function login(
  options: { config: Config; remember: boolean },
  deps: LoginDeps,
): Promise<LoginResult> {
  const { config, remember } = options;
  // Not loaded by the other commands: certificates, key stores and prompts are for signing in.
  const { sessionSettings } = await import("../platform/session-settings.ts");
  const { findPassword } = await import("../platform/password.ts");
  const settings = await sessionSettings(config);
  const [origin = ""] = settings.finesse;
  const found = await findPassword(settings.agent, origin, deps.passwords);

  const control = await deps.control.ensure(config.profile, config.settings.recordVariables);
  const timeout = config.origins.timeout.kind === "default" ? signInTime : config.settings.timeout;
  let outcome: Outcome;
  try {
    outcome = await control.login(settings.agent, {
      settings,
      password: found.password.reveal(),
      idempotencyKey: deps.newKey(),
      timeout,
      lease: deps.lease(),
    });
  } catch (error) {
    throw credentialsHint(error, found);
  }
  const notices: string[] = [];
  // A session that was there before keeps the trust it was signed in with.
  if (settings.insecure && !outcome.message.includes("with certificate checks"))
    notices.push("certificate checks are off: whoever answers as Finesse gets the password");
  const removed = deps.removedAtLogout();
  // Told with the first agent of a connector only: by the second, everybody knows.
  if (removed !== undefined && (await control.status()).agents.length === 1) {
    notices.push(
      `when you log out of this machine the system removes ${removed} and may end the connector: loginctl enable-linger keeps both`,
    );
  }
  if (remember && outcome.outcome === "confirmed") {
    notices.push(await keep(deps.keyStore, keyStoreName(settings.agent, origin), found));
  }
  return { outcome, notices };
}

async function keep(store: KeyStore, name: string, found: FoundPassword): Promise<string> {
  try {
    await store.set(name, found.password);
    return `the password is kept in the system's key store as ${name}`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the password could not be kept in the system's key store: ${why}`;
  }
}

/** A kept password that has become wrong is a riddle unless it is said where it came from. */
function credentialsHint(thrown: unknown, found: FoundPassword): unknown {
  if (!(thrown instanceof CtiError) || thrown.code !== "credentials-refused") return thrown;
  const source = {
    "key store": "the system's key store",
    CTI_PASSWORD: "CTI_PASSWORD",
    stdin: "standard input",
    prompt: undefined,
  }[found.from];
  if (source === undefined) return thrown;
  return new CtiError(
    {
      ...thrown.toJSON(),
      hint: `${thrown.hint ?? "check agent and password"}; this one came from ${source}`,
    },
    { cause: thrown },
  );
}

/** `cti login` */
export class LoginCommand extends OutcomeCommand {
  static override paths = [["login"]];
  static override usage = Command.Usage({
    category: "Session",
    description: "sign an agent in",
    details: [
      "Starts the connector in the background when none runs; the agent stays signed in until cti logout.",
      "The password comes from --password-stdin, CTI_PASSWORD, the system's key store, or the prompt; never from an argument.",
    ].join("\n"),
    examples: [
      ["Start a Finesse to try it on", "cti sim --ca-out ca.pem &"],
      [
        "Sign in there",
        "CTI_PASSWORD=secret cti login -a 1001 -e 2001 --finesse https://localhost:8445 --ca ca.pem",
      ],
      ["With a configuration file", "cti login"],
      ["From a password manager", "pass show finesse | cti login --password-stdin"],
    ],
  });

  extension = Option.String("-e,--extension", { description: "The agent's extension (CTI_EXTENSION)" });

  finesse = Option.Array("--finesse", {
    description: "Finesse: https://HOST:8445, HOST or HOST:PORT; repeat it for the second node (CTI_FINESSE)",
  });

  ca = Option.Array("--ca", { description: "PEM file of Finesse's certificate authority (CTI_CA)" });

  pin = Option.String("--pin", { description: "SHA-256 fingerprint of Finesse's certificate (CTI_PIN)" });

  insecure = Option.Boolean("--insecure", { description: "Accept any certificate: only to find a fault" });

  resolve = Option.Array("--resolve", {
    description: "HOST:ADDRESS or HOST:PORT:ADDRESS, as curl does (CTI_RESOLVE)",
  });

  transport = Option.String("--transport", {
    description: "How events come: auto (default), websocket, bosh, tls, or a URL (CTI_TRANSPORT)",
  });

  mobile = Option.String("--mobile", { description: "Mobile agent: call-by-call:NUMBER or nailed:NUMBER" });

  device = Option.String("--device", { description: "Active device id, where an agent has several" });

  unattended = Option.String("--unattended", {
    description: "When nobody is there any more: keep (default), not-ready or logout",
  });

  passwordStdin = Option.Boolean("--password-stdin", false, {
    description: "Read the password from standard input",
  });

  remember = Option.Boolean("--remember", false, {
    description: "Keep the password in the system's key store",
  });

  protected async run(): Promise<number> {
    const password = await import("../platform/password.ts");
    const config = await this.config({
      agent: this.agent,
      extension: this.extension,
      finesse: this.finesse,
      ca: this.ca,
      pin: this.pin,
      insecure: this.insecure,
      resolve: this.resolve,
      transport: this.transport,
      mobile: this.mobile,
      device: this.device,
      unattendedThen: this.unattended,
    });
    const keyStore = this.context.keyStore ?? password.systemKeyStore;
    const { shellLease, processFacts } = await import("./shell-lease.ts");
    const { existsSync } = await import("node:fs");
    const { userInfo } = await import("node:os");
    const { outcome, notices } = await login(
      { config, remember: this.remember },
      {
        control: this.context.control,
        passwords: {
          fromStdin: this.passwordStdin,
          readStdin: () => readStdin(this.context.stdin),
          environment: this.context.env,
          keyStore,
          prompt: this.prompt(),
        },
        keyStore,
        newKey: this.context.newKey,
        lease: () => shellLease(processFacts()),
        removedAtLogout: () => removedAtLogout(this.context.env, userInfo(), existsSync),
      },
    );
    for (const notice of notices) this.progress(`${this.context.paint.err("yellow", "!")} ${notice}`);
    return this.report(outcome);
  }

  private prompt(): ((question: string) => Promise<string>) | undefined {
    const { stdin, stderr } = this.context;
    if (!("isTTY" in stdin) || stdin.isTTY !== true) return undefined;
    return async (question) => {
      const { promptSecret } = await import("../platform/prompt.ts");
      return promptSecret(process.stdin, stderr, question);
    };
  }
}
