import { dirname, resolve } from "node:path";
import { CtiError } from "../model/errors.ts";
import type { Config } from "../platform/config.ts";
import type { KeyStore, PasswordSources } from "../platform/password.ts";
import type { Environment } from "../platform/paths.ts";
import { filled, namesIn, type Placeholder } from "./gc-script.ts";

/** Rooms of the house that these commands load when they run. */
type GcClientModule = typeof import("../crm/generic-connector/client.ts");
type Settings = Awaited<ReturnType<typeof import("../crm/generic-connector/settings.ts").readGcSettings>>;
export type GcClient = Awaited<ReturnType<GcClientModule["GcClient"]["open"]>>;

/** What the command line says of the broker; what it leaves out comes from the profile's table. */
export interface GcFlags {
  broker: string | undefined;
  queue: string | undefined;
  username: string | undefined;
  ca: string[] | undefined;
  securePassword: boolean;
}

export interface GcTarget {
  settings: Settings;
  brokerPassword: string | undefined;
  passwordKey: string | undefined;
  /** Brokers over plain TCP that are not on this machine. */
  plain: string[];
  /** Without options; for messages and as the place a password belongs to. */
  address: string;
}

/** The broker to speak to. Throws `usage` when none is named, `config-invalid` for what is wrong with it. */
export async function gcTarget(
  flags: GcFlags,
  source: { config: Config; environment: Environment; keyStore: Pick<KeyStore, "get">; folder: string },
): Promise<GcTarget> {
  const { config, environment, keyStore, folder } = source;
  const { readGcSettings, plainHosts } = await import("../crm/generic-connector/settings.ts");
  const { gcSecrets } = await import("../crm/generic-connector/secrets.ts");
  const { defaultSecurePassword } = await import("../crm/generic-connector/secure-password.ts");
  const profile = config.adapters["generic-connector"] ?? {};
  const named = flags.broker ?? nonEmpty(environment.CTI_GC_BROKER);
  const table = {
    ...profile,
    ...(named !== undefined && { broker: named }),
    ...(flags.queue !== undefined && { queue: flags.queue }),
    ...(flags.username !== undefined && { username: flags.username }),
    ...(flags.ca !== undefined && { ca: flags.ca.map((path) => resolve(folder, path)) }),
  };
  if (!("broker" in table))
    throw new CtiError({
      code: "usage",
      message: "no broker is named",
      hint: "give --broker tcp://HOST:61616, set CTI_GC_BROKER, or write it into [profiles.default.adapters.generic-connector]",
    });
  const label = named === undefined ? `${config.path}: adapters.generic-connector` : "the broker";
  const settings = await readGcSettings(table, { label, folder: dirname(config.path) });
  const securePassword =
    settings.securePassword ?? (flags.securePassword ? defaultSecurePassword : undefined);
  const secrets = await gcSecrets(environment, keyStore, { securePassword });
  const [host = "localhost"] = /(?<=:\/\/)[^/?,()]+/.exec(settings.broker) ?? [];
  return {
    settings: { ...settings, securePassword },
    ...secrets,
    plain: plainHosts(settings.broker),
    address: `tcp://${host}`,
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** Fills the placeholders of requests. A password is asked for once per agent, and only when one is needed. */
export class GcBodies {
  readonly #target: GcTarget;
  readonly #values: Partial<Record<Placeholder, string>>;
  readonly #find: (agent: string) => Promise<string>;
  readonly #found = new Map<string, Promise<string>>();

  constructor(
    target: GcTarget,
    values: { extension: string | undefined; destination: string },
    find: (agent: string) => Promise<string>,
  ) {
    this.#target = target;
    this.#values = {
      destination: values.destination,
      ...(values.extension !== undefined && { extension: values.extension }),
    };
    this.#find = find;
  }

  /** Throws `usage` for an extension that nobody gave, `credentials-missing` for a password. */
  async fill(type: string, body: string): Promise<{ type: string; body: string }> {
    const values = { ...this.#values };
    const names = [...namesIn(type), ...namesIn(body)];
    if (names.includes("extension") && values.extension === undefined)
      throw new CtiError({
        code: "usage",
        message: `${type} needs an extension`,
        hint: "give --extension 2001, or set CTI_EXTENSION",
      });
    const named = filled(type, values);
    if (namesIn(body).includes("password")) values.password = await this.#password(named);
    return { type: named, body: filled(body, values) };
  }

  async #password(type: string): Promise<string> {
    const [command = "", agent = ""] = type.split("#");
    let password = this.#found.get(agent);
    if (password === undefined) this.#found.set(agent, (password = this.#find(agent)));
    const plain = await password;
    const { securePassword } = this.#target.settings;
    const kind = command.toLowerCase() === "connect" ? "connect" : "login";
    if (securePassword?.applies.includes(kind) === true && this.#target.passwordKey !== undefined) {
      const { encryptPassword, passwordKey } = await import("../crm/generic-connector/secure-password.ts");
      return encryptPassword(plain, passwordKey(this.#target.passwordKey), securePassword);
    }
    // The connector would take the rest for another argument (generic-connector.md §2, §14).
    if (/[,#|]/.test(plain))
      throw new CtiError({
        code: "credentials-missing",
        message: "a password with , # or | cannot be sent as it is",
        why: "a request's arguments are parted by commas, and nothing can be escaped",
        hint: "send it encrypted with --secure-password, or change it",
      });
    return plain;
  }
}

/** Where an agent's password comes from: standard input, CTI_PASSWORD, key store, prompt. */
export async function agentPassword(
  agent: string,
  config: Config,
  target: GcTarget,
  sources: PasswordSources,
): Promise<string> {
  const { findPassword } = await import("../platform/password.ts");
  try {
    const found = await findPassword(agent, config.settings.finesse[0] ?? target.address, sources);
    return found.password.reveal();
  } catch (error) {
    if (!(error instanceof CtiError) || error.code !== "credentials-missing") throw error;
    const hint = "pipe it in (… | cti gc send … --password-stdin), or set CTI_PASSWORD";
    throw new CtiError({ ...error.toJSON(), hint }, { cause: error });
  }
}
